import type { Row, Sender, Strategy, Subject } from 'nest-auth-plug';
import { oauth2, type OAuth2Settings } from 'nest-auth-plug/strategies/oauth2';
import {
  fakeProvider,
  type AuthTestApp,
  type Client,
  type ClientAnswer,
  type FakeProvider,
  type FakeProviderOptions,
} from 'nest-auth-plug/testing';
import { identitiesModel } from '../../../lib/strategies/oauth2/identities.model.js';
import { mailedApp, type Addressee, type MailedApp, type MailedAppOptions } from '../../rooms/mailed-app.js';

export const AUTH = '/auth/user/oauth2';
export const CALLBACK = `${AUTH}/callback`;
export const OWN_SITE = { 'sec-fetch-site': 'same-origin' };

/** Who signs in at the provider, unless a test says otherwise. */
export const ADAS_ACCOUNT = { sub: 'ada-1815', email: 'ada@example.com', email_verified: true, name: 'Ada Lovelace' };

export interface CodeAppOptions extends Partial<Omit<MailedAppOptions, 'strategies'>> {
  readonly code?: Partial<OAuth2Settings<Addressee>>;
  readonly provider?: FakeProviderOptions;
}

export interface CodeApp extends MailedApp {
  readonly provider: FakeProvider;
}

/** An app whose users and admins sign in at a provider, which is closed with it. */
export async function codeApp({ code = {}, provider: at, ...options }: CodeAppOptions = {}): Promise<CodeApp> {
  const provider = await fakeProvider(at);
  const told = [code]; // the admins' addresses are confirmed by nobody
  const strategies = (sender: Sender): readonly Strategy<Addressee>[] => [
    oauth2<Addressee>({ ...atProvider(provider), sender, ...told.pop() }),
  ];
  try {
    const app = await mailedApp({ ...options, strategies });
    return { ...app, provider, close: async () => void (await Promise.all([app.close(), provider.close()])) };
  } catch (error) {
    await provider.close();
    throw error;
  }
}

/** What an app says of a provider of the tests. */
export function atProvider({ issuer, client }: Pick<FakeProvider, 'issuer' | 'client'>) {
  return {
    label: 'Acme',
    clientId: client.id,
    clientSecret: client.secret ?? '',
    authorizationEndpoint: `${issuer}/authorize`,
    tokenEndpoint: `${issuer}/token`,
    userInfo: `${issuer}/userinfo`,
    scope: 'profile email',
    issuer,
    registration: 'open',
    profile: { name: 'name' },
    calls: { allowHttpOnLoopback: true },
  } as const;
}

/** The whole way: away, and back. */
export function signIn({ provider }: CodeApp, browser: Client, path = AUTH): Promise<ClientAnswer> {
  return provider.signIn(browser, path);
}

/** Sends a browser away. @returns what the provider sends it back with, unless it is sent away by a page */
export async function leave({ provider }: CodeApp, browser: Client, path = AUTH) {
  const { headers } = await browser.get(path);
  return provider.visit(headers.get('location') ?? '').parameters;
}

/** Sends a browser away by a form of the app's own. @param phase `link` or `step-up` */
export async function leaveBy({ provider }: CodeApp, browser: Client, phase: string) {
  const answer = await browser.post(`${AUTH}/${phase}`, { headers: OWN_SITE });
  const [, to = ''] = /^0;url=(.+)$/.exec(answer.headers.get('refresh') ?? '') ?? [];
  return to === '' ? answer : provider.visit(to).parameters;
}

export function comeBack(browser: Client, brought: object): Promise<ClientAnswer> {
  const query = new URLSearchParams(
    Object.entries(brought).map(([name, value]): [string, string] => [name, String(value)]),
  );
  return browser.get(`${CALLBACK}?${query.toString()}`);
}

/** Links the provider's account of the moment to whoever is signed in. */
export async function link(app: CodeApp, browser: Client): Promise<ClientAnswer> {
  return comeBack(browser, await leaveBy(app, browser, 'link'));
}

export function identityRows({ data }: AuthTestApp, where: Row = {}): Promise<readonly Row[]> {
  return data.forTenant('').findMany(identitiesModel, where, { orderBy: 'createdAt', limit: 100 });
}

export async function subjectOf({ data, users, service }: MailedApp, email: string): Promise<Subject> {
  const row = await data.findOne(users.model, { email });
  if (row === null) throw new Error(`Nobody has ${email}`);
  return service.userToSubject(row, 'user');
}

export const REFUSED = {
  status: 401,
  body: { code: 'ERR_AUTHENTICATION_FAILED', message: 'Authentication failed' },
};
