import { setImmediate as nextTurn } from 'node:timers/promises';
import type { DataLayer, Model } from '../resources/index.js';
import { HOUR, type Clock } from '../time/index.js';

/** Options of {@link Expunger}. */
export interface ExpungerOptions {
  /** Not bound to a tenant. */
  readonly data: DataLayer;
  /** Tables whose rows mean nothing once their `expiresAt` has passed. */
  readonly models: readonly Model[];
  readonly clock: Clock;
  /** Where failures go. The next round tries again. */
  report(error: unknown): void;
  /** From one round to the next. @default 3600 (1 hour) */
  readonly intervalSeconds?: number | undefined;
  /**
   * Rows deleted by one statement, so that none holds its locks for long, nor, where the database is embedded, the event loop: a row and
   * its entries in four indexes take some 0.1 ms there. @default 50
   */
  readonly batchSize?: number | undefined;
}

/**
 * Deletes rows whose time has passed, of all tenants. Nothing depends on it: whoever reads such a row checks its expiry.
 */
export class Expunger {
  readonly #options: ExpungerOptions;
  readonly #intervalSeconds: number;
  readonly #batchSize: number;
  /** Made once: adapters know a statement again by its model. */
  readonly #ofAllTenants: readonly Model[];
  #timer: NodeJS.Timeout | null = null;
  #round: Promise<number> | null = null;
  #stopping = false;

  constructor({ intervalSeconds = HOUR, batchSize = 50, ...options }: ExpungerOptions) {
    this.#options = options;
    this.#intervalSeconds = intervalSeconds;
    this.#batchSize = batchSize;
    // What a power cut brings back, the next round deletes again.
    this.#ofAllTenants = options.models.map((model) => ({ ...model, tenantField: null, forgettable: true }));
  }

  /** The first round comes after one interval. The timer keeps no process alive. */
  start(): void {
    this.#stopping = false;
    this.#timer ??= setInterval(() => void this.expungeNow(), this.#intervalSeconds * 1000).unref();
  }

  /** No more rounds; resolves when the batch that is running is through. */
  async stop(): Promise<void> {
    this.#stopping = true;
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
    await this.#round;
  }

  /**
   * One round, or the one that is running already. Does not throw.
   *
   * @returns How many rows went.
   */
  expungeNow(): Promise<number> {
    this.#round ??= this.#expunge().finally(() => (this.#round = null));
    return this.#round;
  }

  async #expunge(): Promise<number> {
    let deleted = 0;
    for (const model of this.#ofAllTenants) {
      try {
        deleted += await this.#expungeModel(model);
      } catch (error) {
        this.#options.report(error);
      }
    }
    return deleted;
  }

  async #expungeModel(ofAllTenants: Model): Promise<number> {
    const { data, clock } = this.#options;
    const expired = { expiresAt: { lt: clock.now() } };
    let deleted = 0;
    let batch = this.#batchSize;
    while (batch >= this.#batchSize && !this.#stopping) {
      batch = await data.delete(ofAllTenants, expired, { limit: this.#batchSize });
      deleted += batch;
      await nextTurn(); // an embedded database answers within this turn of the loop, and requests wait for the next one
    }
    return deleted;
  }
}
