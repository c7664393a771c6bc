import { AuthenticationFailed } from '../../errors/index.js';
import type { JsonObject } from '../../strategy/index.js';

/**
 * Google vouches for addresses of its own and of its Workspaces. Another was confirmed once, and may be somebody else's by now.
 *
 * @throws {AuthenticationFailed} for somebody of another domain: the parameter alone asks, and anybody can change it
 */
export function googleClaims(claims: JsonObject, hostedDomain: string | undefined): JsonObject {
  const { hd, email, email_verified: isVerified } = claims;
  if (hostedDomain !== undefined && hd !== hostedDomain) throw new AuthenticationFailed('google_hosted_domain');
  const isOwn = typeof hd === 'string' || (typeof email === 'string' && email.toLowerCase().endsWith('@gmail.com'));
  return { ...claims, email_verified: isVerified === true && isOwn };
}
