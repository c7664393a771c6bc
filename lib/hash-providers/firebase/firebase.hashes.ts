import { createCipheriv } from 'node:crypto';
import { safeEqual } from '../../crypto/index.js';
import type { HashVerifier } from '../hash-provider.js';
import { deriveScrypt } from '../scrypt/scrypt.derive.js';
import {
  resolveFirebaseOptions,
  signerKeyProblems,
  type FirebaseOptions,
  type ResolvedFirebaseOptions,
} from './firebase.options.js';

/** Ours, for Firebase keeps the two apart. 86 characters and two of padding are 64 bytes. */
const FORM = /^\$firebase-scrypt\$([A-Za-z0-9+/]{1,128}={0,2})\$([A-Za-z0-9+/]{86}==)$/;

const DERIVED_BYTES = 64;
const AES_KEY_BYTES = 32;
/** Each key encrypts one text, so the counter may begin at zero. */
const COUNTER = Buffer.alloc(16);

/**
 * Reads the hashes of one Firebase project: scrypt makes a key of the password, which encrypts the project's signer key by
 * AES-256-CTR. Write them as {@link firebaseHash} spells them.
 *
 * @throws {RangeError} for rounds or a memory cost that Firebase has not.
 * @see https://github.com/firebase/scrypt
 */
export function firebaseHashes(options: FirebaseOptions): HashVerifier {
  const resolved = resolveFirebaseOptions(options);
  return {
    name: 'firebase-scrypt',
    recognises: (hash) => FORM.test(hash),
    async verify(password, hash) {
      const [, salt = '', encrypted = ''] = FORM.exec(hash) ?? [];
      if (encrypted === '') return false;
      return safeEqual(await encryptSignerKey(password, salt, resolved), encrypted);
    },
    check: (where) => signerKeyProblems(resolved, where),
  };
}

/** A user as `firebase auth:export` writes it to JSON. */
export interface FirebaseUser {
  /** Base64, in either alphabet. */
  readonly passwordHash: string;
  /** Base64, in either alphabet. */
  readonly salt: string;
}

/** The one text that {@link firebaseHashes} reads, for the column of hashes. */
export function firebaseHash({ passwordHash, salt }: FirebaseUser): string {
  const [saltText, hashText] = [salt, passwordHash].map((text) => Buffer.from(text, 'base64').toString('base64'));
  return `$firebase-scrypt$${saltText}$${hashText}`;
}

async function encryptSignerKey(password: string, salt: string, options: ResolvedFirebaseOptions): Promise<string> {
  const { signerKey, saltSeparator, rounds, memoryCost } = options;
  const salted = Buffer.concat([Buffer.from(salt, 'base64'), saltSeparator]);
  const cost = { logCost: memoryCost, blockSize: rounds, parallelism: 1 };
  const derived = await deriveScrypt(password, salted, DERIVED_BYTES, cost);
  const cipher = createCipheriv('aes-256-ctr', derived.subarray(0, AES_KEY_BYTES), COUNTER);
  return Buffer.concat([cipher.update(signerKey.reveal(), 'base64'), cipher.final()]).toString('base64');
}
