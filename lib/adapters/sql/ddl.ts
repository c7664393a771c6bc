import type { Column, Model } from '../../resources/data-layer.js';
import { indexName } from './names.js';
import { tablesOf } from './tables.js';
import type { Table } from './tables.js';

/** How a database spells tables. */
export interface DdlDialect {
  typeOf(column: Column, name: string, table: Table): string;
  /** Added to a single whole-number key, so that the database numbers rows without one. */
  readonly numbered: string;
  /** One name; a dot in it is a part of it. */
  quoted(name: string): string;
  /** Indexes stand in the table, where a database knows no `create index if not exists`. */
  readonly indexesInTable: boolean;
  /** What follows the closing bracket of a table. */
  readonly tableOptions: string;
}

/** Every statement that makes the tables of `models`, in order. Each does nothing where the thing exists. */
export function ddlStatements(dialect: DdlDialect, models: readonly Model[]): readonly string[] {
  return tablesOf(models).flatMap((table) => createAll(dialect, table));
}

/** A table that is not there, and its indexes. */
export function createAll(dialect: DdlDialect, table: Table): readonly string[] {
  const indexes = indexesOf(table);
  if (dialect.indexesInTable) return [createTable(dialect, table, indexes)];
  return [createTable(dialect, table, []), ...indexes.map((index) => createIndex(dialect, index))];
}

function createTable(dialect: DdlDialect, table: Table, indexes: readonly Index[]): string {
  const lines = [
    ...[...table.columns].map(([name, column]) => columnDdl(dialect, table, name, column)),
    `primary key (${list(dialect, table.primaryKey)})`,
    ...indexes.map(({ name, columns, unique }) => {
      return `${unique ? 'unique key' : 'key'} ${dialect.quoted(name)} (${list(dialect, columns)})`;
    }),
  ].map((line) => `  ${line}`);
  return `create table if not exists ${quotedTable(dialect, table.name)} (\n${lines.join(',\n')}\n)${dialect.tableOptions}`;
}

export function addColumn(dialect: DdlDialect, table: Table, name: string, column: Column): string {
  return `alter table ${quotedTable(dialect, table.name)} add column ${columnDdl(dialect, table, name, column)}`;
}

function columnDdl(dialect: DdlDialect, table: Table, name: string, column: Column): string {
  const words = [dialect.quoted(name), dialect.typeOf(column, name, table)];
  if (!column.nullable) words.push('not null');
  if (isNumbered(table, name, column)) words.push(dialect.numbered);
  return words.filter((word) => word !== '').join(' ');
}

function isNumbered(table: Table, name: string, { type }: Column): boolean {
  const isKey = table.primaryKey.length === 1 && table.primaryKey[0] === name;
  return isKey && (type === 'integer' || type === 'bigint');
}

export interface Index {
  readonly name: string;
  readonly table: string;
  readonly columns: readonly string[];
  readonly unique: boolean;
}

export function indexesOf(table: Table): readonly Index[] {
  const index = (unique: boolean) => (columns: readonly string[]) => {
    const name = indexName(table.name, columns, unique ? 'key' : 'idx');
    return { name, table: table.name, columns, unique };
  };
  return [...table.unique.map(index(true)), ...table.indexes.map(index(false))];
}

/** On a table that is there. */
export function createIndex(dialect: DdlDialect, { name, table, columns, unique }: Index): string {
  const kind = `${unique ? 'unique index' : 'index'}${dialect.indexesInTable ? '' : ' if not exists'}`;
  return `create ${kind} ${dialect.quoted(name)} on ${quotedTable(dialect, table)} (${list(dialect, columns)})`;
}

function list(dialect: DdlDialect, columns: readonly string[]): string {
  return columns.map((name) => dialect.quoted(name)).join(', ');
}

/** `"auth"."users"` of `auth.users`. */
function quotedTable(dialect: DdlDialect, table: string): string {
  return table
    .split('.')
    .map((part) => dialect.quoted(part))
    .join('.');
}
