import { InvalidInput, PartFailed } from '../../errors/index.js';
import type { StrategyContext } from '../../strategy/index.js';
import type { ResolvedBreachCheckOptions } from './password.options.js';

/**
 * Refuses a new password that is known from a breach. Asks somebody outside, so it belongs in no transaction and in no hash queue.
 *
 * @throws {InvalidInput} `breached`.
 * @throws {PartFailed} where nobody could tell, and `onFailure` is `refuse`.
 */
export async function refuseBreached(
  ctx: Pick<StrategyContext<unknown>, 'observe'>,
  password: string,
  options: ResolvedBreachCheckOptions | undefined,
): Promise<void> {
  if (options === undefined) return;
  const answer = await askInTime(password, options);
  if (answer === 'breached') throw InvalidInput.of('password', 'breached', 'is known from a data breach');
  if (answer === 'unbreached') return;
  ctx.observe('breach-check', 'error', { reason: answer, onFailure: options.onFailure });
  if (options.onFailure === 'refuse') throw new PartFailed('The breach check');
}

type Answer = 'breached' | 'unbreached' | 'failed' | 'timed_out';

/** What the check throws is dropped, for it may hold what it was given. */
async function askInTime(password: string, { check, timeoutSeconds }: ResolvedBreachCheckOptions): Promise<Answer> {
  const over = new AbortController();
  const timer = setTimeout(() => over.abort(), timeoutSeconds * 1000);
  const timedOut = new Promise<Answer>((resolve) => {
    over.signal.addEventListener('abort', () => resolve('timed_out'), { once: true });
  });
  const asked = (async () => ((await check(password, over.signal)) ? 'breached' : 'unbreached'))();
  try {
    return await Promise.race([timedOut, asked.catch((): Answer => 'failed')]);
  } finally {
    clearTimeout(timer);
    over.abort();
  }
}
