import type { DataLayer } from '../../resources/index.js';
import type { Shown } from '../../series/index.js';
import type { StrategyContext } from '../../strategy/index.js';
import { seriesOf } from './remember-me.cookie.js';
import type { ResolvedRememberMeOptions } from './remember-me.options.js';

/** The purpose of its message, and the name of its event. */
export const THEFT = 'remember-me-theft';

/**
 * Two hold what only one browser should: which of them is the owner's nobody can say. So the series ends, and the sign-in that was
 * made by it. Told once.
 *
 * @param user the owner, where it is known
 */
export async function endStolen<U extends object>(
  ctx: StrategyContext<U>,
  { sender, addressField }: ResolvedRememberMeOptions,
  { id, subject, signInId }: Shown,
  user: U | null,
  tx: DataLayer,
): Promise<void> {
  if ((await seriesOf(ctx).end({ id }, tx)) === 0) return;
  if (signInId !== null) await ctx.accounts.endSignIns(subject, { id: signInId }, tx);
  ctx.afterCommit(tx, () => ctx.observe('theft', 'refused', { subject, address: ctx.client.address }));
  const to: unknown = user === null ? undefined : Reflect.get(user, addressField);
  if (sender !== undefined && typeof to === 'string' && to !== '') ctx.send({ purpose: THEFT, to, user }, tx);
}
