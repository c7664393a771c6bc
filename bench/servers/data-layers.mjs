import { memoryDataLayer } from '../../dist/adapters/memory/index.js';

/** @returns `{ adapter, url, drop }`; the packages of a database are loaded for those who use it */
export async function dataLayerOf({ store, twoReads = false }) {
  if (store === 'memory') return { adapter: memoryDataLayer(), url: null, drop: () => undefined };
  const { sqlDataLayer } = await import('../../dist/adapters/sql/index.js');
  const { emptyStore } = await import('./stores.mjs');
  const { url, drop } = await emptyStore(store);
  const adapter = sqlDataLayer({ url, migrate: true });
  return { adapter: twoReads ? withoutJoinedReads(adapter) : adapter, url, drop };
}

/** As an adapter that cannot join: the sign-in is read first, then its user. */
function withoutJoinedReads(adapter) {
  return {
    ...adapter,
    async open(models) {
      const data = await adapter.open(models);
      return { ...withoutJoin(data), check: () => data.check(), close: () => data.close() };
    },
  };
}

const CALLS = ['insert', 'insertIfAbsent', 'findOne', 'findMany', 'update', 'increment', 'delete'];

function withoutJoin(data) {
  return {
    ...Object.fromEntries(CALLS.map((call) => [call, data[call].bind(data)])),
    transaction: (work) => data.transaction((tx) => work(withoutJoin(tx))),
    forTenant: (tenant) => withoutJoin(data.forTenant(tenant)),
  };
}
