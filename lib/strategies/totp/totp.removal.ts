import { NotFound } from '../../errors/index.js';
import type { DataLayer } from '../../resources/index.js';
import {
  requireFactorShown,
  type Account,
  type Outcome,
  type Proof,
  type StrategyContext,
} from '../../strategy/index.js';
import { byCode, unused, type TotpActions } from './totp.actions.js';
import { fail } from './totp.errors.js';
import { tellOwner } from './totp.notices.js';
import { totpSeedsModel } from './totp.rows.js';

/** How a seed stops being somebody's second factor. */
export class TotpRemoval<U> {
  constructor(private readonly actions: TotpActions<U>) {}

  /**
   * Ends the factor, and every other sign-in. Takes a code of it; without one, only whoever has just shown another second factor, such
   * as a recovery code.
   *
   * @throws {AuthenticationFailed} the same, whatever is wrong with a code
   * @throws {FreshSignInRequired} without a code, where no second factor was shown by this sign-in
   * @throws {NotFound} without a code, where none is enrolled
   * @throws {LastFactor} @throws {LastWayIn} as it takes effect
   */
  async disable(ctx: StrategyContext<U>, account: Account<U>, typed: string | undefined): Promise<Outcome<U>> {
    if (typed === undefined) return this.#byAnother(ctx, account);
    const match = await this.actions.verify(ctx, account, 'active', typed);
    const effect: Proof<U>['effect'] = async (tx) => {
      if ((await tx.delete(totpSeedsModel, unused(match))) !== 1) fail('used_code');
      await ctx.accounts.changeCredentials(account.subject, {}, account.subjectEpoch, tx);
      await this.#finish(ctx, account, tx);
    };
    return { kind: 'proved', proof: byCode(account, effect) };
  }

  #byAnother(ctx: StrategyContext<U>, account: Account<U>): Outcome<U> {
    requireFactorShown(ctx);
    const effect = async (tx: DataLayer) => {
      const key = this.actions.keyOf(ctx, account.subject, 'active');
      if ((await tx.delete(totpSeedsModel, key)) !== 1) throw new NotFound('not_enrolled');
      await ctx.accounts.endSignIns(account.subject, 'others', tx);
      await this.#finish(ctx, account, tx);
      return {};
    };
    return { kind: 'renewed', effect };
  }

  /** An enrolment that waits for its first code is void by the epoch. */
  async #finish(ctx: StrategyContext<U>, { subject, user }: Account<U>, tx: DataLayer): Promise<void> {
    await ctx.accounts.requireWayIn(subject, tx);
    tellOwner(ctx, this.actions.options, user, 'removed', tx);
  }
}
