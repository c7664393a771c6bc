import { createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';

/**
 * A 256-bit key for one purpose, derived from a secret with HKDF-SHA-256 (RFC 5869).
 *
 * @param label What the key is for. Two labels give two unrelated keys.
 */
export function deriveKey(secret: string, label: string): KeyObject {
  return createSecretKey(Buffer.from(hkdfSync('sha256', secret, 'nest-auth-plug', label, 32)));
}
