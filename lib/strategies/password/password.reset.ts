import { InvalidToken } from '../../errors/index.js';
import { textOf } from '../../resources/index.js';
import type { Account, StrategyContext } from '../../strategy/index.js';
import { hashOf, type NewPassword, type PasswordActions } from './password.actions.js';
import type { ResolvedResetOptions } from './password.options.js';
import { readNewPassword, refuseUnchanged } from './password.rules.js';

/** Forgotten passwords: a link goes to the address on record, and whoever has it may set a new one. Signs nobody in. */
export class PasswordReset<U> {
  constructor(
    private readonly actions: PasswordActions<U>,
    private readonly resettable: ResolvedResetOptions,
  ) {}

  /**
   * Mails a link to the account, if there is one. Void at the next request, and at any change of a credential.
   *
   * @param identity Canonical.
   */
  async request(ctx: StrategyContext<U>, identity: string): Promise<void> {
    const account = await ctx.accounts.findByIdentity(this.actions.options.identityField, identity);
    if (account === null) return;
    const { user, subject, subjectEpoch } = account;
    const to = textOf(user, this.resettable.addressField);
    if (to === '') return;

    const { page, tokenLifetimeSeconds } = this.resettable;
    await ctx.data.transaction(async (tx) => {
      const about = { subject, subjectEpoch, lifetimeSeconds: tokenLifetimeSeconds, data: { address: to } };
      const { token } = await ctx.tokens.issue('reset', about, tx);
      const link = ctx.links.page(page, { token });
      ctx.send({ purpose: 'reset-password', to, user, link, lifetimeSeconds: tokenLifetimeSeconds }, tx);
    });
  }

  /**
   * Sets a new password. Ends every sign-in and voids every other link of the account; a refused password spends nothing. Whoever has
   * the link reads the mailbox: where nobody had shown that before, whatever else the account had is gone as well.
   *
   * @throws {InvalidToken} @throws {InvalidInput}
   */
  async reset(ctx: StrategyContext<U>, token: string, typed: NewPassword): Promise<void> {
    const { options } = this.actions;
    const password = readNewPassword(typed.password, typed.passwordConfirmation, options);
    const account = await this.#accountOf(ctx, token);
    await this.#refuseKept(ctx, account, password);
    const secrets = await this.actions.secretsFor(ctx, password, this.actions.identityOf(account.user));
    await ctx.data.transaction(async (tx) => {
      const { subject, subjectEpoch, data } = await ctx.tokens.spend('reset', token, tx);
      const { address } = data;
      if (subject === null || typeof address !== 'string') throw new InvalidToken('unknown_user');
      const mailbox = { field: this.resettable.addressField, address };
      const epoch = await ctx.accounts.mailboxShown(subject, mailbox, subjectEpoch, tx);
      await ctx.accounts.changeCredentials(subject, secrets, epoch, tx);
    });
  }

  /** A password that must be changed is not the one that is set. */
  async #refuseKept(ctx: StrategyContext<U>, account: Account<U>, password: string): Promise<void> {
    if (!this.actions.mustChange(account)) return;
    const isKept = await this.actions.hasher.matches(password, hashOf(account), ctx.client.address);
    if (isKept) refuseUnchanged(password, password);
  }

  /** Read before anything is hashed: whoever has no token gets no work out of us. */
  async #accountOf(ctx: StrategyContext<U>, token: string): Promise<Account<U>> {
    const { subject } = await ctx.tokens.read('reset', token);
    const account = subject === null ? null : await ctx.accounts.find(subject);
    if (account === null) throw new InvalidToken('unknown_user');
    return account;
  }
}
