import { AuthError } from '../../errors/index.js';
import { canonicalIdentity } from '../../resources/index.js';
import type { JsonObject } from '../../strategy/index.js';

/** @throws {InvalidInput} for what is no address */
export function domainOf(address: string): string {
  const canonical = canonicalIdentity('email', 'email', address);
  return canonical.slice(canonical.lastIndexOf('@') + 1);
}

/**
 * What a connection is believed: of an address it says nothing where that is not of its own domains. Its people would get into the accounts
 * of others otherwise.
 */
export function believedClaims(claims: JsonObject, domains: readonly string[]): JsonObject {
  const { email } = claims;
  const isItsOwn = typeof email === 'string' && domains.includes(domainIn(email));
  return isItsOwn ? claims : { ...claims, email_verified: false };
}

/** Empty for what is no address. */
function domainIn(address: string): string {
  try {
    return domainOf(address);
  } catch (error) {
    if (error instanceof AuthError) return '';
    throw error;
  }
}
