import { NotFound } from '../../errors/index.js';
import type { Subject } from '../../resources/index.js';
import type { StrategyContext } from '../../strategy/index.js';
import type { NewPassword, PasswordActions } from './password.actions.js';
import { fail } from './password.errors.js';

/** Passwords that must be changed before they sign in again: an operator says so, the owner does it. */
export class RequiredChange<U> {
  constructor(private readonly actions: PasswordActions<U>) {}

  /**
   * From now on the password signs nobody in until it is changed. Ends every sign-in and voids every link of the account, so that
   * nothing that began before goes on.
   *
   * @throws {NotFound} where there is no such account.
   */
  async require(ctx: StrategyContext<U>, subject: Subject): Promise<void> {
    const account = await ctx.accounts.find(subject);
    if (account === null) throw new NotFound('unknown_user');
    const { subjectEpoch } = account;
    await ctx.data.transaction(async (tx) => {
      await ctx.accounts.changeCredentials(account.subject, { passwordMustChange: true }, subjectEpoch, tx);
    });
  }

  /**
   * Replaces a password that must be changed. Signs nobody in: a second factor is asked for at the next sign-in.
   *
   * @param identity Canonical.
   * @throws {AuthenticationFailed} the same, after the same work, for a wrong password, for an unknown account and for one that need not
   *   change it.
   */
  async replace(ctx: StrategyContext<U>, identity: string, current: string, typed: NewPassword): Promise<void> {
    const { actions } = this;
    const { present, password } = actions.readChange(current, typed);
    const found = await ctx.accounts.findByIdentity(actions.options.identityField, identity);
    const account = await actions.verify(ctx, found, present);
    actions.refuseUnconfirmed(account);
    if (!actions.mustChange(account)) return fail('no_change_required');
    await ctx.accounts.requireMaySignIn(account.user);
    const secrets = await actions.secretsFor(ctx, password, identity);
    await ctx.data.transaction(async (tx) => {
      await ctx.accounts.changeCredentials(account.subject, secrets, account.subjectEpoch, tx);
    });
  }
}
