import type { ColumnType } from '../../../resources/data-layer.js';
import type { DdlDialect } from '../ddl.js';
import type { Table } from '../tables.js';

/** InnoDB's limit for the bytes of an index. */
const MAX_INDEX_BYTES = 3072;
/** Four such columns fill an index; an address has 254 bytes at most. */
const MAX_KEY_TEXT_BYTES = 768;

const TYPES: Readonly<Record<Exclude<ColumnType, 'text'>, string>> = {
  integer: 'bigint',
  bigint: 'bigint',
  boolean: 'tinyint(1)',
  time: 'bigint',
  bytes: 'longblob',
};

/**
 * Text is kept as its UTF-8 bytes: the only type that both servers compare byte for byte, trailing spaces included. (No
 * collation does that under the same name on both.)
 */
export const mariadbDdl: DdlDialect = {
  typeOf: ({ type }, name, table) => (type === 'text' ? textType(name, table) : TYPES[type]),
  numbered: 'auto_increment',
  quoted,
  indexesInTable: true,
  tableOptions: ' engine=InnoDB',
};

function textType(name: string, table: Table): string {
  const indexes = [table.primaryKey, ...table.unique, ...table.indexes].filter((columns) => columns.includes(name));
  if (indexes.length === 0) return 'longblob'; // which has no index, and no limit
  const rooms = indexes.map((columns) => Math.floor(roomForText(columns, table)));
  return `varbinary(${Math.min(MAX_KEY_TEXT_BYTES, ...rooms)})`;
}

function roomForText(columns: readonly string[], table: Table): number {
  const texts = columns.filter((name) => table.columns.get(name)?.type === 'text');
  return (MAX_INDEX_BYTES - 8 * (columns.length - texts.length)) / texts.length;
}

/** Means the same under every `sql_mode`. */
function quoted(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``;
}
