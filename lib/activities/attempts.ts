import { addressKey } from '../network/index.js';
import { keyOf, type Subject } from '../resources/index.js';
import type { LimitRule } from '../strategy/index.js';
import type { Operation } from '../sessions/index.js';
import { KnownDevices } from './known-devices.js';
import type { ResourceRuntime } from './resource-runtime.js';

interface Counter {
  readonly key: readonly string[];
  readonly rules: readonly LimitRule[];
}

/** Who guesses, at what. */
export interface Guesser {
  readonly room: string;
  readonly guess: 'secret' | 'message';
  /** Canonical identity or subject; null where the input names no account. */
  readonly identity: string | null;
}

/** Counts attempts before the work is done, whether the account exists or not. */
export class Attempts {
  readonly #devices: KnownDevices;

  constructor(private readonly runtime: ResourceRuntime) {
    this.#devices = new KnownDevices(runtime);
  }

  /**
   * The address first: what it refuses is counted nowhere else. A device that signed in to the account before has budgets of its
   * own, and neither the account's nor the address's.
   * @throws {LimitExceeded}
   */
  async count(operation: Operation, guesser: Guesser): Promise<void> {
    for (const { key, rules } of this.#countersOf(operation, guesser)) {
      await this.runtime.services.limits.count(key, rules);
    }
  }

  /** Right guesses that made a sign-in: the account's counts begin anew. The address's count stays. */
  async succeeded(operation: Operation, guessers: readonly Guesser[]): Promise<void> {
    for (const guesser of guessers) {
      if (guesser.identity === null || guesser.guess !== 'secret') continue;
      const device = this.#deviceOf(operation, guesser, guesser.identity);
      const { key, rules } = this.#accountCounter(operation, guesser, guesser.identity, device);
      await this.runtime.services.limits.reset(key, rules);
    }
  }

  /**
   * Forgets the guesses at an account's secrets of one room: they were changed by somebody who showed more than a guess, or the
   * app says so.
   */
  async forget(operation: Operation, room: string, subject: Subject): Promise<void> {
    for (const identity of await this.#namesOf(operation, subject)) {
      const guesser = { room, guess: 'secret', identity } as const;
      for (const device of new Set([null, this.#deviceOf(operation, guesser, identity)])) {
        const { key, rules } = this.#accountCounter(operation, guesser, identity, device);
        await this.runtime.services.limits.reset(key, rules);
      }
    }
  }

  /** What guesses at an account are counted under: its subject and each of its identities. */
  async #namesOf(operation: Operation, subject: Subject): Promise<readonly string[]> {
    const { subjectName, key, model } = this.runtime.resource;
    const where = keyOf(subjectName, key, subject);
    const fields = (model.unique ?? []).flat().filter((field) => field !== model.tenantField);
    const row = where === null ? null : await this.runtime.data(operation).findOne(model, where, fields);
    return [subject, ...Object.values(row ?? {}).filter((value) => typeof value === 'string')];
  }

  #countersOf(operation: Operation, guesser: Guesser): readonly Counter[] {
    const { guessesPerAddress, messagesPerAddress } = this.runtime.resource.limits;
    const rules = guesser.guess === 'secret' ? guessesPerAddress : messagesPerAddress;
    const address = { key: this.#addressKey(operation, guesser), rules };
    if (guesser.identity === null) return [address];
    const device = this.#deviceOf(operation, guesser, guesser.identity);
    const account = this.#accountCounter(operation, guesser, guesser.identity, device);
    if (device === null) return [address, account];
    // In place of the address's: right guesses cost us as much as wrong ones, and reset nothing here.
    return [{ key: this.#key(operation, guesser, ['by-device', device]), rules }, account];
  }

  #accountCounter(operation: Operation, guesser: Guesser, identity: string, device: string | null): Counter {
    const { guessesPerIdentity, guessesPerDevice, messagesPerIdentity } = this.runtime.resource.limits;
    if (device !== null) return { key: this.#key(operation, guesser, ['device', device]), rules: guessesPerDevice };
    const rules = guesser.guess === 'secret' ? guessesPerIdentity : messagesPerIdentity;
    return { key: this.#key(operation, guesser, ['identity', identity]), rules };
  }

  #deviceOf(operation: Operation, { guess }: Guesser, identity: string): string | null {
    return guess === 'secret' ? this.#devices.find(operation, identity) : null;
  }

  /** Of all tenants together: nobody has more tries at an address by naming more of them. */
  #addressKey({ client }: Operation, { guess, room }: Guesser): readonly string[] {
    return [guess, this.runtime.audience, '', room, 'address', addressKey(client.address)];
  }

  #key(operation: Operation, { guess, room }: Guesser, whose: readonly string[]): readonly string[] {
    return [guess, this.runtime.audience, this.runtime.tenants.of(operation).tenant ?? '', room, ...whose];
  }
}
