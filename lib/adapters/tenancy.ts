import { TenantRequired } from '../errors/index.js';
import type { Model, Row, Where } from '../resources/data-layer.js';
import { conditionsOf } from './conditions.js';
import { holds } from './scalars.js';

/** @throws {TenantRequired} when the model has tenants and none is given. */
export function tenantOf(model: Model, tenant: string | null): string | null {
  if (model.tenantField === null) return null;
  if (tenant === null) throw new TenantRequired(model.table);
  return tenant;
}

/** The rows of one tenant that meet `where`; null when there can be none, because it asks for another tenant. */
export function whereOf(model: Model, where: Where, tenant: string | null): Where | null {
  const own = tenantOf(model, tenant);
  if (model.tenantField === null || own === null) return where;
  if (!Object.hasOwn(where, model.tenantField)) return { ...where, [model.tenantField]: own };

  const asked = conditionsOf(model, where).filter(({ field }) => field === model.tenantField);
  return asked.every((condition) => holds(condition, own)) ? { ...where, [model.tenantField]: own } : null;
}

/**
 * Values with the tenant among them.
 *
 * @throws {TypeError} when they name another one.
 */
export function valuesOf(model: Model, values: Row, tenant: string | null): Row {
  const own = tenantOf(model, tenant);
  if (model.tenantField === null || own === null) return values;
  refuseForeign(model, model.tenantField, values, own);
  return { ...values, [model.tenantField]: own };
}

/** Changes never move a row to another tenant. @throws {TypeError} */
export function changesOf(model: Model, changes: Row, tenant: string | null): Row {
  const own = tenantOf(model, tenant);
  if (model.tenantField !== null && own !== null) refuseForeign(model, model.tenantField, changes, own);
  return changes;
}

function refuseForeign(model: Model, field: string, values: Row, own: string): void {
  if (Object.hasOwn(values, field) && values[field] !== own) {
    throw new TypeError(`"${field}" of "${model.table}" is another tenant than the data layer's`);
  }
}
