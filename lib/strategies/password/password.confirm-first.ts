import { UniqueViolation } from '../../errors/index.js';
import type { Row } from '../../resources/index.js';
import type { StrategyContext } from '../../strategy/index.js';
import type { NewPassword, PasswordActions } from './password.actions.js';

/** Registering where nobody is to learn who has an account: what became of it, the mailbox alone is told. */
export class ConfirmFirst<U> {
  constructor(private readonly actions: PasswordActions<U>) {}

  /**
   * The same work and the same answer, whether the address is free or taken. The account is made once that answer is out, and an add-on
   * asks for the confirmation; where there is one already, its owner is told.
   *
   * @param identity Canonical.
   * @param accepted Further public fields.
   * @throws {InvalidInput} for the password
   */
  async register(
    ctx: StrategyContext<U>,
    identity: string,
    typed: NewPassword,
    accepted: Readonly<Record<string, string>>,
  ): Promise<void> {
    const values = await this.actions.valuesFor(ctx, identity, typed, accepted);
    ctx.afterAnswer(() => this.#makeOrTell(ctx, identity, values));
  }

  async #makeOrTell(ctx: StrategyContext<U>, identity: string, values: Row): Promise<void> {
    try {
      await ctx.data.transaction((tx) => ctx.accounts.create(values, tx));
    } catch (error) {
      const { identityField } = this.actions.options;
      const isTaken = error instanceof UniqueViolation;
      const owner = isTaken ? await ctx.accounts.findByIdentity(identityField, identity) : null;
      if (owner === null) throw error;
      ctx.send({ purpose: 'registration-attempt', to: identity, user: owner.user });
    }
  }
}
