import type { JsonObject } from '../../strategy/index.js';

/**
 * `email` is what an administrator of some tenant wrote there, and nobody has confirmed it, unless Microsoft says that the domain is that
 * tenant's own.
 */
export function microsoftClaims(claims: JsonObject): JsonObject {
  const { xms_edov: isOwn } = claims;
  return { ...claims, email_verified: isOwn === true || isOwn === 1 || isOwn === '1' };
}
