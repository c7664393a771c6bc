import { digest, randomToken } from '../crypto/index.js';
import { rowReader, type DataLayer, type Row, type Scalar, type Subject } from '../resources/index.js';
import type { Proof } from '../strategy/index.js';
import { addSeconds } from '../time/index.js';
import { signInsModel } from './models.js';

/** A row of `sign_ins`, typed. Times are UTC. */
export interface SignInRow {
  readonly id: string;
  readonly handleHash: string;
  readonly subject: string;
  /** Of the user's own row, where the resource knows: who has the key later is another. */
  readonly userCreatedAt: Date | null;
  readonly methods: readonly string[];
  readonly createdAt: Date;
  readonly authenticatedAt: Date;
  readonly secondFactorAt: Date | null;
  readonly actor: string | null;
  readonly remembered: boolean;
  readonly userAgent: string | null;
  readonly lastSeenAt: Date;
  readonly expiresAt: Date;
  readonly endedAt: Date | null;
  /** See `Proof.origin`. */
  readonly origin: string | null;
}

export type NewSignIn = Omit<SignInRow, 'id' | 'handleHash' | 'endedAt' | 'lastSeenAt' | 'userCreatedAt'> & {
  readonly userKey: string;
};

/** RFC 8176: more than one factor was shown. */
export const MULTIPLE_FACTORS = 'mfa';
const MAX_USER_AGENT = 256;
const read = rowReader(signInsModel.table);

/** What a row is made of, beside the proof. */
export interface Circumstances {
  /** Methods of the steps before. */
  readonly before: readonly string[];
  readonly secondFactor: boolean;
  readonly userAgent: string | null;
  readonly now: Date;
  readonly absoluteLifetimeSeconds: number;
}

/** The row that a proof amounts to. */
export function newSignIn<U>(subject: Subject, proof: Proof<U>, about: Circumstances): NewSignIn {
  const { methods, actor, remembered, origin } = proof;
  const { before, secondFactor, userAgent, now, absoluteLifetimeSeconds } = about;
  return {
    subject,
    userKey: decodeURIComponent(subject.slice(subject.indexOf('=') + 1)), // what the joined read compares
    methods: [...new Set([...before, ...methods, ...(secondFactor ? [MULTIPLE_FACTORS] : [])])],
    createdAt: now,
    authenticatedAt: remembered?.since ?? now,
    secondFactorAt: secondFactor ? now : null,
    actor: actor ?? null,
    remembered: remembered !== undefined,
    userAgent: userAgent?.slice(0, MAX_USER_AGENT) ?? null,
    expiresAt: addSeconds(now, absoluteLifetimeSeconds),
    origin: origin ?? null,
  };
}

/**
 * What a row keeps of its handle. Of one audience alone: where two apps share a store, the cookie of one is nobody's in the
 * other.
 */
export function handleHashOf(audience: string, handle: string): string {
  return digest(JSON.stringify([audience, handle]));
}

/** Writes a sign-in. The handle, 256 random bits, is known to the caller alone; the row keeps its digest. */
export async function insertSignIn(
  made: NewSignIn,
  audience: string,
  userCreatedAt: Scalar,
  tx: DataLayer,
): Promise<{ id: string; handle: string }> {
  const id = randomToken();
  const handle = randomToken();
  const { methods, ...values } = made;
  await tx.insert(signInsModel, {
    ...values,
    id,
    userCreatedAt,
    handleHash: handleHashOf(audience, handle),
    methods: methods.join(' '),
    lastSeenAt: made.createdAt,
    endedAt: null,
  });
  return { id, handle };
}

/** Ends one live sign-in; false when it had ended, or is not this subject's. An ended row stays ended. */
export async function endSignIn(id: string, subject: Subject, at: Date, tx: DataLayer): Promise<boolean> {
  return (await tx.update(signInsModel, { id, subject, endedAt: null }, { endedAt: at })) === 1;
}

/** Those of a subject that came of one session elsewhere, live and ended. */
export async function signInsOfOrigin(
  subject: Subject,
  origin: string,
  tx: DataLayer,
): Promise<readonly Pick<SignInRow, 'id' | 'endedAt'>[]> {
  const page = { orderBy: 'createdAt', direction: 'descending', limit: MOST_LISTED } as const;
  const rows = await tx.findMany(signInsModel, { subject, origin }, page, ['id', 'endedAt']);
  return rows.map((row) => ({ id: read.text(row, 'id'), endedAt: read.timeOrNull(row, 'endedAt') }));
}

/** Null for a sign-in that came of no session elsewhere, and for one that is not there. */
export async function originOf(id: string, subject: Subject, data: DataLayer): Promise<string | null> {
  const row = await data.findOne(signInsModel, { id, subject }, ['origin']);
  return row === null ? null : read.textOrNull(row, 'origin');
}

/** Live sign-ins of a subject, oldest first. */
export async function liveSignIns(
  subject: Subject,
  now: Date,
  idleLifetimeSeconds: number,
  data: DataLayer,
): Promise<readonly SignInRow[]> {
  const lastSeenAt = { gt: addSeconds(now, -idleLifetimeSeconds) };
  const live = { subject, endedAt: null, expiresAt: { gt: now }, lastSeenAt };
  const rows = await data.findMany(signInsModel, live, { orderBy: 'createdAt', limit: MOST_LISTED });
  return rows.map(parseSignIn);
}
/** More than any cap on sign-ins of one subject. */
const MOST_LISTED = 1000;

/** Whether the row still stands for somebody who is signed in. */
export function isLive(row: SignInRow, now: Date, idleLifetimeSeconds: number): boolean {
  return row.endedAt === null && row.expiresAt > now && addSeconds(row.lastSeenAt, idleLifetimeSeconds) > now;
}

/** What names a sign-in in the list of a user's devices: of no use as a credential. */
export function listIdOf(signInId: string): string {
  return digest(`listed:${signInId}`).slice(0, 22);
}

/** @throws {TypeError} when a column holds what this library never writes */
export function parseSignIn(row: Row): SignInRow {
  return {
    id: read.text(row, 'id'),
    handleHash: read.text(row, 'handleHash'),
    subject: read.text(row, 'subject'),
    userCreatedAt: read.timeOrNull(row, 'userCreatedAt'),
    methods: read.text(row, 'methods').split(' '),
    createdAt: read.time(row, 'createdAt'),
    authenticatedAt: read.time(row, 'authenticatedAt'),
    secondFactorAt: read.timeOrNull(row, 'secondFactorAt'),
    actor: read.textOrNull(row, 'actor'),
    remembered: row['remembered'] === true,
    userAgent: read.textOrNull(row, 'userAgent'),
    lastSeenAt: read.time(row, 'lastSeenAt'),
    expiresAt: read.time(row, 'expiresAt'),
    endedAt: read.timeOrNull(row, 'endedAt'),
    origin: read.textOrNull(row, 'origin'),
  };
}
