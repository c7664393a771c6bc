import type { DataLayer } from '../resources/index.js';

/**
 * Where a transaction keeps its work. A `WeakMap` would hold what the work closes over (the whole request) until all of the memory is
 * collected, and V8 then takes every request for long-lived.
 */
const WORK = Symbol('nest-auth-plug work after the commit');

interface Followed extends DataLayer {
  readonly [WORK]: (() => void)[];
}

/**
 * Runs work once a transaction has committed, and not at all when it was rolled back. A transaction that the data layer runs
 * again starts with nothing to do.
 */
export class Commits {
  /** The same data layer; its transactions keep what {@link after} is given. */
  watch(layer: DataLayer): DataLayer {
    return {
      ...bound(layer),
      transaction: (work) => this.#transaction(layer, work),
      forTenant: (tenant) => this.watch(layer.forTenant(tenant)),
    };
  }

  /** @throws {Error} for a transaction that did not come from a watched layer */
  after(tx: DataLayer, work: () => void): void {
    if (!isFollowed(tx)) throw new Error('This is not the transaction that the hook or the phase was given');
    tx[WORK].push(work);
  }

  async #transaction<T>(layer: DataLayer, work: (tx: DataLayer) => Promise<T>): Promise<T> {
    let waiting: (() => void)[] = [];
    const result = await layer.transaction((tx) => {
      waiting = [];
      return work(this.#follow(tx, waiting));
    });
    for (const run of waiting) run();
    return result;
  }

  /** A transaction; those that join it wait for the same commit. */
  #follow(tx: DataLayer, waiting: (() => void)[]): Followed {
    return {
      ...bound(tx),
      [WORK]: waiting,
      transaction: (work) => tx.transaction((joined) => work(this.#follow(joined, waiting))),
      forTenant: (tenant) => this.#follow(tx.forTenant(tenant), waiting),
    };
  }
}

function isFollowed(tx: DataLayer): tx is Followed {
  return WORK in tx;
}

/** The layer's methods, bound to it: classes with private fields take no other `this`. */
function bound(layer: DataLayer): Omit<DataLayer, 'transaction' | 'forTenant'> {
  return {
    insert: layer.insert.bind(layer),
    insertIfAbsent: layer.insertIfAbsent.bind(layer),
    findOne: layer.findOne.bind(layer),
    findMany: layer.findMany.bind(layer),
    update: layer.update.bind(layer),
    increment: layer.increment.bind(layer),
    delete: layer.delete.bind(layer),
    findSignIn: layer.findSignIn?.bind(layer),
  };
}
