import { textOf, type DataLayer } from '../../resources/index.js';
import type { StrategyContext } from '../../strategy/index.js';
import type { ResolvedTotpOptions } from './totp.options.js';

/** What became of the factor. */
export type FactorChange = 'added' | 'replaced' | 'removed';

/** Tells the owner, once `tx` has committed: whoever changed it need not be them. */
export function tellOwner<U>(
  ctx: StrategyContext<U>,
  { notices, label }: ResolvedTotpOptions,
  user: U,
  change: FactorChange,
  tx: DataLayer,
): void {
  const to = notices === undefined ? '' : textOf(user, notices.addressField);
  if (to !== '') ctx.send({ purpose: 'second-factor-changed', to, user, factor: label, change }, tx);
}
