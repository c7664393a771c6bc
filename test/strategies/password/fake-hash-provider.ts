import { AsyncLocalStorage } from 'node:async_hooks';
import { digest } from '../../../lib/crypto/index.js';
import type { HashProvider } from '../../../lib/hash-providers/index.js';

/** Holds while a fake transaction's work runs, awaits included. */
export const insideTransaction = new AsyncLocalStorage<true>();

/** Fast, and remembers what it was asked to do. Refuses to work inside a transaction. */
export class FakeHashProvider implements HashProvider {
  readonly work: string[] = [];

  constructor(
    readonly name = 'fake',
    readonly cost = 1,
  ) {}

  async hash(password: string): Promise<string> {
    this.#note('hash');
    return this.of(password);
  }

  async verify(password: string, hash: string): Promise<boolean> {
    this.#note(`verify at cost ${hash.split('$')[2]}`);
    return hash.split('$')[3] === digest(password);
  }

  recognises(hash: string): boolean {
    return hash.startsWith(`$${this.name}$`);
  }

  needsRehash(hash: string): boolean {
    return !hash.startsWith(`$${this.name}$${this.cost}$`);
  }

  of(password: string): string {
    return `$${this.name}$${this.cost}$${digest(password)}`;
  }

  #note(what: string): void {
    if (insideTransaction.getStore()) throw new Error('hashing inside a transaction');
    this.work.push(what);
  }
}
