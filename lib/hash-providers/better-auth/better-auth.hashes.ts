import { safeEqual } from '../../crypto/index.js';
import type { HashVerifier } from '../hash-provider.js';
import { deriveScrypt } from '../scrypt/scrypt.derive.js';

const FORM = /^([0-9a-f]{32}):([0-9a-f]{128})$/;
/** N = 16384, r = 16, p = 1: 32 MiB. */
const COST = { logCost: 14, blockSize: 16, parallelism: 1 };
const KEY_BYTES = 64;

/**
 * Reads the hashes that better-auth makes by itself, from its table `account`, column `password`: salt and key in hexadecimal.
 * The salt goes into scrypt as its hexadecimal text, the password in NFKC.
 *
 * @see https://github.com/better-auth/better-auth, packages/better-auth/src/crypto/password.ts
 */
export function betterAuthHashes(): HashVerifier {
  return {
    name: 'better-auth',
    recognises: (hash) => FORM.test(hash),
    async verify(password, hash) {
      const [, salt = '', key = ''] = FORM.exec(hash) ?? [];
      if (key === '') return false;
      const derived = await deriveScrypt(password.normalize('NFKC'), salt, KEY_BYTES, COST);
      return safeEqual(derived.toString('hex'), key);
    },
  };
}
