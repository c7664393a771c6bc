import type { HashProvider } from '../hash-provider.js';
import { resolveArgon2idOptions, type Argon2idOptions, type ResolvedArgon2idOptions } from './argon2.options.js';

const SALT_BYTES = 16;
const HASH_BYTES = 32;

// PHC string of argon2id, version 1.3, salt and hash in base64 without padding (RFC 9106 §3.1). Bounded, so that a damaged
// row cannot ask for more memory than any option would.
const PHC = /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,3}),p=(\d{1,3})\$([A-Za-z0-9+/]{11,86})\$([A-Za-z0-9+/]{22,86})$/;

/**
 * Argon2id (RFC 9106) by `@node-rs/argon2`: off the event loop, with a random 128-bit salt. The default for passwords.
 *
 * @throws {RangeError} for parameters weaker than 19 MiB and 2 passes.
 */
export function argon2id(options: Argon2idOptions = {}): HashProvider {
  return new Argon2idProvider(resolveArgon2idOptions(options));
}

class Argon2idProvider implements HashProvider {
  readonly name = 'argon2id';

  constructor(private readonly options: ResolvedArgon2idOptions) {}

  async hash(password: string): Promise<string> {
    const { hash } = await library();
    const { memoryKib, iterations, parallelism } = this.options;
    // Argon2id, version 1.3 and a 16-byte salt from the system are what the library does unasked; the tests watch it.
    return hash(password, { memoryCost: memoryKib, timeCost: iterations, parallelism, outputLen: HASH_BYTES });
  }

  async verify(password: string, hash: string): Promise<boolean> {
    if (!this.recognises(hash)) return false;
    const { verify } = await library();
    return verify(hash, password).catch(() => false); // the only errors left are of a damaged hash
  }

  recognises(hash: string): boolean {
    return PHC.test(hash);
  }

  needsRehash(hash: string): boolean {
    const [, memory, passes, lanes, salt = '', tag = ''] = PHC.exec(hash) ?? [];
    const { memoryKib, iterations, parallelism } = this.options;
    const same = Number(memory) === memoryKib && Number(passes) === iterations && Number(lanes) === parallelism;
    return !same || bytes(salt) < SALT_BYTES || bytes(tag) !== HASH_BYTES;
  }
}

/** At first use: an app with another provider never loads the native code. */
function library(): Promise<typeof import('@node-rs/argon2')> {
  return import('@node-rs/argon2');
}

function bytes(base64: string): number {
  return Math.floor((base64.length * 3) / 4);
}
