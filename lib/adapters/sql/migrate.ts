import type { Problem } from '../../errors/index.js';
import type { Model } from '../../resources/data-layer.js';
import { sameFields } from '../models.js';
import type { Catalog, TableFacts } from './catalog.js';
import type { Dialect } from './dialect.js';
import { addColumn, createAll, createIndex, indexesOf } from './ddl.js';
import type { DdlDialect, Index } from './ddl.js';
import { typeProblems } from './column-types.js';
import { nullProblems } from './nulls.js';
import { sameList, tablesOf } from './tables.js';
import type { Table } from './tables.js';

/** What is to be run so that the models find their tables. Nothing is ever dropped or changed. */
export function migrationOf(dialect: DdlDialect, models: readonly Model[], catalog: Catalog): readonly string[] {
  return tablesOf(models).flatMap((table) => {
    const found = catalog.get(table.name);
    if (!found) return createAll(dialect, table);
    const indexes = indexesOf(table).filter((index) => !hasIndex(table, found, index));
    return [...missingColumns(dialect, table, found), ...indexes.map((index) => createIndex(dialect, index))];
  });
}

// A column that may not be null has no value for the rows that are there; `problemsOf` tells of it.
function missingColumns(dialect: DdlDialect, table: Table, found: TableFacts): readonly string[] {
  return [...table.columns]
    .filter(([name, column]) => column.nullable && !found.columns.has(name))
    .map(([name, column]) => addColumn(dialect, table, name, column));
}

function hasIndex(table: Table, found: TableFacts, index: Index): boolean {
  if (index.unique) return isUnique(table, found, index.columns);
  return found.indexes.some(({ columns, name }) => name === index.name || sameList(columns, index.columns));
}

/** At most one row that is not deleted has the same there. */
function isUnique({ deletedAt }: Table, found: TableFacts, set: readonly string[]): boolean {
  return found.indexes.some(
    ({ unique, whole, whereNull, columns }) =>
      unique && (whole || (whereNull !== undefined && whereNull === deletedAt)) && sameFields(columns, set),
  );
}

const NAME_CURE = 'name a view of it that has no ` as ` in its name, and no space at an end';
const CURE = 'run it with `migrate: true`, or run the statements of `ddlFor`';

/** What keeps the models from working on what is there. */
export function problemsOf(dialect: Dialect, models: readonly Model[], catalog: Catalog): readonly Problem[] {
  return tablesOf(models).flatMap((table) => {
    const where = `dataLayer.${dialect.name}.${table.name}`;
    const found = catalog.get(table.name);
    if (/ as |^ | $/.test(table.name))
      return [{ where, wrong: 'its name cannot be written in a query', cure: NAME_CURE }];
    if (!found) return [{ where, wrong: 'the table is missing', cure: CURE }];
    return [
      ...engineProblems(where, table, found),
      ...columnProblems(where, table, found),
      ...untoldKeys(where, table, found),
      ...typeProblems(dialect, where, table, found),
      ...nullProblems(where, table, found),
      ...uniqueProblems(where, table, found),
    ];
  });
}

function engineProblems(where: string, { name }: Table, { withoutTransactions }: TableFacts): readonly Problem[] {
  if (withoutTransactions === undefined) return [];
  const wrong = `its engine, ${withoutTransactions}, has no transactions: what fails half way would stay half done`;
  return [{ where, wrong, cure: `alter table ${name} engine=InnoDB` }];
}

/** Parts of a key that the database makes, and that an insert would not be told. */
function untoldKeys(where: string, table: Table, found: TableFacts): readonly Problem[] {
  return table.primaryKey
    .filter((name) => table.columns.get(name)?.generated && found.columns.get(name)?.filled === 'value')
    .map((name) => ({
      where: `${where}.${name}`,
      wrong: 'the database makes this key of a default, and tells only those that it numbers',
      cure: 'let the app make the key: `madeBy` with a function, or none',
    }));
}

function columnProblems(where: string, table: Table, found: TableFacts): readonly Problem[] {
  return [...table.columns]
    .filter(([name]) => !found.columns.has(name))
    .map(([name, { type, nullable }]) => ({
      where: `${where}.${name}`,
      wrong: `the ${type} column is missing`,
      cure: nullable
        ? CURE
        : 'add it with a value for the rows that exist: it may not be null, so `migrate: true` cannot',
    }));
}

function uniqueProblems(where: string, table: Table, found: TableFacts): readonly Problem[] {
  const has = (set: readonly string[]) => isUnique(table, found, set);
  // A key that is unique by itself is so within each tenant as well.
  const missing = table.unique.filter((set) => !has(set));
  const keyless = has(table.primaryKey) || has(acrossTenants(table, table.primaryKey)) ? [] : [table.primaryKey];
  const tooWide = table.unique
    .filter((set) => table.tenant !== null && set.includes(table.tenant))
    .map((set) => acrossTenants(table, set))
    .filter(has);
  return [
    ...[...keyless, ...missing].map((set) => ({ where, ...notUnique(table, found, set) })),
    ...tooWide.map((set) => ({ where, ...reachesAcross(set) })),
  ];
}

function notUnique({ deletedAt }: Table, found: TableFacts, set: readonly string[]): Pick<Problem, 'wrong' | 'cure'> {
  const isPartial = found.indexes.some(({ unique, whole, columns }) => unique && !whole && sameFields(columns, set));
  if (!isPartial) return { wrong: `no unique index on (${set.join(', ')})`, cure: CURE };
  const part =
    deletedAt === null ? 'name `deletedAtColumn`, if that is its condition' : `one where ${deletedAt} is null`;
  return {
    wrong: `the unique index on (${set.join(', ')}) leaves rows out, or is over an expression`,
    cure: `make one over all rows, or ${part}`,
  };
}

/** The set without the column of the tenant. */
function acrossTenants({ tenant }: Table, set: readonly string[]): readonly string[] {
  return set.filter((column) => column !== tenant);
}

/** It would say in one tenant what is taken in another. */
function reachesAcross(set: readonly string[]): Pick<Problem, 'wrong' | 'cure'> {
  return {
    wrong: `the unique index on (${set.join(', ')}) reaches across tenants: what one has no other could have`,
    cure: 'drop it: the one that begins with the tenant is enough',
  };
}
