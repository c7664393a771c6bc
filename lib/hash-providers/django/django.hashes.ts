import { pbkdf2 } from 'node:crypto';
import { promisify } from 'node:util';
import { safeEqual } from '../../crypto/index.js';
import type { HashVerifier } from '../hash-provider.js';

const FORM = /^pbkdf2_(sha256|sha1)\$(\d{1,8})\$([^$]{1,128})\$([A-Za-z0-9+/]{27,43}=)$/;
const KEY_BYTES: Readonly<Record<string, number>> = { sha256: 32, sha1: 20 };
/** Four times what Django 6 takes: some two seconds. */
const MOST_ITERATIONS = 5_000_000;

const derive = promisify(pbkdf2);

interface Parsed {
  readonly algorithm: string;
  readonly iterations: number;
  readonly salt: string;
  readonly key: string;
}

/**
 * Reads PBKDF2 hashes that Django made, from its table `auth_user`, column `password`: `pbkdf2_sha256$<iterations>$<salt>$<key>`, and
 * the older `pbkdf2_sha1`. Django's other hashers have forms of their own.
 */
export function djangoHashes(): HashVerifier {
  return {
    name: 'django-pbkdf2',
    recognises: (hash) => parse(hash) !== null,
    async verify(password, hash) {
      const parsed = parse(hash);
      if (parsed === null) return false;
      const { algorithm, iterations, salt, key } = parsed;
      const derived = await derive(password, salt, iterations, KEY_BYTES[algorithm] ?? 0, algorithm);
      return safeEqual(derived.toString('base64'), key);
    },
  };
}

function parse(hash: string): Parsed | null {
  const [, algorithm = '', digits, salt = '', key = ''] = FORM.exec(hash) ?? [];
  const iterations = Number(digits);
  const isWhole = Buffer.from(key, 'base64').length === KEY_BYTES[algorithm];
  return isWhole && iterations >= 1 && iterations <= MOST_ITERATIONS ? { algorithm, iterations, salt, key } : null;
}
