import { randomToken } from '../../crypto/index.js';
import { Outage, PartFailed } from '../../errors/index.js';
import type { HashProvider, HashQueue, HashVerifier } from '../../hash-providers/index.js';

interface Hashing {
  readonly hashProvider: HashProvider;
  readonly importedHashes: readonly HashVerifier[];
  readonly hashQueue: HashQueue;
}

/** Hashes and verifies through the queue, and takes as long where there is nothing to verify. */
export class PasswordHasher {
  #dummy: Promise<string> | undefined;

  constructor(private readonly hashing: Hashing) {}

  /** Makes the dummy hash: of a random password, with the present parameters, so that it costs what a real one does. */
  async prepare(): Promise<void> {
    await this.#dummyHash();
  }

  /** @throws {TooBusy} @throws {PartFailed} */
  hash(password: string, address: string | null): Promise<string> {
    return this.hashing.hashQueue.run(address, () => byProvider(() => this.hashing.hashProvider.hash(password)));
  }

  /**
   * @param hash Null where there is no account or no password: the answer is false, after the same work.
   * @throws {TooBusy} @throws {PartFailed}
   */
  async matches(password: string, hash: string | null, address: string | null): Promise<boolean> {
    const provider = this.#providerOf(hash);
    const against = provider !== undefined && hash !== null ? hash : await this.#dummyHash();
    const { hashProvider, hashQueue } = this.hashing;
    const verify = () => (provider ?? hashProvider).verify(password, against);
    const matches = await hashQueue.run(address, () => byProvider(verify));
    return matches && provider !== undefined;
  }

  /** True for a hash of an imported kind, or with other parameters than the present ones. */
  needsRehash(hash: string): boolean {
    return this.#providerOf(hash) !== this.hashing.hashProvider || this.hashing.hashProvider.needsRehash(hash);
  }

  /** Whether any provider knows the hash, with parameters that it can afford: no other fits any password. */
  canRead(hash: string): boolean {
    return this.#providerOf(hash) !== undefined;
  }

  #providerOf(hash: string | null): HashVerifier | undefined {
    if (hash === null) return undefined;
    return [this.hashing.hashProvider, ...this.hashing.importedHashes].find((provider) => provider.recognises(hash));
  }

  #dummyHash(): Promise<string> {
    this.#dummy ??= this.hashing.hashProvider.hash(randomToken());
    return this.#dummy;
  }
}

/** A provider that throws proves nobody. Its error is dropped, for it may hold what it was given. */
async function byProvider<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof Outage ? error : new PartFailed('The hash provider');
  }
}
