import type { Column, Model } from '../../resources/data-layer.js';
import { sameFields } from '../models.js';
import { columnName, columnNames } from './names.js';

/** A table of all models that speak of it, in the database's names. */
export interface Table {
  readonly name: string;
  readonly columns: ReadonlyMap<string, Column>;
  /** The column of the tenant, where rows belong to any. */
  readonly tenant: string | null;
  /** The column that says that a row is deleted: what is unique may be so among the others alone. */
  readonly deletedAt: string | null;
  /** What each row that we make brings; null where that is not known, or we make none. */
  readonly inserted: readonly string[] | null;
  readonly primaryKey: readonly string[];
  readonly unique: readonly (readonly string[])[];
  readonly indexes: readonly (readonly string[])[];
}

/** Two resources may keep their rows in one table: each sees its own columns, the table has them all. */
export function tablesOf(models: readonly Model[]): readonly Table[] {
  const tables = new Map<string, Table>();
  for (const model of models) {
    const known = tables.get(model.table);
    const table = tableOf(model);
    tables.set(model.table, known ? merged(known, table) : table);
  }
  return [...tables.values()];
}

function tableOf(model: Model): Table {
  const columns = Object.entries(model.columns).map(([field, column]) => [columnName(field, column), column] as const);
  return {
    name: model.table,
    columns: new Map(columns),
    tenant: model.tenantField === null ? null : (columnNames(model, [model.tenantField])[0] ?? null),
    deletedAt: model.deletedAtField === undefined ? null : (columnNames(model, [model.deletedAtField])[0] ?? null),
    inserted: model.insertedFields === undefined ? null : columnNames(model, model.insertedFields),
    primaryKey: columnNames(model, model.primaryKey),
    unique: (model.unique ?? []).map((fields) => columnNames(model, fields)),
    indexes: (model.indexes ?? []).map((fields) => columnNames(model, fields)),
  };
}

function merged(left: Table, right: Table): Table {
  return {
    ...left,
    deletedAt: left.deletedAt === right.deletedAt ? left.deletedAt : null,
    inserted: bothHave(left.inserted, right.inserted),
    columns: new Map([...right.columns, ...left.columns]),
    unique: [...left.unique, ...right.unique.filter((set) => !left.unique.some((known) => sameFields(known, set)))],
    indexes: [...left.indexes, ...right.indexes.filter((list) => !left.indexes.some((known) => sameList(known, list)))],
  };
}

/** Null knows nothing of what it has. */
function bothHave(left: Table['inserted'], right: Table['inserted']): Table['inserted'] {
  if (left === null || right === null) return left ?? right;
  return left.filter((name) => right.includes(name));
}

export function sameList(left: readonly string[], right: readonly string[]): boolean {
  return left.length === right.length && left.every((name, index) => name === right[index]);
}
