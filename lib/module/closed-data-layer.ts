import { StoreUnavailable } from '../errors/index.js';
import type { OpenDataLayer } from '../resources/index.js';

/** Stands in for a data layer that could not be opened, until the boot has gathered every other problem and stops. */
export function closedDataLayer(): OpenDataLayer {
  const closed = () => Promise.reject(new StoreUnavailable('not_open'));
  const layer: OpenDataLayer = {
    insert: closed,
    insertIfAbsent: closed,
    findOne: closed,
    findMany: closed,
    update: closed,
    increment: closed,
    delete: closed,
    transaction: closed,
    forTenant: () => layer,
    check: () => Promise.resolve([]),
    close: () => Promise.resolve(),
  };
  return layer;
}
