import { Controller, Get, UseGuards } from '@nestjs/common';
import { afterEach } from '@jest/globals';
import {
  CurrentSignIn,
  CurrentUser,
  defineResource,
  SessionUserGuard,
  type AuthEvent,
  type Resource,
  type ResourceOptions,
  type Row,
  type SignIn,
  type Subject,
} from 'nest-auth-plug';
import { HashQueue, password } from 'nest-auth-plug/strategies/password';
import { webauthn, type WebauthnSettings } from 'nest-auth-plug/strategies/webauthn';
import {
  authTestApp,
  Outbox,
  type AuthTestApp,
  type AuthTestAppOptions,
  type Client,
  type ClientAnswer,
  type Platform,
} from 'nest-auth-plug/testing';
import { passkeysModel, userHandlesModel } from '../../../lib/strategies/webauthn/webauthn.rows.js';
import { PlainHash } from '../../rooms/plain-hash.js';
import { PASSWORD } from '../../users.js';
import { Authenticator, type CreationOptions, type Lies, type RequestOptions } from './authenticator.js';

export interface User {
  readonly id: string;
  readonly email: string;
  readonly orgId?: string;
}

export const ADA = 'ada@example.com';
export const BEA = 'bea@example.com';
export const PASSKEYS = '/auth/user/webauthn';

@Controller('in')
@UseGuards(SessionUserGuard.for('user'))
export class InController {
  @Get()
  index(@CurrentUser() user: User, @CurrentSignIn() { methods, secondFactorAt }: SignIn<User>): object {
    return { email: user.email, methods, hasSecondFactor: secondFactorAt !== null };
  }
}

export interface PasskeysAppOptions extends Partial<Omit<AuthTestAppOptions, 'resources'>> {
  readonly passkeys?: WebauthnSettings;
  readonly user?: Partial<ResourceOptions<User>>;
}

export interface PasskeysApp extends AuthTestApp {
  readonly users: Resource<User>;
  readonly outbox: Outbox;
  readonly events: readonly AuthEvent[];
  /** Every row of the table, of every tenant, oldest first. */
  readonly rows: () => Promise<readonly Row[]>;
  readonly handles: () => Promise<readonly Row[]>;
  readonly subjectOf: (email: string) => Promise<Subject>;
}

/** Apps for a group of tests, closed after each of them. */
export function passkeysApps(platform: Platform = 'express') {
  const open: PasskeysApp[] = [];
  afterEach(async () => {
    for (const app of open.splice(0)) await app.close();
  });
  const boot = async (options: PasskeysAppOptions = {}) => {
    const app = await passkeysApp({ platform, ...options });
    open.push(app);
    return app;
  };
  /** Ada, signed in by her password, and her authenticator, which holds nothing yet. */
  const visit = async (options: PasskeysAppOptions = {}) => {
    const app = await boot(options);
    const ada = app.client();
    await register(ada);
    return { app, ada, key: new Authenticator() };
  };
  return { boot, visit };
}

const PLENTY = [{ limit: 1_000_000, windowSeconds: 60 }];

/** An app whose users, and whose admins, sign in by password and have passkeys. */
export async function passkeysApp({ passkeys, user, ...options }: PasskeysAppOptions = {}): Promise<PasskeysApp> {
  const events: AuthEvent[] = [];
  const outbox = new Outbox();
  const users = defineResource<User>({
    subjectName: 'user',
    table: 'users',
    limits: { guessesPerAddress: PLENTY, guessesPerIdentity: PLENTY, guessesPerDevice: PLENTY },
    ...user,
    strategies: [byPassword(), webauthn<User>({ sender: outbox, ...passkeys }), ...(user?.strategies ?? [])],
    addOns: [{ name: 'watching', phases: [], observe: (event) => void events.push(event) }, ...(user?.addOns ?? [])],
  });
  const admins = defineResource<User>({
    subjectName: 'admin',
    table: 'admins',
    strategies: [byPassword(), webauthn<User>({})],
  });
  const app = await authTestApp({ controllers: [InController], ...options, resources: [users, admins] });
  const all = (model: typeof passkeysModel, orderBy: string) =>
    app.data.findMany({ ...model, tenantField: null }, {}, { orderBy, limit: 1000 });
  const rows = () => all(passkeysModel, 'createdAt');
  const handles = () => all(userHandlesModel, 'subject');
  const subjectOf = async (email: string) =>
    app.service.userToSubject((await app.data.findOne(users.model, { email })) ?? {}, 'user');
  return { ...app, users, outbox, events, rows, handles, subjectOf };
}

function byPassword() {
  const hashQueue = new HashQueue({ parallel: 64 }); // what hashes nothing needs no turns
  return password<User>({ identityField: 'email', hashProvider: new PlainHash(), hashQueue });
}

/** Registers, which signs in. */
export function register(browser: Client, email = ADA, resource = 'user'): Promise<ClientAnswer> {
  const json = { email, password: PASSWORD, passwordConfirmation: PASSWORD };
  return browser.post(`/auth/${resource}/password/register`, { json });
}

export function signInByPassword(browser: Client, email = ADA): Promise<ClientAnswer> {
  return browser.post('/auth/user/password/sign-in', { json: { email, password: PASSWORD } });
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
  return (await browser.get('/in')).status === 200;
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
