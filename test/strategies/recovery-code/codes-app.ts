import type { Row } from 'nest-auth-plug';
import { HashQueue } from 'nest-auth-plug/strategies/password';
import { recoveryCode, type RecoveryCodeOptions } from 'nest-auth-plug/strategies/recovery-code';
import { Outbox, type Client, type ClientAnswer, type Platform } from 'nest-auth-plug/testing';
import { recoveryCodesModel } from '../../../lib/strategies/recovery-code/recovery-code.rows.js';
import { closedAfterEach } from '../../closed-after-each.js';
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
import { secondFactor } from '../../rooms/second-factor.js';

export { textIn } from '../../rooms/browsing.js';
export { ADA, EVE, REFUSED, register, signIn, subjectOf, whoIsIn } from '../../rooms/people-app.js';
export type { Person as User } from '../../rooms/people-app.js';

export const CODES = '/auth/user/recovery-code';
/** Of the other factor, which its owner chose. */
export const FACTOR_CODE = 'code of ada';

export interface CodesAppOptions extends PeopleAppOptions {
  readonly codes?: Partial<RecoveryCodeOptions<Person>>;
}

export interface CodesApp extends PeopleApp {
  readonly outbox: Outbox;
  /** Every row of the table, of every tenant. */
  readonly rows: () => Promise<readonly Row[]>;
}

/** An app whose users have a second factor if they like, and codes for when they have lost it. */
export async function codesApp({ codes, ...options }: CodesAppOptions = {}): Promise<CodesApp> {
  const outbox = new Outbox();
  const hashQueue = new HashQueue({ parallel: 64 }); // however busy the machine is
  const app = await peopleApp(options, {
    users: [secondFactor<Person>(), recoveryCode<Person>({ notices: { sender: outbox }, hashQueue, ...codes })],
  });
  return { ...app, outbox, rows: () => everyRow(app, recoveryCodesModel, 'id') };
}

/** Apps for a group of tests, closed after each of them. */
export function codesApps(platform: Platform = 'express') {
  const closing = closedAfterEach();
  const boot = async (options: CodesAppOptions = {}) => closing(await codesApp({ platform, ...options }));
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

/** The other factor. */
export function enrol(browser: Client): Promise<ClientAnswer> {
  return browser.post('/auth/user/second-factor/enrol', { json: { code: FACTOR_CODE } });
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

/** Why the last attempt of a phase was refused. */
export function reasonOf(app: CodesApp, phase: string): unknown {
  return reasonOfActivity(app, `recovery-code.${phase}`);
}

export const STALE = { status: 403, body: { code: 'ERR_FRESH_SIGN_IN_REQUIRED' } };
