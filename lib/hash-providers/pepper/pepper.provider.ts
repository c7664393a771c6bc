import { keyedDigest } from '../../crypto/index.js';
import type { Problem } from '../../errors/index.js';
import type { SecretSource } from '../../secrets/index.js';
import type { HashProvider } from '../hash-provider.js';
import { readPepperKeys, type PepperKey } from './pepper.keys.js';
import type { PepperOptions } from './pepper.options.js';

// The version has one length, so that whatever a provider calls its hash may follow.
const FORM = /^\$pepper\$v=([\w-]{12})(.+)$/s;

interface Peppered {
  readonly version: string;
  readonly inner: string;
}

/**
 * Mixes a secret key into every password before `provider` hashes it: HMAC-SHA-256 under a key that is not in the database. Whoever
 * steals the hashes alone can try no password against them.
 *
 * The version of the key stands before the hash. Hashes under an older key, and those from before there was a pepper, are verified and
 * made anew when their owners sign in. A hash under a key that is gone fits no password.
 *
 * @see NIST SP 800-63B-4 §3.1.1.2
 */
export function peppered(provider: HashProvider, { keys }: PepperOptions): HashProvider {
  return new PepperedProvider(provider, keys);
}

class PepperedProvider implements HashProvider {
  readonly name: string;
  /** Empty until {@link check} has read them: then nothing is hashed, and no peppered hash fits. */
  #keys: readonly PepperKey[] = [];
  /** Out of sight: a list holds the keys themselves. */
  readonly #source: SecretSource;

  constructor(
    private readonly provider: HashProvider,
    source: SecretSource,
  ) {
    this.name = provider.name;
    this.#source = source;
  }

  async check(where: string): Promise<readonly Problem[]> {
    const { keys, problems } = await readPepperKeys(this.#source, `${where}.keys`);
    this.#keys = keys;
    return [...problems, ...((await this.provider.check?.(where)) ?? [])];
  }

  async hash(password: string): Promise<string> {
    const [newest] = this.#keys;
    if (newest === undefined) throw new Error('The keys of a pepper are read by check(), at boot');
    return `$pepper$v=${newest.version}${await this.provider.hash(keyedDigest(newest.key, password))}`;
  }

  async verify(password: string, hash: string): Promise<boolean> {
    const parsed = parse(hash);
    if (parsed === null) return this.provider.verify(password, hash);
    const key = this.#keyOf(parsed);
    return key !== undefined && this.provider.verify(keyedDigest(key.key, password), parsed.inner);
  }

  /** Also a hash without pepper, from before. */
  recognises(hash: string): boolean {
    const parsed = parse(hash);
    if (parsed === null) return this.provider.recognises(hash);
    return this.#keyOf(parsed) !== undefined && this.provider.recognises(parsed.inner);
  }

  needsRehash(hash: string): boolean {
    const parsed = parse(hash);
    return parsed === null || parsed.version !== this.#keys[0]?.version || this.provider.needsRehash(parsed.inner);
  }

  #keyOf({ version }: Peppered): PepperKey | undefined {
    return this.#keys.find((key) => key.version === version);
  }
}

/** Null for a hash without pepper. */
function parse(hash: string): Peppered | null {
  const [, version, inner] = FORM.exec(hash) ?? [];
  return version === undefined || inner === undefined ? null : { version, inner };
}
