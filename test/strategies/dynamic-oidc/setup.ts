import { dynamicOidc, type Connection, type DynamicOidcSettings } from 'nest-auth-plug/strategies/dynamic-oidc';
import type { AuthEvent, JsonObject, RawInput, Row, Sender } from 'nest-auth-plug';
import { fakeProvider, type Client, type ClientAnswer, type FakeProvider } from 'nest-auth-plug/testing';
import { identitiesModel } from '../../../lib/strategies/oauth2/identities.model.js';
import { mailedApp, type Addressee, type MailedApp, type MailedAppOptions } from '../../rooms/mailed-app.js';

export const AUTH = '/auth/user/sso';
export const OWN_SITE = { 'sec-fetch-site': 'same-origin' };
export const REFUSED = { status: 401, body: { code: 'ERR_AUTHENTICATION_FAILED', message: 'Authentication failed' } };

export interface SsoAppOptions extends Partial<Omit<MailedAppOptions, 'strategies'>> {
  /** Of the users' strategy. */
  readonly sso?: Partial<DynamicOidcSettings<Addressee>>;
}

export interface SsoApp extends MailedApp {
  readonly provider: FakeProvider;
  /** What add-ons were told, oldest first. */
  readonly events: readonly AuthEvent[];
}

/** An app whose users and admins sign in by connections, with one provider of the test kit. None is connected yet. */
export async function ssoApp({ sso = {}, user = {}, ...options }: SsoAppOptions = {}): Promise<SsoApp> {
  const provider = await fakeProvider();
  const events: AuthEvent[] = [];
  const watching = { name: 'watching', phases: [], observe: (event: AuthEvent) => void events.push(event) };
  const told = [sso]; // the admins' addresses are confirmed by nobody
  const strategies = (sender: Sender) => [
    dynamicOidc<Addressee>({ registration: 'open', allowPrivateIssuers: true, sender, ...told.pop() }),
  ];
  try {
    const watched = { ...user, addOns: [...(user.addOns ?? []), watching] };
    const app = await mailedApp({ ...options, user: watched, strategies });
    provider.clock = app.clock;
    return { ...app, provider, events, close: async () => void (await Promise.all([app.close(), provider.close()])) };
  } catch (error) {
    await provider.close();
    throw error;
  }
}

/** Acme, whose people are at the app's provider. */
export function acme({ issuer, client }: FakeProvider): RawInput {
  return {
    slug: 'acme',
    issuer,
    clientId: client.id,
    clientSecret: client.secret ?? '',
    displayName: 'Acme Corporation',
    domains: 'example.com',
  };
}

export interface Place {
  readonly tenant?: string;
  readonly subjectName?: string;
}

/** What the app's own code does with connections. */
export async function admin(
  { service }: Pick<SsoApp, 'service'>,
  phase: string,
  input: RawInput,
  { tenant, subjectName = 'user' }: Place = {},
): Promise<JsonObject> {
  const { result } = await service.perform(['sso', phase], input, { subjectName, tenant });
  return result ?? {};
}

export async function connect(app: SsoApp, changes: RawInput = {}, place: Place = {}): Promise<Connection> {
  const { connection } = await admin(app, 'create-connection', { ...acme(app.provider), ...changes }, place);
  return connection as Connection; // as the room's type says
}

/** There and back. @param provider where the connection leads, if elsewhere */
export function signIn(
  app: SsoApp,
  browser: Client = app.client(),
  { connection = 'acme', provider = app.provider }: { connection?: string; provider?: FakeProvider } = {},
): Promise<ClientAnswer> {
  return provider.signIn(browser, `${AUTH}?connection=${connection}`);
}

/** Sends a browser away. @returns the path that the provider sends it back to */
export async function leave(app: SsoApp, browser: Client, connection = 'acme'): Promise<string> {
  const { headers } = await browser.get(`${AUTH}?connection=${connection}`);
  const { pathname, search } = app.provider.visit(headers.get('location') ?? '').url;
  return pathname + search;
}

/** Sends a browser away by a form of the app's own. @param phase `link` or `step-up` */
export async function leaveBy(app: SsoApp, browser: Client, phase: string, connection = 'acme'): Promise<string> {
  const answer = await browser.post(`${AUTH}/${phase}`, { json: { connection }, headers: OWN_SITE });
  const [, to = ''] = /^0;url=(.+)$/.exec(answer.headers.get('refresh') ?? '') ?? [];
  const { pathname, search } = app.provider.visit(to).url;
  return pathname + search;
}

export function identityRows({ data }: Pick<SsoApp, 'data'>): Promise<readonly Row[]> {
  const model = { ...identitiesModel, tenantField: null };
  return data.findMany(model, {}, { orderBy: 'createdAt', limit: 100 });
}

/** Why the last activity was refused, which the answer does not say. */
export function lastReason({ events }: Pick<SsoApp, 'events'>): unknown {
  return events.findLast(({ outcome, facts }) => outcome === 'refused' && 'code' in facts)?.facts['reason'];
}
