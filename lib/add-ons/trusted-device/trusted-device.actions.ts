import { AuthenticationFailed, NotFound } from '../../errors/index.js';
import type { DataLayer, Subject } from '../../resources/index.js';
import type { SeriesRow, Shown } from '../../series/index.js';
import type { MadeSignIn, StrategyContext } from '../../strategy/index.js';
import { addSeconds } from '../../time/index.js';
import { NAME, seriesOf, TrustCookie } from './trusted-device.cookie.js';
import type { ResolvedTrustedDeviceOptions } from './trusted-device.options.js';
import { isWished } from './trusted-device.wish.js';

/** Stands for every browser of the subject, where one is to be named. */
export const ALL = 'all';

/** A browser that counts as the second factor of a subject. */
export interface TrustedDevice {
  /** Names it in the list and for revoking; no credential. */
  readonly listId: string;
  /** When the second factor was shown in it. */
  readonly since: Date;
  readonly expiresAt: Date;
  readonly userAgent: string | null;
  /** `Firefox on Linux`; null where the user agent names neither. */
  readonly deviceName: string | null;
  /** Whether it is the one that asks. */
  readonly current: boolean;
}

/** Browsers that count as a second factor, by a series each: of one subject, under one epoch. */
export class TrustedBrowsers<U extends object> {
  constructor(private readonly options: ResolvedTrustedDeviceOptions) {}

  /** When the second factor of this subject was shown in this browser; null where it is not trusted for them. */
  async trustedSince(ctx: StrategyContext<U>, subject: Subject, subjectEpoch: number): Promise<Date | null> {
    const shown = await this.#shown(ctx, ctx.data);
    if (shown?.state === 'older') {
      await this.#endStolen(ctx, shown);
      return null;
    }
    return shown?.subject === subject && shown.epoch === subjectEpoch ? shown.since : null;
  }

  async signedIn(ctx: StrategyContext<U>, signIn: MadeSignIn<U>, tx: DataLayer): Promise<void> {
    if (signIn.replaces !== null) return;
    if (signIn.methods.includes(NAME)) return this.#takeStep(ctx, signIn, tx);
    const isShown = signIn.secondFactorAt !== null && signIn.actor === null;
    if (isShown && isWished(ctx.carried) && ctx.cookies.writable) await this.#begin(ctx, signIn, tx);
  }

  /** Of the subject, under its present epoch, newest first. */
  async list(ctx: StrategyContext<U>, subject: Subject): Promise<readonly TrustedDevice[]> {
    const account = await ctx.accounts.find(subject);
    const rows = await seriesOf(ctx).list(subject, ctx.data);
    const current = await this.#shown(ctx, ctx.data);
    const { deviceName } = await import('../../devices/index.js'); // only lists need the names of all browsers
    const device = ({ id: listId, since, expiresAt, userAgent }: SeriesRow): TrustedDevice => {
      return {
        listId,
        since,
        expiresAt,
        userAgent,
        deviceName: deviceName(userAgent),
        current: listId === current?.id,
      };
    };
    return rows.filter(({ epoch }) => epoch === account?.subjectEpoch).map(device);
  }

  /** @throws {NotFound} where the subject has no such browser */
  async revoke(ctx: StrategyContext<U>, subject: Subject, listId: string): Promise<number> {
    const current = await this.#shown(ctx, ctx.data);
    const which = listId === ALL ? { subject } : { id: listId, subject };
    const revoked = await seriesOf(ctx).end(which, ctx.data);
    if (revoked === 0 && listId !== ALL) throw new NotFound('unknown_device');
    const isCurrent = current?.subject === subject && (listId === ALL || listId === current.id);
    if (isCurrent) new TrustCookie(ctx).clear();
    return revoked;
  }

  /** A sign-in for which the browser counted as the factor: it uses the step up. */
  async #takeStep(ctx: StrategyContext<U>, signIn: MadeSignIn<U>, tx: DataLayer): Promise<void> {
    // The subject is locked: whoever else signs in by the same step has done so by now, or waits.
    const shown = await this.#shown(ctx, tx);
    const isTheirs = shown?.subject === signIn.subject && shown.epoch === signIn.subjectEpoch;
    const value = isTheirs && shown.state !== 'older' ? await seriesOf(ctx).take(shown, signIn.id, tx) : null;
    if (shown === null || value === null) throw new AuthenticationFailed('trust_ended');
    ctx.afterCommit(tx, () => new TrustCookie(ctx).set(value, shown));
  }

  async #begin(ctx: StrategyContext<U>, signIn: MadeSignIn<U>, tx: DataLayer): Promise<void> {
    const { subject, subjectEpoch, id: signInId, authenticatedAt } = signIn;
    const series = seriesOf(ctx);
    const old = await this.#shown(ctx, tx);
    if (old !== null) await series.end({ id: old.id }, tx);
    const { userAgent } = ctx.client;
    const since = signIn.secondFactorAt ?? authenticatedAt;
    const expiresAt = addSeconds(since, this.options.lifetimeSeconds);
    const value = await series.begin({ subject, subjectEpoch, since, signInId, expiresAt, userAgent }, tx);
    ctx.afterCommit(tx, () => new TrustCookie(ctx).set(value, { expiresAt }));
  }

  async #shown(ctx: StrategyContext<U>, data: DataLayer): Promise<Shown | null> {
    const { value } = new TrustCookie(ctx);
    return value === null ? null : seriesOf(ctx).look(value, data);
  }

  /** Two hold what only one browser should: whoever comes shows the second factor again. Told once. */
  async #endStolen(ctx: StrategyContext<U>, { id, subject }: Shown): Promise<void> {
    new TrustCookie(ctx).clear();
    if ((await seriesOf(ctx).end({ id }, ctx.data)) === 0) return;
    ctx.observe('theft', 'refused', { subject, address: ctx.client.address });
  }
}
