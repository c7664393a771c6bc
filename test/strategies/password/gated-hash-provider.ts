import type { HashProvider } from '../../../lib/hash-providers/index.js';

/**
 * A provider whose hashes wait behind a gate. What a slow machine would show by time, this shows by order: while the gate is
 * shut, hashes that were begun are not done.
 */
export class GatedHashProvider implements HashProvider {
  readonly name: string;
  /** Hashes that were begun and are done. */
  done = 0;
  /** The most that ran at once. */
  mostAtOnce = 0;
  #atOnce = 0;
  #gate: Promise<void> = Promise.resolve();
  #open = () => {};

  constructor(private readonly provider: HashProvider) {
    this.name = provider.name;
  }

  shut(): void {
    this.#gate = new Promise((resolve) => (this.#open = resolve));
  }

  open(): void {
    this.#open();
  }

  hash(password: string): Promise<string> {
    return this.#behindTheGate(() => this.provider.hash(password));
  }

  verify(password: string, hash: string): Promise<boolean> {
    return this.#behindTheGate(() => this.provider.verify(password, hash));
  }

  recognises(hash: string): boolean {
    return this.provider.recognises(hash);
  }

  needsRehash(hash: string): boolean {
    return this.provider.needsRehash(hash);
  }

  async #behindTheGate<T>(work: () => Promise<T>): Promise<T> {
    this.#atOnce += 1;
    this.mostAtOnce = Math.max(this.mostAtOnce, this.#atOnce);
    try {
      await this.#gate;
      return await work();
    } finally {
      this.#atOnce -= 1;
      this.done += 1;
    }
  }
}
