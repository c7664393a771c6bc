import { createHmac } from 'node:crypto';
import type { HashProvider } from '../hash-provider.js';
import { isAffordable, library, libraryProblems } from './bcrypt.library.js';
import { resolveBcryptOptions, type BcryptOptions, type ResolvedBcryptOptions } from './bcrypt.options.js';

// The form of passlib's bcrypt_sha256, version 2.
const FORM = /^\$bcrypt-sha256\$v=2,t=2b,r=(\d\d?)\$([./A-Za-z0-9]{21}[.Oeu])\$([./A-Za-z0-9]{31})$/;

/**
 * bcrypt by `bcrypt`, for where it is prescribed; choose argon2id or scrypt where you can.
 *
 * bcrypt reads 72 bytes. So it is given HMAC-SHA-256 of the password under the hash's own salt: every byte of any password counts,
 * and what was stolen elsewhere as a bare SHA-256 helps nobody. Form and construction are those of passlib's `bcrypt_sha256`,
 * version 2: `$bcrypt-sha256$v=2,t=2b,r=12$…$…`. Hashes of bare bcrypt are read by {@link bcryptHashes}.
 *
 * @throws {RangeError} for a cost below 10 or above 15.
 */
export function bcrypt(options: BcryptOptions = {}): HashProvider {
  return new BcryptProvider(resolveBcryptOptions(options));
}

class BcryptProvider implements HashProvider {
  readonly name = 'bcrypt-sha256';

  constructor(private readonly options: ResolvedBcryptOptions) {}

  async hash(password: string): Promise<string> {
    const { cost } = this.options;
    const { genSalt, hash } = await library();
    const spelled = await genSalt(cost); // `$2b$12$` and 22 characters: 128 random bits
    const salt = spelled.slice(-22);
    const made = await hash(keyed(password, salt), spelled);
    return `$bcrypt-sha256$v=2,t=2b,r=${cost}$${salt}$${made.slice(-31)}`;
  }

  async verify(password: string, hash: string): Promise<boolean> {
    const [, cost = '', salt = '', rest = ''] = FORM.exec(hash) ?? [];
    if (!isAffordable(cost)) return false;
    const { compare } = await library();
    return compare(keyed(password, salt), `$2b$${cost.padStart(2, '0')}$${salt}${rest}`);
  }

  recognises(hash: string): boolean {
    return isAffordable(FORM.exec(hash)?.[1]);
  }

  needsRehash(hash: string): boolean {
    return Number(FORM.exec(hash)?.[1]) !== this.options.cost;
  }

  check(where: string) {
    return libraryProblems(where);
  }
}

/** 44 characters of base64, so no NUL and nothing to cut. */
function keyed(password: string, salt: string): string {
  return createHmac('sha256', salt).update(password).digest('base64');
}
