import { expect } from '@jest/globals';
import { oidc, type OidcSettings } from 'nest-auth-plug/strategies/oidc';
import { fakeProvider, type Client, type ClientAnswer, type FakeProvider } from 'nest-auth-plug/testing';
import { mailedApp, whoIsIn, type Addressee, type MailedApp, type MailedAppOptions } from '../../rooms/mailed-app.js';

export const AUTH = '/auth/user/oidc';
export const OWN_SITE = { 'sec-fetch-site': 'same-origin' };

export interface OidcAppOptions extends Partial<Omit<MailedAppOptions, 'strategies'>> {
  readonly oidc?: Partial<OidcSettings<Addressee>>;
  readonly provider?: FakeProvider;
}

export interface OidcApp extends MailedApp {
  readonly provider: FakeProvider;
}

/** An app whose users and admins sign in at a provider of the test kit; who is unknown gets an account. */
export async function oidcApp({ oidc: settings = {}, provider, ...options }: OidcAppOptions = {}): Promise<OidcApp> {
  const place = provider ?? (await fakeProvider());
  const strategies = () => [oidc<Addressee>({ ...atProvider(place), ...settings })];
  const app = await mailedApp({ ...options, strategies });
  place.clock = app.clock;
  const close = async () => {
    await app.close();
    await place.close();
  };
  return { ...app, provider: place, close };
}

/** What an app says of a provider of the tests. */
export function atProvider({ issuer, client }: Pick<FakeProvider, 'issuer' | 'client'>) {
  const told = { issuer, clientId: client.id, clientSecret: client.secret ?? '' };
  return { ...told, registration: 'open', calls: { allowHttpOnLoopback: true } } as const;
}

/** There and back, in a browser of its own unless one is given. */
export async function signIn(app: OidcApp, browser: Client = app.client(), path = AUTH): Promise<ClientAnswer> {
  return app.provider.signIn(browser, path);
}

/**
 * Sends a browser away by a form of the app's own, and lets it agree.
 *
 * @param phase `link` or `step-up` @returns the path that it comes back to
 */
export async function leaveBy({ provider }: OidcApp, browser: Client, phase: string): Promise<string> {
  const sent = await browser.post(`${AUTH}/${phase}`, { headers: OWN_SITE });
  const [, location] = /^0;url=(.+)$/.exec(sent.headers.get('refresh') ?? '') ?? [];
  if (location === undefined) throw new Error(`Expected a page that leads away, got ${sent.status}: ${sent.text}`);
  const { pathname, search } = provider.visit(location).url;
  return pathname + search;
}

/** Whatever is wrong, nobody is in, nobody is made, and the answer is a refusal that tells nothing. */
export async function expectRefused(app: OidcApp, code = 'ERR_AUTHENTICATION_FAILED'): Promise<void> {
  const browser = app.client();
  const answer = await signIn(app, browser);

  expect([answer.status, answer.body]).toEqual([expect.any(Number), expect.objectContaining({ code })]);
  expect(answer.status).toBeGreaterThanOrEqual(400);
  expect(answer.status).toBeLessThan(500);
  expect(await whoIsIn(browser)).toBeNull();
  expect(await app.data.findMany(app.users.model, {}, { orderBy: 'email', limit: 10 })).toEqual([]);
}

/** How often the provider was asked there. */
export function asked({ provider }: Pick<OidcApp, 'provider'>, path: string): number {
  return provider.received.filter((request) => request.path === path).length;
}

export const DISCOVERY = '/.well-known/openid-configuration';
