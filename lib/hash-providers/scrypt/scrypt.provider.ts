import { randomBytes } from 'node:crypto';
import { safeEqual } from '../../crypto/index.js';
import type { HashProvider } from '../hash-provider.js';
import { deriveScrypt, type ScryptCost } from './scrypt.derive.js';
import { isAffordable, resolveScryptOptions, type ScryptOptions } from './scrypt.options.js';

const SALT_BYTES = 16;
const HASH_BYTES = 32;

// The PHC string of scrypt; salt and hash in base64 without padding.
const PHC = /^\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9+/]{11,86})\$([A-Za-z0-9+/]{22,86})$/;

interface Parsed extends ScryptCost {
  readonly salt: Buffer;
  readonly derived: string;
}

/**
 * scrypt (RFC 7914) by `node:crypto`: no native package, off the event loop, with a random 128-bit salt.
 *
 * @throws {RangeError} for parameters weaker than the OWASP Password Storage Cheat Sheet allows, or beyond 256 MiB.
 */
export function scrypt(options: ScryptOptions = {}): HashProvider {
  return new ScryptProvider(resolveScryptOptions(options));
}

class ScryptProvider implements HashProvider {
  readonly name = 'scrypt';

  constructor(private readonly cost: ScryptCost) {}

  async hash(password: string): Promise<string> {
    const { logCost, blockSize, parallelism } = this.cost;
    const salt = randomBytes(SALT_BYTES);
    const derived = await deriveScrypt(password, salt, HASH_BYTES, this.cost);
    return `$scrypt$ln=${logCost},r=${blockSize},p=${parallelism}$${unpadded(salt)}$${unpadded(derived)}`;
  }

  async verify(password: string, hash: string): Promise<boolean> {
    const parsed = parse(hash);
    if (parsed === null) return false;
    const derived = await deriveScrypt(password, parsed.salt, Buffer.from(parsed.derived, 'base64').length, parsed);
    return safeEqual(unpadded(derived), parsed.derived);
  }

  recognises(hash: string): boolean {
    return parse(hash) !== null;
  }

  needsRehash(hash: string): boolean {
    const parsed = parse(hash);
    if (parsed === null || parsed.salt.length < SALT_BYTES) return true;
    const { logCost, blockSize, parallelism } = this.cost;
    const same = parsed.logCost === logCost && parsed.blockSize === blockSize && parsed.parallelism === parallelism;
    return !same || Buffer.from(parsed.derived, 'base64').length !== HASH_BYTES;
  }
}

/** Null for another form, and for what would take more than any option does. */
function parse(hash: string): Parsed | null {
  const [, logCost, blockSize, parallelism, salt = '', derived = ''] = PHC.exec(hash) ?? [];
  const cost = { logCost: Number(logCost), blockSize: Number(blockSize), parallelism: Number(parallelism) };
  return isAffordable(cost) ? { ...cost, salt: Buffer.from(salt, 'base64'), derived } : null;
}

function unpadded(bytes: Buffer): string {
  return bytes.toString('base64').replace(/=+$/, '');
}
