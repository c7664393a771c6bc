import { addressKey } from '../limits/index.js';
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
   * A device that signed in to the account before has a budget of its own, and neither the account's nor the address's.
   * @throws {LimitExceeded}
   */
  async count(operation: Operation, guesser: Guesser): Promise<void> {
    const counters = this.#countersOf(operation, guesser);
    const { limits } = this.runtime.services;
    const counted = await Promise.allSettled(counters.map(({ key, rules }) => limits.count(key, rules)));
    for (const one of counted) if (one.status === 'rejected') throw one.reason;
  }

  /**
   * Right guesses that made a sign-in: the account's counts begin anew, and the device is known from now on. The address's
   * count stays.
   */
  async succeeded(operation: Operation, guessers: readonly Guesser[]): Promise<void> {
    const right = guessers.flatMap(({ room, guess, identity }) =>
      identity === null || guess !== 'secret' ? [] : [{ room, guess, identity }],
    );
    this.#devices.remember(
      operation,
      right.map(({ identity }) => identity),
    );
    for (const guesser of right) {
      const [{ key, rules }] = this.#accountCounters(operation, guesser, guesser.identity);
      await this.runtime.services.limits.reset(key, rules);
    }
  }

  #countersOf(operation: Operation, guesser: Guesser): readonly Counter[] {
    const { guessesPerAddress, messagesPerAddress } = this.runtime.resource.limits;
    const rules = guesser.guess === 'secret' ? guessesPerAddress : messagesPerAddress;
    const address = { key: this.#key(operation, guesser, ['address', addressKey(operation.client.address)]), rules };
    if (guesser.identity === null) return [address];
    const [account, isDevice] = this.#accountCounters(operation, guesser, guesser.identity);
    return isDevice ? [account] : [account, address];
  }

  #accountCounters(operation: Operation, guesser: Guesser, identity: string): [Counter, boolean] {
    const { guessesPerIdentity, guessesPerDevice, messagesPerIdentity } = this.runtime.resource.limits;
    const device = guesser.guess === 'secret' ? this.#devices.find(operation, identity) : null;
    if (device !== null)
      return [{ key: this.#key(operation, guesser, ['device', device]), rules: guessesPerDevice }, true];
    const rules = guesser.guess === 'secret' ? guessesPerIdentity : messagesPerIdentity;
    return [{ key: this.#key(operation, guesser, ['identity', identity]), rules }, false];
  }

  #key(operation: Operation, { guess, room }: Guesser, whose: readonly string[]): readonly string[] {
    return [guess, this.runtime.audience, operation.tenantKey, room, ...whose];
  }
}
