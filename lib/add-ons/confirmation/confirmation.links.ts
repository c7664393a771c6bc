import type { DataLayer } from '../../resources/index.js';
import type { LinkContents } from '../../senders/index.js';
import type { StrategyContext, WrittenAccount } from '../../strategy/index.js';
import { askToConfirm, tellOwner, warn, type Waiting } from './confirmation.messages.js';
import type { ResolvedConfirmationOptions } from './confirmation.options.js';

/** The links that ask to confirm an address. One is alive per account and field. */
export class ConfirmationLinks<U> {
  constructor(private readonly options: Pick<ResolvedConfirmationOptions, 'tokenLifetimeSeconds'>) {}

  /** Asks for an address that the account has. */
  async ask(
    ctx: StrategyContext<U>,
    account: WrittenAccount<U>,
    field: string,
    waiting: Waiting,
    tx: DataLayer,
  ): Promise<void> {
    askToConfirm(ctx, account, waiting.to, await this.#issue(ctx, account, field, waiting, tx), tx);
  }

  /** Asks for another in its place: the same work whether somebody has that or not. */
  async askForOther(
    ctx: StrategyContext<U>,
    account: WrittenAccount<U>,
    field: string,
    waiting: Waiting,
    tx: DataLayer,
  ): Promise<void> {
    const contents = await this.#issue(ctx, account, field, waiting, tx);
    const owner = ctx.accounts.isUnique(field) ? await ctx.accounts.findByIdentity(field, waiting.to, tx) : null;
    if (owner === null) askToConfirm(ctx, account, waiting.to, contents, tx);
    else tellOwner(ctx, owner.user, waiting.to, tx);
    warn(ctx, 'email-change-requested', account.user, waiting, tx);
  }

  /** Voids what was asked for before. */
  async #issue(
    ctx: StrategyContext<U>,
    { subject, subjectEpoch }: WrittenAccount<U>,
    field: string,
    waiting: Waiting,
    tx: DataLayer,
  ): Promise<LinkContents> {
    const { tokenLifetimeSeconds: lifetimeSeconds } = this.options;
    const about = { subject, subjectEpoch, lifetimeSeconds, data: { ...waiting } };
    const { token } = await ctx.tokens.issue(field, about, tx);
    return { link: ctx.links.to('page', { token, field }), lifetimeSeconds };
  }
}
