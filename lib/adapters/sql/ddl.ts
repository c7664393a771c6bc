import type { Column, ColumnType, Model } from '../../resources/data-layer.js';
import { indexName, quoted } from './names.js';
import { tablesOf } from './tables.js';
import type { Table } from './tables.js';

/** How a database spells tables. */
export interface DdlDialect {
  readonly types: Readonly<Record<ColumnType, string>>;
  /** Added to a single whole-number key, so that the database numbers rows without one. */
  readonly numbered: string;
}

/** Every statement that makes the tables of `models`, in order. Each does nothing where the thing exists. */
export function ddlStatements(dialect: DdlDialect, models: readonly Model[]): readonly string[] {
  return tablesOf(models).flatMap((table) => [createTable(dialect, table), ...indexesOf(table).map(createIndex)]);
}

export function createTable(dialect: DdlDialect, table: Table): string {
  const columns = [...table.columns].map(([name, column]) => `  ${columnDdl(dialect, table, name, column)}`);
  const key = `  primary key (${list(table.primaryKey)})`;
  return `create table if not exists ${quoted(table.name)} (\n${[...columns, key].join(',\n')}\n)`;
}

export function addColumn(dialect: DdlDialect, table: Table, name: string, column: Column): string {
  return `alter table ${quoted(table.name)} add column ${columnDdl(dialect, table, name, column)}`;
}

function columnDdl(dialect: DdlDialect, table: Table, name: string, column: Column): string {
  const words = [quoted(name), dialect.types[column.type]];
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

export function createIndex({ name, table, columns, unique }: Index): string {
  const kind = unique ? 'unique index' : 'index';
  return `create ${kind} if not exists ${quoted(name)} on ${quoted(table)} (${list(columns)})`;
}

function list(columns: readonly string[]): string {
  return columns.map(quoted).join(', ');
}
