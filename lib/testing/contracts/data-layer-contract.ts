import type { Model } from '../../resources/data-layer.js';
import type { DataLayerCheck } from './data-layer-check.js';
import { dataLayerContractModels } from './data-layer-models.js';
import { queryChecks } from './data-layer-queries.js';
import { tenantChecks } from './data-layer-tenants.js';
import { transactionChecks } from './data-layer-transactions.js';
import { uniquenessChecks } from './data-layer-uniqueness.js';
import { valueChecks } from './data-layer-values.js';

/** A list of checks for any test runner, and the tables that they need. */
export interface DataLayerContract {
  /** What the adapter under test is opened with. */
  readonly models: readonly Model[];
  readonly checks: readonly DataLayerCheck[];
}

/**
 * What every data layer must do. Each check makes rows of its own, so they may share one database and come in any order; a
 * check that fails rejects.
 *
 * The number in a name is that of the promise in the docstring of `DataLayer`; `[0]` is of the types, `[T]` of tenants.
 *
 * @example
 * const { models, checks } = dataLayerContract();
 * const [layer, other] = [await adapter.open(models), await adapter.open(models)];
 * for (const check of checks) it(check.name, () => check.run(layer, other));
 */
export function dataLayerContract(): DataLayerContract {
  const checks = [...valueChecks, ...queryChecks, ...uniquenessChecks, ...transactionChecks, ...tenantChecks];
  return { models: dataLayerContractModels, checks };
}
