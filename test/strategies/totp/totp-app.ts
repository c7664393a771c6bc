import type { Row, Subject } from 'nest-auth-plug';
import { totp, type TotpSettings } from 'nest-auth-plug/strategies/totp';
import { Outbox, type AuthTestApp, type Client, type ClientAnswer, type Platform } from 'nest-auth-plug/testing';
import { TOTP, URI } from 'otpauth';
import { totpSeedsModel } from '../../../lib/strategies/totp/totp.rows.js';
import { closedAfterEach } from '../../closed-after-each.js';
import { textIn } from '../../rooms/browsing.js';
import {
  ADA,
  everyRow,
  peopleApp,
  reasonOf as reasonOfActivity,
  register,
  signIn,
  type PeopleApp,
  type PeopleAppOptions,
  type Person,
} from '../../rooms/people-app.js';

export { textIn } from '../../rooms/browsing.js';
export { ADA, EVE, REFUSED, register, signIn, subjectOf, whoIsIn } from '../../rooms/people-app.js';
export type { Person as User } from '../../rooms/people-app.js';

export const TOTP_AT = '/auth/user/totp';
export const STEP = 30;

export interface TotpAppOptions extends PeopleAppOptions {
  readonly totp?: Partial<TotpSettings>;
}

export interface TotpApp extends PeopleApp {
  readonly outbox: Outbox;
  /** Every row of the table, of every tenant. */
  readonly rows: () => Promise<readonly Row[]>;
}

/** An app whose users, and whose admins, may enrol an authenticator app. */
export async function totpApp({ totp: settings, ...options }: TotpAppOptions = {}): Promise<TotpApp> {
  const outbox = new Outbox();
  const app = await peopleApp(options, {
    users: [totp<Person>({ issuer: 'Acme & Co', notices: { sender: outbox }, ...settings })],
    admins: [totp<Person>({ issuer: 'Acme' })],
  });
  return { ...app, outbox, rows: () => everyRow(app, totpSeedsModel, 'subject') };
}

/** Apps for a group of tests, closed after each of them. */
export function totpApps(platform: Platform = 'express') {
  const closing = closedAfterEach();
  const boot = async (options: TotpAppOptions = {}) => closing(await totpApp({ platform, ...options }));
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

/** Why the last attempt of a phase was refused. */
export function reasonOf(app: TotpApp, phase: string, strategy = 'totp'): unknown {
  return reasonOfActivity(app, `${strategy}.${phase}`);
}

export const ASKED = {
  status: 401,
  body: {
    code: 'ERR_SECOND_FACTOR_REQUIRED',
    factors: [{ strategy: 'totp', phase: 'sign-in', label: 'Authenticator app' }],
  },
};
