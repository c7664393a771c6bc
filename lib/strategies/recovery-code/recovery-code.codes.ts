import { randomInt } from 'node:crypto';
import { deriveScrypt } from '../../hash-providers/scrypt/scrypt.derive.js';

/** Crockford's 32: without I, L, O and U, which look like others or spell words. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
/** Of five bits each: 80 bits. */
const LENGTH = 16;
const HASH_BYTES = 32;

/**
 * 4 MiB for a try. NIST SP 800-63B-4 §3.1.2.2: codes of fewer than 112 bits are kept as passwords are, salted and hashed at a cost.
 * What is tried are 80 random bits and not what people think of, so it need not be the cost of a password.
 */
const COST = { logCost: 12, blockSize: 8, parallelism: 1 } as const;

/** `7K3M-0QXV-9ATD-5HWE`: every code is as likely as any other, for `randomInt` draws again what would make some more likely. */
export function makeCode(): string {
  const text = Array.from({ length: LENGTH }, () => ALPHABET.charAt(randomInt(ALPHABET.length))).join('');
  return text.replaceAll(/.{4}(?=.)/g, '$&-');
}

/** As people type it: in any case, with spaces and dashes or without, and with letters that look like digits. */
export function normalise(typed: string): string {
  return typed
    .replaceAll(/[\s\p{Pd}]/gu, '')
    .toUpperCase()
    .replaceAll('O', '0')
    .replaceAll(/[IL]/g, '1');
}

/** What is kept of a code. @param salt of its set */
export async function hashOf(typed: string, salt: string): Promise<string> {
  return (await deriveScrypt(normalise(typed), salt, HASH_BYTES, COST)).toString('base64url');
}
