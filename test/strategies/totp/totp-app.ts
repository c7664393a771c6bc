import { Controller, Get, UseGuards } from '@nestjs/common';
import { afterEach } from '@jest/globals';
import {
  BearerUserGuard,
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
import { totp, type TotpSettings } from 'nest-auth-plug/strategies/totp';
import {
  authTestApp,
  Outbox,
  type AuthTestApp,
  type AuthTestAppOptions,
  type Client,
  type ClientAnswer,
  type Platform,
} from 'nest-auth-plug/testing';
import { TOTP, URI } from 'otpauth';
import { totpSeedsModel } from '../../../lib/strategies/totp/totp.rows.js';
import { PlainHash } from '../../rooms/plain-hash.js';
import { NO_LIMITS } from '../../security/visit.js';
import { PASSWORD } from '../../users.js';

export interface User {
  readonly id: string;
  readonly email: string;
  readonly orgId?: string;
  /** Where an add-on confirms addresses. */
  readonly emailConfirmedAt?: Date | null;
}

export const ADA = 'ada@example.com';
export const EVE = 'eve@example.com';
export const TOTP_AT = '/auth/user/totp';
export const STEP = 30;

@Controller('in')
class InController {
  @UseGuards(SessionUserGuard.for('user'))
  @Get('by-session')
  bySession(@CurrentUser() { email }: User, @CurrentSignIn() { methods, secondFactorAt }: SignIn<User>): object {
    return { email, methods, secondFactorAt };
  }

  @UseGuards(BearerUserGuard.for('user'))
  @Get('by-bearer')
  byBearer(@CurrentUser() { email }: User, @CurrentSignIn() { methods, secondFactorAt }: SignIn<User>): object {
    return { email, methods, secondFactorAt };
  }
}

export interface TotpAppOptions extends Partial<Omit<AuthTestAppOptions, 'resources'>> {
  readonly totp?: Partial<TotpSettings>;
  readonly user?: Partial<ResourceOptions<User>>;
}

export interface TotpApp extends AuthTestApp {
  readonly users: Resource<User>;
  readonly outbox: Outbox;
  readonly events: readonly AuthEvent[];
  /** Every row of the table, of every tenant. */
  readonly rows: () => Promise<readonly Row[]>;
}

/** An app whose users sign in by password and may enrol an authenticator app, and whose admins as well. */
export async function totpApp({ totp: settings, user, ...options }: TotpAppOptions = {}): Promise<TotpApp> {
  const outbox = new Outbox();
  const events: AuthEvent[] = [];
  const users = defineResource<User>({
    subjectName: 'user',
    table: 'users',
    limits: NO_LIMITS,
    ...user,
    strategies: [
      byPassword(),
      totp<User>({ issuer: 'Acme & Co', notices: { sender: outbox }, ...settings }),
      ...(user?.strategies ?? []),
    ],
    addOns: [{ name: 'watching', phases: [], observe: (event) => void events.push(event) }, ...(user?.addOns ?? [])],
  });
  const admins = defineResource<User>({
    subjectName: 'admin',
    table: 'admins',
    limits: NO_LIMITS,
    strategies: [byPassword(), totp<User>({ issuer: 'Acme' })],
  });
  const app = await authTestApp({ controllers: [InController], ...options, resources: [users, admins] });
  const ofAll = { ...totpSeedsModel, tenantField: null };
  const rows = () => app.data.findMany(ofAll, {}, { orderBy: 'subject', limit: 1000 });
  return { ...app, users, outbox, events, rows };
}

function byPassword() {
  const hashQueue = new HashQueue({ parallel: 64 }); // what hashes nothing needs no turns
  return password<User>({ identityField: 'email', hashProvider: new PlainHash(), hashQueue });
}

/** Apps for a group of tests, closed after each of them. */
export function totpApps(platform: Platform = 'express') {
  const open: TotpApp[] = [];
  afterEach(async () => {
    for (const app of open.splice(0)) await app.close();
  });
  const boot = async (options: TotpAppOptions = {}) => {
    const app = await totpApp({ platform, ...options });
    open.push(app);
    return app;
  };
  /** Ada, signed in by her password. */
  const visit = async (options: TotpAppOptions = {}) => {
    const app = await boot(options);
    const ada = app.client();
    await register(ada);
    return { app, ada };
  };
  /** Ada, with her telephone set up, whose next code is a new one. */
  const enrolled = async (options: TotpAppOptions = {}) => {
    const { app, ada } = await visit(options);
    return { app, ada, phone: await enrol(app, ada) };
  };
  return { boot, visit, enrolled };
}

/** An authenticator app that knows nothing of ours: what it was given is all that it has. */
export class Phone {
  readonly #totp: TOTP;

  constructor(
    private readonly app: Pick<AuthTestApp, 'clock'>,
    readonly url: string,
  ) {
    const parsed = URI.parse(url);
    if (!(parsed instanceof TOTP)) throw new Error(`${url} is not of codes that change with time`);
    this.#totp = parsed;
  }

  /** What it shows now, or so many seconds later. */
  code(seconds = 0): string {
    return this.#totp.generate({ timestamp: this.app.clock.now().getTime() + seconds * 1000 });
  }
}

/** Registers, which signs in. */
export function register(browser: Client, email = ADA, resource = 'user'): Promise<ClientAnswer> {
  const json = { email, password: PASSWORD, passwordConfirmation: PASSWORD };
  return browser.post(`/auth/${resource}/password/register`, { json });
}

/** The first step. */
export function signIn(browser: Client, email = ADA): Promise<ClientAnswer> {
  return browser.post('/auth/user/password/sign-in', { json: { email, password: PASSWORD } });
}

/** Both steps, of which the first goes well. */
export async function signInWith(browser: Client, code: string, email = ADA): Promise<ClientAnswer> {
  await signIn(browser, email);
  return type(browser, 'sign-in', code);
}

/** Types a code into one of the forms. */
export function type(browser: Client, phase: string, code: string, more: object = {}): Promise<ClientAnswer> {
  return browser.post(`${TOTP_AT}/${phase}`, { json: { code, ...more } });
}

/** @throws {Error} where none is given */
export async function setUp(app: TotpApp, browser: Client, base = TOTP_AT): Promise<Phone> {
  const answer = await browser.post(`${base}/setup`, { json: {} });
  return new Phone(app, textIn(answer, 'url'));
}

/** Sets up and confirms, and waits for a code that was not used for that. */
export async function enrol(app: TotpApp, browser: Client): Promise<Phone> {
  const phone = await setUp(app, browser);
  const answer = await type(browser, 'confirm-setup', phone.code());
  if (answer.status !== 200) throw new Error(`Not enrolled: ${answer.status} ${answer.text}`);
  app.clock.advance(STEP);
  return phone;
}

/** A member of an answer's body, as text. */
export function textIn(answer: ClientAnswer, name: string): string {
  const value: unknown = new Map<string, unknown>(Object.entries(answer.body ?? {})).get(name);
  if (typeof value === 'string') return value;
  throw new Error(`The answer has no text "${name}": ${answer.status} ${answer.text}`);
}

/** Who is signed in in this browser, and by what. */
export async function whoIsIn(browser: Client): Promise<unknown> {
  const { status, body } = await browser.get('/in/by-session');
  return status === 200 ? body : null;
}

export async function subjectOf(app: TotpApp, email = ADA): Promise<Subject> {
  const row = await app.data.findOne(app.users.model, { email });
  return app.service.userToSubject(row ?? {}, 'user');
}

/** What somebody does who can write to the database: each of two users has the seed of the other, as it is kept. */
export async function swapSeeds({ data }: Pick<TotpApp, 'data'>, one: Subject, other: Subject): Promise<void> {
  const rows = data.forTenant('');
  const seedOf = async (subject: Subject) => {
    const row = await rows.findOne(totpSeedsModel, { subject, state: 'active' }, ['seed']);
    return row?.['seed'] ?? null;
  };
  const [first, second] = [await seedOf(one), await seedOf(other)];
  await rows.update(totpSeedsModel, { subject: one, state: 'active' }, { seed: second });
  await rows.update(totpSeedsModel, { subject: other, state: 'active' }, { seed: first });
}

/** Why the last attempt of a phase was refused: what the log knows and the answer does not say. */
export function reasonOf(app: TotpApp, phase: string, strategy = 'totp'): unknown {
  return app.events.findLast(({ name }) => name === `${strategy}.${phase}`)?.facts['reason'];
}

export const REFUSED = { status: 401, body: { code: 'ERR_AUTHENTICATION_FAILED', message: 'Authentication failed' } };
export const ASKED = {
  status: 401,
  body: {
    code: 'ERR_SECOND_FACTOR_REQUIRED',
    factors: [{ strategy: 'totp', phase: 'sign-in', label: 'Authenticator app' }],
  },
};
