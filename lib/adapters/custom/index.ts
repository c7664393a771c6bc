export { checkRow, columnOf, conditionsOf } from '../conditions.js';
export type { Condition, Operator } from '../conditions.js';
export { uniqueKeyOf, uniqueKeys } from '../models.js';
export { Contention } from '../row-store.js';
export type { RowStore, StartedTransaction, Store } from '../row-store.js';
export { compareScalars, copyScalar, holds } from '../scalars.js';
export { dataLayerOn } from './data-layer-on.js';
export type { DataLayerOnOptions } from './data-layer-on.js';
