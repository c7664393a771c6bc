import type { KeyObject } from 'node:crypto';

import { keyedDigest } from '../crypto/index.js';
import { LimitExceeded } from '../errors/index.js';
import type { DataLayer } from '../resources/index.js';
import type { LimitRule, LimitUntil } from '../strategy/index.js';
import type { Clock } from '../time/index.js';
import { countersModel } from './models.js';

/** What {@link LimitCounters} are made of. */
export interface LimitCountersOptions {
  /** Not bound to a tenant. */
  readonly data: DataLayer;
  readonly clock: Clock;
  /** `ring.digestKey('limits')` as it is now: the same in all processes with the same secrets, in whatever order. */
  readonly digestKey: () => KeyObject;
}

/**
 * Counts attempts in fixed windows. Two windows that meet let at most twice the limit pass in one window's time.
 *
 * A count is one statement and comes before the work it is for, so parallel attempts cannot pass together.
 *
 * @see OWASP ASVS 5.0 2.3.4 and 15.4.2
 */
export class LimitCounters {
  readonly #data: DataLayer;
  readonly #clock: Clock;
  readonly #digestKey: () => KeyObject;

  constructor({ data, clock, digestKey }: LimitCountersOptions) {
    this.#data = data;
    this.#clock = clock;
    this.#digestKey = digestKey;
  }

  /**
   * Counts one attempt under every rule, the shortest window first. What one refuses the longer ones do not count: a burst must not
   * use up the month.
   *
   * @param keyParts What the attempts have in common: resource, tenant, kind, identity. However they are split, different
   *   lists are different keys.
   * @throws {LimitExceeded} with the wait of the rule that is exceeded.
   */
  async count(keyParts: readonly string[], rules: readonly LimitRule[]): Promise<void> {
    const now = this.#clock.now();
    for (const rule of rules.toSorted((one, other) => one.windowSeconds - other.windowSeconds)) {
      await this.#countOne(keyParts, rule.limit, windowAt(rule, now), now);
    }
  }

  /** Counts one attempt in the only window there is, which ends at a moment of its own: no two of them meet. @throws {LimitExceeded} */
  async countUntil(keyParts: readonly string[], { limit, until: end }: LimitUntil): Promise<void> {
    await this.#countOne(keyParts, limit, { name: [end.getTime()], end }, this.#clock.now());
  }

  /** Forgets the attempts of the present windows, after a right guess. */
  async reset(keyParts: readonly string[], rules: readonly LimitRule[]): Promise<void> {
    const now = this.#clock.now();
    const ids = rules.map((rule) => this.#idOf(keyParts, rule.limit, windowAt(rule, now)));
    if (ids.length > 0) await this.#data.delete(countersModel, { id: { in: ids } });
  }

  async #countOne(keyParts: readonly string[], limit: number, window: Window, now: Date): Promise<void> {
    const key = { id: this.#idOf(keyParts, limit, window) };
    const count = await this.#data.increment(countersModel, key, 'count', 1, { expiresAt: window.end });
    if (count > limit) throw new LimitExceeded(Math.ceil((window.end.getTime() - now.getTime()) / 1000));
  }

  /** JSON keeps the parts apart, whatever is in them. */
  #idOf(keyParts: readonly string[], limit: number, { name }: Window): string {
    return keyedDigest(this.#digestKey(), JSON.stringify([keyParts, limit, ...name]));
  }
}

interface Window {
  /** Tells it from every other of the same key. */
  readonly name: readonly number[];
  readonly end: Date;
}

function windowAt({ windowSeconds }: LimitRule, now: Date): Window {
  const lengthMs = windowSeconds * 1000;
  const index = Math.floor(now.getTime() / lengthMs);
  return { name: [windowSeconds, index], end: new Date((index + 1) * lengthMs) };
}
