import type { DataLayer } from '../resources/index.js';

/**
 * Runs work once a transaction has committed, and not at all when it was rolled back. A transaction that the data layer runs
 * again starts with nothing to do.
 */
export class Commits {
  readonly #work = new WeakMap<DataLayer, (() => void)[]>();

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
    const waiting = this.#work.get(tx);
    if (waiting === undefined) throw new Error('This is not the transaction that the hook or the phase was given');
    waiting.push(work);
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
  #follow(tx: DataLayer, waiting: (() => void)[]): DataLayer {
    const followed: DataLayer = {
      ...bound(tx),
      transaction: (work) => tx.transaction((joined) => work(this.#follow(joined, waiting))),
      forTenant: (tenant) => this.#follow(tx.forTenant(tenant), waiting),
    };
    this.#work.set(followed, waiting);
    return followed;
  }
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
