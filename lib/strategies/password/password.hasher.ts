import { randomToken } from '../../crypto/index.js';
import type { HashProvider, HashQueue } from '../../hash-providers/index.js';

interface Hashing {
  readonly hashProvider: HashProvider;
  readonly importedHashes: readonly HashProvider[];
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

  /** @throws {TooBusy} */
  hash(password: string, address: string | null): Promise<string> {
    return this.hashing.hashQueue.run(address, () => this.hashing.hashProvider.hash(password));
  }

  /**
   * @param hash Null where there is no account or no password: the answer is false, after the same work.
   * @throws {TooBusy}
   */
  async matches(password: string, hash: string | null, address: string | null): Promise<boolean> {
    const provider = this.#providerOf(hash);
    const against = provider !== undefined && hash !== null ? hash : await this.#dummyHash();
    const { hashProvider, hashQueue } = this.hashing;
    const matches = await hashQueue.run(address, () => (provider ?? hashProvider).verify(password, against));
    return matches && provider !== undefined;
  }

  /** True for a hash of an imported kind, or with other parameters than the present ones. */
  needsRehash(hash: string): boolean {
    return this.#providerOf(hash) !== this.hashing.hashProvider || this.hashing.hashProvider.needsRehash(hash);
  }

  #providerOf(hash: string | null): HashProvider | undefined {
    if (hash === null) return undefined;
    return [this.hashing.hashProvider, ...this.hashing.importedHashes].find((provider) => provider.recognises(hash));
  }

  #dummyHash(): Promise<string> {
    this.#dummy ??= this.hashing.hashProvider.hash(randomToken());
    return this.#dummy;
  }
}
