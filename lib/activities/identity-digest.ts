import type { KeyObject } from 'node:crypto';
import { keyedDigest } from '../crypto/index.js';

/**
 * What stands for an identity, an address or a name, in events and in the log: it may have been a password, typed into the wrong field.
 * Of one tenant: nobody who reads the log sees that two of them know the same address.
 */
export function identityDigest(key: KeyObject, tenant: string | null, identity: string): string {
  return keyedDigest(key, tenant === null ? identity : JSON.stringify([tenant, identity]));
}
