import { FactorNotShown } from '../errors/index.js';
import type { AuthContext } from './auth-context.js';

/**
 * For phases of a fresh sign-in that change a second factor: what was shown last in it has to have been one, so that it was shown as
 * short a while ago. Whoever has found an open browser has not found the telephone; nor has a browser that is trusted.
 *
 * @throws {FreshSignInRequired}
 */
export function requireFactorShown({ signIn }: Pick<AuthContext, 'signIn'>): void {
  if (signIn === null) throw new FactorNotShown();
  const { methods, secondFactorAt, authenticatedAt } = signIn;
  // RFC 8176 §2: `mfa` is of a factor that somebody showed, and not of what counts as one.
  const wasShown = methods.includes('mfa') && secondFactorAt !== null && secondFactorAt >= authenticatedAt;
  if (!wasShown) throw new FactorNotShown();
}

/**
 * For phases of a fresh sign-in that add a factor, or take one away: as {@link requireFactorShown}, where a second factor belongs to the
 * sign-in. Whoever has none was not asked for one: the first step is all that they can show.
 *
 * @throws {FreshSignInRequired}
 */
export function requireFactorOfSignIn(ctx: Pick<AuthContext, 'signIn'>): void {
  if (ctx.signIn !== null && ctx.signIn.secondFactorAt !== null) requireFactorShown(ctx);
}
