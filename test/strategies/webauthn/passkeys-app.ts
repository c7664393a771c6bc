import type { Row, Subject } from 'nest-auth-plug';
import { webauthn, type WebauthnSettings } from 'nest-auth-plug/strategies/webauthn';
import { Outbox, type Client, type ClientAnswer, type Platform } from 'nest-auth-plug/testing';
import { passkeysModel, userHandlesModel } from '../../../lib/strategies/webauthn/webauthn.rows.js';
import { closedAfterEach } from '../../closed-after-each.js';
import {
  ADA,
  everyRow,
  peopleApp,
  register,
  subjectOf,
  type PeopleApp,
  type PeopleAppOptions,
  type Person,
} from '../../rooms/people-app.js';
import { Authenticator, type CreationOptions, type Lies, type RequestOptions } from './authenticator.js';

export { ADA, BEA, register, signIn as signInByPassword, whoIsIn } from '../../rooms/people-app.js';
export type { Person as User } from '../../rooms/people-app.js';

export const PASSKEYS = '/auth/user/webauthn';

export interface PasskeysAppOptions extends PeopleAppOptions {
  readonly passkeys?: WebauthnSettings;
}

export interface PasskeysApp extends PeopleApp {
  readonly outbox: Outbox;
  /** Every row of the table, of every tenant, oldest first. */
  readonly rows: () => Promise<readonly Row[]>;
  readonly handles: () => Promise<readonly Row[]>;
  readonly subjectOf: (email: string) => Promise<Subject>;
}

/** Apps for a group of tests, closed after each of them. */
export function passkeysApps(platform: Platform = 'express') {
  const closing = closedAfterEach();
  const boot = async (options: PasskeysAppOptions = {}) => closing(await passkeysApp({ platform, ...options }));
  /** Ada, signed in by her password, and her authenticator, which holds nothing yet. */
  const visit = async (options: PasskeysAppOptions = {}) => {
    const app = await boot(options);
    const ada = app.client();
    await register(ada);
    return { app, ada, key: new Authenticator() };
  };
  return { boot, visit };
}

/** An app whose users, and whose admins, have passkeys. */
export async function passkeysApp({ passkeys, ...options }: PasskeysAppOptions = {}): Promise<PasskeysApp> {
  const outbox = new Outbox();
  const app = await peopleApp(options, {
    users: [webauthn<Person>({ sender: outbox, ...passkeys })],
    admins: [webauthn<Person>({})],
  });
  return {
    ...app,
    outbox,
    rows: () => everyRow(app, passkeysModel, 'createdAt'),
    handles: () => everyRow(app, userHandlesModel, 'subject'),
    subjectOf: (email) => subjectOf(app, email),
  };
}

/** What a ceremony begins with. */
export interface Begun<O> {
  readonly options: O;
  readonly ceremony?: string;
}

/** @throws {Error} where no options are given */
export async function begin<O = RequestOptions>(
  browser: Client,
  kind: string,
  input: object = {},
  base = PASSKEYS,
): Promise<Begun<O>> {
  const { status, text, body } = await browser.post(`${base}/${kind}-options`, { json: input });
  if (status !== 200) throw new Error(`No options for ${kind}: ${status} ${text}`);
  return body as Begun<O>; // that is what the room answers
}

export function answer(browser: Client, kind: string, json: object, base = PASSKEYS): Promise<ClientAnswer> {
  return browser.post(`${base}/${kind}`, { json });
}

/** Adds a passkey to whoever is signed in. */
export async function addPasskey(
  browser: Client,
  key: Authenticator,
  { lies = {}, ...more }: { lies?: Lies; name?: string } = {},
): Promise<ClientAnswer> {
  const { options } = await begin<CreationOptions>(browser, 'registration');
  return answer(browser, 'register', { credential: key.create(options, lies), ...more });
}

/** Makes an account. */
export async function signUp(browser: Client, key: Authenticator, email = ADA, lies: Lies = {}): Promise<ClientAnswer> {
  const { options } = await begin<CreationOptions>(browser, 'sign-up', { email });
  return answer(browser, 'sign-up', { credential: key.create(options, lies) });
}

/** Shows a passkey: to sign in, as a second factor, to step up. */
export async function show(
  browser: Client,
  key: Authenticator,
  lies: Lies = {},
  kind: 'sign-in' | 'second-factor' | 'verify' = 'sign-in',
): Promise<ClientAnswer> {
  const { options } = await begin(browser, kind);
  return answer(browser, kind, { credential: key.get(options, lies) });
}

export async function isIn(browser: Client): Promise<boolean> {
  return (await browser.get('/in/by-session')).status === 200;
}

/** As its owner sees it. */
export interface Listed {
  readonly id: string;
  readonly name: string;
  readonly lastUsedAt: string | null;
}

export async function list(browser: Client): Promise<readonly Listed[]> {
  const { passkeys } = (await browser.get(`${PASSKEYS}/list`)).body as { passkeys: readonly Listed[] };
  return passkeys;
}

/** Why the last activity was refused, which the answer does not say. */
export function lastReason({ events }: Pick<PasskeysApp, 'events'>): unknown {
  return events.findLast(({ outcome, facts }) => outcome === 'refused' && 'code' in facts)?.facts['reason'];
}
