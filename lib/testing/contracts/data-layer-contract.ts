import type { DataLayerCheck } from './data-layer-check.js';
import { queryChecks } from './data-layer-queries.js';
import { tenantChecks } from './data-layer-tenants.js';
import { transactionChecks } from './data-layer-transactions.js';
import { uniquenessChecks } from './data-layer-uniqueness.js';
import { valueChecks } from './data-layer-values.js';

export type { DataLayerCheck } from './data-layer-check.js';
export { dataLayerContractModels } from './data-layer-models.js';

/**
 * What every data layer must do, as a list for any test runner. Each check makes rows of its own, so they may share one
 * database and come in any order; a check that fails rejects.
 *
 * The number in a name is that of the promise in the docstring of `DataLayer`; `[0]` is of the types, `[T]` of tenants.
 *
 * @example
 * for (const { name, run } of dataLayerContract()) it(name, () => run(layer, other));
 */
export function dataLayerContract(): readonly DataLayerCheck[] {
  return [...valueChecks, ...queryChecks, ...uniquenessChecks, ...transactionChecks, ...tenantChecks];
}
