import { isAffordable, library, libraryProblems, MOST_BYTES } from './bcrypt.library.js';
import type { HashVerifier } from '../hash-provider.js';

// 2a, 2b and 2y are one algorithm; 2x marks hashes of a faulty one. The salt's last character carries four bits of salt.
const BCRYPT = /^\$2[aby]\$(\d\d)\$[./A-Za-z0-9]{53}$/;

/**
 * Reads bcrypt hashes that another app made: `$2a$`, `$2b$` and `$2y$`, up to cost 15.
 *
 * bcrypt itself reads 72 bytes of a password. A longer one is refused, for whoever typed its first 72 bytes and anything behind
 * would get in (ASVS 6.2.8): such users reset their passwords.
 */
export function bcryptHashes(): HashVerifier {
  return new BcryptHashes((password) => {
    const bytes = Buffer.from(password);
    return { bytes: bytes.subarray(0, MOST_BYTES), isWhole: bytes.length <= MOST_BYTES };
  });
}

/** What bcrypt is given for a password, and whether it stands for all of it: else the work is done and the answer no. */
export type BcryptInput = (password: string) => { readonly bytes: Uint8Array; readonly isWhole: boolean };

/** Hashes of the one form that bcrypt has; apps differ in what they make of a password first. */
export class BcryptHashes implements HashVerifier {
  readonly name = 'bcrypt';

  constructor(private readonly inputOf: BcryptInput) {}

  async verify(password: string, hash: string): Promise<boolean> {
    if (!this.recognises(hash)) return false;
    const { compare } = await library();
    const { bytes, isWhole } = this.inputOf(password);
    return (await compare(Buffer.from(bytes), spelledB(hash))) && isWhole;
  }

  recognises(hash: string): boolean {
    return isAffordable(BCRYPT.exec(hash)?.[1]);
  }

  check(where: string) {
    return libraryProblems(where);
  }
}

/** Its library knows two of the three names. */
function spelledB(hash: string): string {
  return hash.replace(/^\$2y/, '$2b');
}
