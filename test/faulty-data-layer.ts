import { StoreUnavailable, type DataLayer, type DataLayerAdapter, type OpenDataLayer } from 'nest-auth-plug';

const METHODS = [
  'insert',
  'insertIfAbsent',
  'findOne',
  'findMany',
  'update',
  'increment',
  'delete',
  'findSignIn',
  'transaction',
] as const;
export type FaultyMethod = (typeof METHODS)[number];

export interface FaultyDataLayer {
  readonly adapter: DataLayerAdapter;
  /** The next call of this method fails as if the database had gone, inside transactions too. */
  readonly failNext: (method: FaultyMethod) => void;
  /** Every call fails until further notice. */
  readonly setGone: (gone: boolean) => void;
}

/** A data layer that fails when it is told to. */
export function faultyDataLayer(inner: DataLayerAdapter): FaultyDataLayer {
  const failing = new Set<string>();
  let gone = false;
  const refuse = (method: string): boolean => gone || failing.delete(method);

  function wrap(layer: DataLayer): DataLayer {
    const wrapped = { ...bound(layer), forTenant: (tenant: string) => wrap(layer.forTenant(tenant)) };
    return {
      ...wrapped,
      transaction: (work) =>
        refuse('transaction')
          ? Promise.reject(new StoreUnavailable('connection'))
          : layer.transaction((tx) => work(wrap(tx))),
    };
  }

  function bound(layer: DataLayer): Omit<DataLayer, 'forTenant' | 'transaction'> {
    const call =
      <A extends unknown[], T>(method: string, original: (...args: A) => Promise<T>) =>
      (...args: A): Promise<T> =>
        refuse(method) ? Promise.reject(new StoreUnavailable('connection')) : original(...args);
    const findSignIn = layer.findSignIn?.bind(layer);
    return {
      insert: call('insert', layer.insert.bind(layer)),
      insertIfAbsent: call('insertIfAbsent', layer.insertIfAbsent.bind(layer)),
      findOne: call('findOne', layer.findOne.bind(layer)),
      findMany: call('findMany', layer.findMany.bind(layer)),
      update: call('update', layer.update.bind(layer)),
      increment: call('increment', layer.increment.bind(layer)),
      delete: call('delete', layer.delete.bind(layer)),
      findSignIn: findSignIn && call('findSignIn', findSignIn),
    };
  }

  return {
    adapter: {
      name: `faulty ${inner.name}`,
      durable: inner.durable,
      async open(models): Promise<OpenDataLayer> {
        const layer = await inner.open(models);
        return { ...wrap(layer), check: () => layer.check(), close: () => layer.close() };
      },
    },
    failNext: (method) => void failing.add(method),
    setGone: (now) => void (gone = now),
  };
}
