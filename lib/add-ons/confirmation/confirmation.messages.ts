import type { DataLayer } from '../../resources/index.js';
import type { LinkContents } from '../../senders/index.js';
import type { StrategyContext, WrittenAccount } from '../../strategy/index.js';

/** What this add-on sends. */
export const PURPOSES = ['confirmation', 'email-change-requested', 'email-changed', 'change-attempt'] as const;
export type ConfirmationPurpose = (typeof PURPOSES)[number];

/** An address that waits in a token's row until it is confirmed. */
export interface Waiting {
  /** What the account has in its place: the same for a new account, empty where it has none. */
  readonly from: string;
  readonly to: string;
}

/** Asks whoever reads the mailbox of the address. */
export function askToConfirm<U>(
  ctx: StrategyContext<U>,
  { user }: WrittenAccount<U>,
  to: string,
  contents: LinkContents,
  tx: DataLayer,
): void {
  ctx.send({ purpose: 'confirmation', to, user, ...contents }, tx);
}

/** Says it to whoever has the address that somebody else asked for. Nobody else learns of it. */
export function tellOwner<U>(ctx: StrategyContext<U>, user: U, to: string, tx: DataLayer): void {
  ctx.send({ purpose: 'change-attempt', to, user }, tx);
}

/** Warns at the address that the account has, or had: whoever reads it may not be who asked. */
export function warn<U>(
  ctx: StrategyContext<U>,
  purpose: 'email-change-requested' | 'email-changed',
  user: U,
  { from, to }: Waiting,
  tx: DataLayer,
): void {
  if (from !== '' && from !== to) ctx.send({ purpose, to: from, user }, tx);
}
