import { deriveKey, digest, randomToken, safeEqual } from '../crypto/index.js';
import type { DataLayer, Row, Subject, Where } from '../resources/index.js';
import { addSeconds, type Clock } from '../time/index.js';
import { seriesModel } from './model.js';
import { parseSeries, type SeriesRow } from './series-row.js';

/** How long the step before stands for the present one, in seconds: requests that were sent at once arrive in any order. */
const GRACE_SECONDS = 30;
const MAX_USER_AGENT = 256;
/** More than anybody has. */
const MOST_LISTED = 1000;
/** 256 random bits that name the series, and the secret of a step. */
const VALUE = /^([\w-]{43})\.([\w-]{43})$/;

/** What a set of series belongs to. A series of one is nothing to another. */
export interface SeriesScope {
  /** What for: the room that begins them. */
  readonly kind: string;
  /** `<app>:<resource>`. */
  readonly audience: string;
  readonly clock: Clock;
}

/** A series to begin. */
export interface NewSeries {
  readonly subject: Subject;
  /** The epoch that its owner was seen under. */
  readonly subjectEpoch: number;
  /** When somebody showed a credential in this browser. */
  readonly since: Date;
  readonly signInId: string | null;
  readonly expiresAt: Date;
  /** Of the browser, for lists. @default not kept */
  readonly userAgent?: string | null | undefined;
}

/** A series whose cookie was shown. */
export interface Shown extends SeriesRow {
  /**
   * `due`: the present step, and its next use makes another. `kept`: the present step or the one before, within 30 seconds of the
   * change; neither makes another. `older`: there is a copy of the cookie somewhere.
   */
  readonly state: 'due' | 'kept' | 'older';
  /** What the browser is to hold from now on; for `kept` the same, whichever of the two was shown. */
  readonly value: string;
}

/**
 * What a browser is known by for weeks, kept in one cookie: the name of a series and the secret of its present step. Each use
 * makes the next step by one conditional write, and whoever comes with an older one shows that there are two who have the cookie.
 *
 * The next secret is made of the present one and a salt of the row. So a parallel request that comes with the present one gets the same
 * next one, and nobody makes it of the row alone or of an old cookie alone. The series is named by 256 bits whose digest is kept: a
 * right name with a wrong secret comes from nobody but a holder of the cookie.
 *
 * @see https://web.archive.org/web/20180819014446/http://jaspan.com/improved_persistent_login_cookie_best_practice
 */
export class BrowserSeries {
  constructor(private readonly scope: SeriesScope) {}

  /** @returns the value of the cookie */
  async begin(about: NewSeries, tx: DataLayer): Promise<string> {
    const { subject, subjectEpoch: epoch, since, signInId, expiresAt, userAgent } = about;
    const [name, secret] = [randomToken(), randomToken()];
    const step = { stepHash: digest(secret), beforeHash: null, salt: null, steppedAt: null };
    const browser = { userAgent: userAgent?.slice(0, MAX_USER_AGENT) ?? null };
    const whose = { kind: this.scope.kind, subject, epoch, since, signInId, expiresAt, ...browser };
    await tx.insert(seriesModel, { id: this.#idOf(name), ...whose, ...step });
    return `${name}.${secret}`;
  }

  /** What the value of a cookie stands for. Changes nothing. @returns null where it stands for nothing, or nothing any more */
  async look(value: string, data: DataLayer): Promise<Shown | null> {
    const [, name, secret] = VALUE.exec(value) ?? [];
    if (name === undefined || secret === undefined) return null;
    const id = this.#idOf(name);
    const row = await data.findOne(seriesModel, { id });
    if (row === null || row['id'] !== id) return null;
    const series = parseSeries(row);
    if (series.expiresAt <= this.scope.clock.now()) return null;
    return { ...series, ...this.#stepOf(series, name, secret) };
  }

  /**
   * Uses what was shown for a sign-in, which is from now on the one that this browser has.
   *
   * @param shown not `older`
   * @returns what the browser holds from now on; null where another request was first, or the series has ended
   */
  async take(shown: Shown, signInId: string, tx: DataLayer): Promise<string | null> {
    const next = shown.state === 'due' ? this.#next(shown) : { value: shown.value, changes: {} };
    const where = { id: shown.id, stepHash: shown.stepHash };
    return (await tx.update(seriesModel, where, { ...next.changes, signInId })) === 1 ? next.value : null;
  }

  /** Somebody showed a credential in a browser that is known: it goes on with the sign-in that this made. */
  async attach({ id }: Shown, signIn: { readonly id: string; readonly at: Date }, tx: DataLayer): Promise<void> {
    await tx.update(seriesModel, { id }, { signInId: signIn.id, since: signIn.at });
  }

  /** A sign-in took the place of another. */
  async move(from: string, to: { readonly id: string; readonly subject: Subject }, tx: DataLayer): Promise<void> {
    const where = { subject: to.subject, kind: this.scope.kind, signInId: from };
    await tx.update(seriesModel, where, { signInId: to.id });
  }

  /** @returns how many ended by this call */
  end(which: EndedSeries, data: DataLayer): Promise<number> {
    return data.delete(seriesModel, { ...which, kind: this.scope.kind });
  }

  /** Those of a subject that have not expired, newest first. */
  async list(subject: Subject, data: DataLayer): Promise<readonly SeriesRow[]> {
    const where: Where = { subject, kind: this.scope.kind, expiresAt: { gt: this.scope.clock.now() } };
    const rows = await data.findMany(seriesModel, where, { orderBy: 'since', limit: MOST_LISTED });
    return rows.map(parseSeries).toReversed();
  }

  #stepOf({ stepHash, beforeHash, salt, steppedAt }: SeriesRow, name: string, secret: string) {
    const shownHash = digest(secret);
    const value = `${name}.${secret}`;
    const isRecent = steppedAt !== null && addSeconds(steppedAt, GRACE_SECONDS) >= this.scope.clock.now();
    if (safeEqual(shownHash, stepHash)) return { state: isRecent ? 'kept' : 'due', value } as const;
    if (isRecent && beforeHash !== null && salt !== null && safeEqual(shownHash, beforeHash)) {
      return { state: 'kept', value: `${name}.${secretAfter(secret, salt)}` } as const;
    }
    return { state: 'older', value } as const;
  }

  #next({ value, stepHash: beforeHash }: Shown): { readonly value: string; readonly changes: Row } {
    const [name = '', secret = ''] = value.split('.');
    const salt = randomToken();
    const next = secretAfter(secret, salt);
    const steppedAt = this.scope.clock.now();
    return { value: `${name}.${next}`, changes: { stepHash: digest(next), beforeHash, salt, steppedAt } };
  }

  #idOf(name: string): string {
    const { audience, kind } = this.scope;
    return digest(JSON.stringify(['series', audience, kind, name]));
  }
}

/** One series, of whomever or of a subject; those of a subject, or that of a sign-in. */
export type EndedSeries =
  { readonly id: string; readonly subject?: Subject } | { readonly subject: Subject; readonly signInId?: string };

/** HKDF-SHA-256 (RFC 5869) of the secret before: 256 bits. */
function secretAfter(secret: string, salt: string): string {
  return deriveKey(secret, `series ${salt}`).export().toString('base64url');
}
