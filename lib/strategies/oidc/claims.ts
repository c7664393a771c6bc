import type { JsonObject } from '../../strategy/index.js';

/** Claims that say something about another one, and are nothing without it (OpenID Connect Core §5.1). */
const ABOUT: Readonly<Record<string, string>> = {
  email_verified: 'email',
  phone_number_verified: 'phone_number',
};

/**
 * Both sources as one: the signed one first. Whether an address is verified is taken from where the address is taken from, so that nobody's
 * verified address vouches for another.
 */
export function mergedClaims(idToken: JsonObject, userInfo: JsonObject): JsonObject {
  const merged: Record<string, unknown> = { ...userInfo, ...idToken };
  for (const [about, claim] of Object.entries(ABOUT)) {
    const source = Object.hasOwn(idToken, claim) ? idToken : userInfo;
    if (Object.hasOwn(source, about)) merged[about] = source[about];
    else delete merged[about];
  }
  return merged;
}
