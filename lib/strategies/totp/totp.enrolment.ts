import type { Subject } from '../../resources/index.js';
import {
  requireFactorOfSignIn,
  requireFactorShown,
  type Account,
  type Proof,
  type StrategyContext,
} from '../../strategy/index.js';
import { addSeconds } from '../../time/index.js';
import { byCode, type TotpActions } from './totp.actions.js';
import { randomSeed } from './totp.codes.js';
import { fail } from './totp.errors.js';
import { tellOwner } from './totp.notices.js';
import { findSeed, keepPending, totpSeedsModel, type SeedRow } from './totp.rows.js';
import { setupOf, type Setup } from './totp.setup.js';

/** How it stands with somebody's factor. */
export interface TotpStatus {
  /** Null where none is enrolled. */
  readonly confirmedAt: Date | null;
  /** Until when an enrolment waits for its first code; null where none does. */
  readonly setupExpiresAt: Date | null;
}

/** How a seed becomes somebody's second factor. */
export class TotpEnrolment<U> {
  constructor(private readonly actions: TotpActions<U>) {}

  /**
   * Begins to enrol: nothing changes for anybody until the first right code. The newest enrolment alone goes on.
   *
   * @throws {FreshSignInRequired} where a seed is enrolled or another factor belongs to this sign-in, and none was what it showed last
   */
  async setUp(ctx: StrategyContext<U>, account: Account<U>): Promise<Setup> {
    const { subject, subjectEpoch: epoch, user } = account;
    await this.#requireRightToEnrol(ctx, subject);
    const [seed, createdAt] = [randomSeed(), ctx.clock.now()];
    const expiresAt = addSeconds(createdAt, this.actions.options.setupLifetimeSeconds);
    const kept = { seed: this.actions.seal(ctx, subject, seed), lastStep: 0, epoch, createdAt, expiresAt };
    await keepPending(ctx.data, this.actions.keyOf(ctx, subject, 'pending'), { ...kept, confirmedAt: null });
    return setupOf(this.actions.options, user, seed, expiresAt);
  }

  /** What was set up and waits for its first code. Changes nothing. */
  async findSetup(ctx: StrategyContext<U>, account: Account<U>): Promise<Setup | null> {
    const row = await this.#findPending(ctx, account);
    const opened = row === null ? null : this.actions.open(ctx, row);
    if (opened === null || row === null || row.expiresAt === null) return null;
    return setupOf(this.actions.options, account.user, opened.seed, row.expiresAt);
  }

  /**
   * The first right code: from now on the seed is the account's factor, and this code's step is used up. Ends every other sign-in.
   *
   * @throws {AuthenticationFailed} the same, whatever is wrong
   * @throws {FreshSignInRequired} as {@link setUp}
   */
  async confirm(ctx: StrategyContext<U>, account: Account<U>, typed: string): Promise<Proof<U>> {
    await this.#requireRightToEnrol(ctx, account.subject);
    const { row, step, sealed: seed } = await this.actions.verify(ctx, account, 'pending', typed);
    if (!isGood(ctx, row, account)) return fail('no_setup');
    const { subject, subjectEpoch: epoch, user } = account;
    const key = this.actions.keyOf(ctx, subject, 'active');
    return byCode(account, async (tx) => {
      // The same order of locks as where a code is used: the rows of seeds, then the subject's.
      if ((await tx.delete(totpSeedsModel, { ...row.key, seed: row.seed })) !== 1) fail('setup_replaced');
      const replaced = await tx.delete(totpSeedsModel, key);
      const now = ctx.clock.now();
      const times = { createdAt: now, confirmedAt: now, expiresAt: null };
      await tx.insert(totpSeedsModel, { ...key, seed, lastStep: step, epoch, ...times });
      await ctx.accounts.changeCredentials(subject, {}, epoch, tx);
      tellOwner(ctx, this.actions.options, user, replaced === 0 ? 'added' : 'replaced', tx);
    });
  }

  async status(ctx: StrategyContext<U>, account: Account<U>): Promise<TotpStatus> {
    const active = await this.actions.findActive(ctx, account.subject);
    const pending = await this.#findPending(ctx, account);
    return { confirmedAt: active?.confirmedAt ?? null, setupExpiresAt: pending?.expiresAt ?? null };
  }

  async #findPending(ctx: StrategyContext<U>, account: Account<U>): Promise<SeedRow | null> {
    const row = await findSeed(ctx.data, this.actions.keyOf(ctx, account.subject, 'pending'));
    return row !== null && isGood(ctx, row, account) ? row : null;
  }

  async #requireRightToEnrol(ctx: StrategyContext<U>, subject: Subject): Promise<void> {
    requireFactorOfSignIn(ctx);
    if ((await this.actions.findActive(ctx, subject)) !== null) requireFactorShown(ctx);
  }
}

/** In time, and no credential has changed since. */
function isGood<U>(ctx: StrategyContext<U>, { epoch, expiresAt }: SeedRow, { subjectEpoch }: Account<U>): boolean {
  return epoch === subjectEpoch && expiresAt !== null && expiresAt > ctx.clock.now();
}
