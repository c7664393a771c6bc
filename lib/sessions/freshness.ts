import type { SignIn } from '../strategy/index.js';
import { addSeconds } from '../time/index.js';
import { MULTIPLE_FACTORS } from './sign-in-rows.js';

/**
 * Whether something was shown for this sign-in in the last seconds. Never for a browser that is merely remembered, and never for what
 * came in a header, such as a key.
 */
export function isFresh(signIn: SignIn, withinSeconds: number, now: Date): boolean {
  const { credential, remembered, authenticatedAt } = signIn;
  return credential === null && !remembered && addSeconds(authenticatedAt, withinSeconds) > now;
}

/** Whether a second factor was shown for this sign-in, whenever that was. */
export function hasSecondFactor({ credential, secondFactorAt }: SignIn): boolean {
  return credential === null && secondFactorAt !== null;
}

/** As {@link isFresh}, of the second factor: one that somebody showed, and not what merely counts as one. */
export function hasFreshSecondFactor(signIn: SignIn, withinSeconds: number, now: Date): boolean {
  const { secondFactorAt, methods } = signIn;
  if (!hasSecondFactor(signIn) || secondFactorAt === null || !methods.includes(MULTIPLE_FACTORS)) return false;
  return addSeconds(secondFactorAt, withinSeconds) > now;
}
