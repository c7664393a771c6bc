import { StoreUnavailable, type DataLayer, type DataLayerAdapter, type OpenDataLayer } from 'nest-auth-plug';

/** Calls of a data layer, and the one that is to fail. */
export interface Calls {
  count: number;
  /** The number of the call that fails as if the database had gone, begin of a transaction included; 0 for none. */
  failing: number;
}

/** Counts every call of every handle, transactions and what happens in them included. */
export function countingDataLayer(inner: DataLayerAdapter): {
  readonly adapter: DataLayerAdapter;
  readonly calls: Calls;
} {
  const calls: Calls = { count: 0, failing: 0 };
  const counted =
    <A extends unknown[], T>(original: (...args: A) => Promise<T>) =>
    (...args: A): Promise<T> => {
      calls.count += 1;
      return calls.count === calls.failing ? Promise.reject(new StoreUnavailable('connection')) : original(...args);
    };
  const wrap = (layer: DataLayer): DataLayer => {
    const begin = counted(() => Promise.resolve());
    const findSignIn = layer.findSignIn?.bind(layer);
    return {
      insert: counted(layer.insert.bind(layer)),
      insertIfAbsent: counted(layer.insertIfAbsent.bind(layer)),
      findOne: counted(layer.findOne.bind(layer)),
      findMany: counted(layer.findMany.bind(layer)),
      update: counted(layer.update.bind(layer)),
      increment: counted(layer.increment.bind(layer)),
      delete: counted(layer.delete.bind(layer)),
      findSignIn: findSignIn && counted(findSignIn),
      forTenant: (tenant) => wrap(layer.forTenant(tenant)),
      transaction: async (work) => {
        await begin();
        return layer.transaction((tx) => work(wrap(tx)));
      },
    };
  };
  const adapter: DataLayerAdapter = {
    ...inner,
    async open(models): Promise<OpenDataLayer> {
      const layer = await inner.open(models);
      return { ...wrap(layer), check: () => layer.check(), close: () => layer.close() };
    },
  };
  return { adapter, calls };
}
