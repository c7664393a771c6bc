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
import { recoveryCode, type RecoveryCodeOptions } from 'nest-auth-plug/strategies/recovery-code';
import {
  authTestApp,
  Outbox,
  type AuthTestApp,
  type AuthTestAppOptions,
  type Client,
  type ClientAnswer,
  type Platform,
} from 'nest-auth-plug/testing';
import { recoveryCodesModel } from '../../../lib/strategies/recovery-code/recovery-code.rows.js';
import { PlainHash } from '../../rooms/plain-hash.js';
import { secondFactor } from '../../rooms/second-factor.js';
import { NO_LIMITS } from '../../security/visit.js';
import { PASSWORD } from '../../users.js';

export interface User {
  readonly id: string;
  readonly email: string;
  readonly orgId?: string;
}

export const ADA = 'ada@example.com';
export const EVE = 'eve@example.com';
export const CODES = '/auth/user/recovery-code';
/** Of the other factor, which its owner chose. */
export const FACTOR_CODE = 'code of ada';

@Controller('in')
class InController {
  @UseGuards(SessionUserGuard.for('user'))
  @Get()
  whoIsIn(@CurrentUser() { email }: User, @CurrentSignIn() { methods, secondFactorAt }: SignIn<User>): object {
    return { email, methods, secondFactorAt };
  }
}

export interface CodesAppOptions extends Partial<Omit<AuthTestAppOptions, 'resources'>> {
  readonly codes?: Partial<RecoveryCodeOptions<User>>;
  readonly user?: Partial<ResourceOptions<User>>;
}

export interface CodesApp extends AuthTestApp {
  readonly users: Resource<User>;
  readonly outbox: Outbox;
  readonly events: readonly AuthEvent[];
  /** Every row of the table, of every tenant. */
  readonly rows: () => Promise<readonly Row[]>;
}

/** An app whose users sign in by password, have a second factor if they like, and codes for when they have lost it. */
export async function codesApp({ codes, user, ...options }: CodesAppOptions = {}): Promise<CodesApp> {
  const outbox = new Outbox();
  const events: AuthEvent[] = [];
  const hashQueue = new HashQueue({ parallel: 64 }); // however busy the machine is
  const users = defineResource<User>({
    subjectName: 'user',
    table: 'users',
    limits: NO_LIMITS,
    ...user,
    strategies: [
      password<User>({ identityField: 'email', hashProvider: new PlainHash(), hashQueue }),
      secondFactor<User>(),
      recoveryCode<User>({ notices: { sender: outbox }, hashQueue, ...codes }),
      ...(user?.strategies ?? []),
    ],
    addOns: [{ name: 'watching', phases: [], observe: (event) => void events.push(event) }, ...(user?.addOns ?? [])],
  });
  const app = await authTestApp({ controllers: [InController], ...options, resources: [users] });
  const ofAll = { ...recoveryCodesModel, tenantField: null };
  const rows = () => app.data.findMany(ofAll, {}, { orderBy: 'id', limit: 1000 });
  return { ...app, users, outbox, events, rows };
}

/** Apps for a group of tests, closed after each of them. */
export function codesApps(platform: Platform = 'express') {
  const open: CodesApp[] = [];
  afterEach(async () => {
    for (const app of open.splice(0)) await app.close();
  });
  const boot = async (options: CodesAppOptions = {}) => {
    const app = await codesApp({ platform, ...options });
    open.push(app);
    return app;
  };
  /** Ada, signed in, with a second factor and a set of codes. */
  const visit = async (options: CodesAppOptions = {}) => {
    const app = await boot(options);
    const ada = app.client();
    await register(ada);
    await enrol(ada);
    return { app, ada, codes: await generate(ada) };
  };
  return { boot, visit };
}

/** Registers, which signs in. */
export function register(browser: Client, email = ADA): Promise<ClientAnswer> {
  const json = { email, password: PASSWORD, passwordConfirmation: PASSWORD };
  return browser.post('/auth/user/password/register', { json });
}

/** The other factor. */
export function enrol(browser: Client): Promise<ClientAnswer> {
  return browser.post('/auth/user/second-factor/enrol', { json: { code: FACTOR_CODE } });
}

/** The first step. */
export function signIn(browser: Client, email = ADA): Promise<ClientAnswer> {
  return browser.post('/auth/user/password/sign-in', { json: { email, password: PASSWORD } });
}

/** Both steps, the second by a recovery code. */
export async function signInWith(browser: Client, code: string, email = ADA): Promise<ClientAnswer> {
  await signIn(browser, email);
  return type(browser, 'sign-in', code);
}

export function type(browser: Client, phase: string, code: string, more: object = {}): Promise<ClientAnswer> {
  return browser.post(`${CODES}/${phase}`, { json: { code, ...more } });
}

/** @throws {Error} where none are given */
export async function generate(browser: Client): Promise<readonly string[]> {
  const answer = await browser.post(`${CODES}/generate`, { json: {} });
  const { codes } = answer.body as { codes?: readonly string[] }; // that is what the room answers
  if (answer.status !== 200 || codes === undefined) throw new Error(`No codes: ${answer.status} ${answer.text}`);
  return codes;
}

/** One of a set. */
export function codeAt(codes: readonly string[], index: number): string {
  const code = codes[index];
  if (code === undefined) throw new Error(`There is no code ${index}`);
  return code;
}

/** A member of an answer's body, as text. */
export function textIn(answer: ClientAnswer, name: string): string {
  const value: unknown = new Map<string, unknown>(Object.entries(answer.body ?? {})).get(name);
  if (typeof value === 'string') return value;
  throw new Error(`The answer has no text "${name}": ${answer.status} ${answer.text}`);
}

export async function whoIsIn(browser: Client): Promise<unknown> {
  const { status, body } = await browser.get('/in');
  return status === 200 ? body : null;
}

export async function subjectOf(app: CodesApp, email = ADA): Promise<Subject> {
  const row = await app.data.findOne(app.users.model, { email });
  return app.service.userToSubject(row ?? {}, 'user');
}

/** Why the last attempt of a phase was refused: what the log knows and the answer does not say. */
export function reasonOf(app: CodesApp, phase: string): unknown {
  return app.events.findLast(({ name }) => name === `recovery-code.${phase}`)?.facts['reason'];
}

export const REFUSED = { status: 401, body: { code: 'ERR_AUTHENTICATION_FAILED', message: 'Authentication failed' } };
export const STALE = { status: 403, body: { code: 'ERR_FRESH_SIGN_IN_REQUIRED' } };
