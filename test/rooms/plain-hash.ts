import type { HashProvider } from 'nest-auth-plug';
import { Faults } from './faults.js';

/** A hash provider that hashes nothing and counts, for tests that are about everything else. */
export class PlainHash implements HashProvider {
  readonly name = 'plain';
  verified = 0;
  /** What every verification waits for. */
  gate: Promise<void> = Promise.resolve();

  constructor(private readonly faults = new Faults()) {}

  async hash(password: string): Promise<string> {
    this.faults.at('hash');
    return `$plain$${password}`;
  }

  async verify(password: string, hash: string): Promise<boolean> {
    this.faults.at('verify');
    this.verified += 1;
    await this.gate;
    return hash === `$plain$${password}`;
  }

  recognises(hash: string): boolean {
    return hash.startsWith('$plain$');
  }

  needsRehash(): boolean {
    return false;
  }
}
