import type { Catalog, ColumnFacts, IndexFacts, TableFacts } from '../catalog.js';
import type { LibsqlHandle } from './libsql-handle.js';

/** What SQLite has of these tables. */
export function describeTables(handle: LibsqlHandle, tables: readonly string[]): Catalog {
  const catalog = new Map<string, TableFacts>();
  for (const table of tables) {
    const columns = handle.rows('select name, type, pk from pragma_table_info(?)', table);
    if (columns.length > 0)
      catalog.set(table, { columns: columnsIn(columns), indexes: indexesIn(handle, table, columns) });
  }
  return catalog;
}

type PragmaRows = ReturnType<LibsqlHandle['rows']>;

function columnsIn(rows: PragmaRows): ReadonlyMap<string, ColumnFacts> {
  return new Map(rows.map(({ name, type }) => [String(name), { type: String(type), collation: null }]));
}

function indexesIn(handle: LibsqlHandle, table: string, columns: PragmaRows): readonly IndexFacts[] {
  // A single whole-number key is the row's own number and has no index of its own.
  const key = columns.filter(({ pk }) => Number(pk) > 0).map(({ name }) => String(name));
  const primary: IndexFacts = { name: 'primary key', columns: key, unique: true, whole: true };
  const listed = handle
    .rows('select name, "unique", partial from pragma_index_list(?)', table)
    .map((row): IndexFacts => {
      const parts = handle.rows('select name from pragma_index_info(?)', String(row['name']));
      // An expression has no name.
      const whole = Number(row['partial']) === 0 && parts.every(({ name }) => name !== null);
      const names = parts.map(({ name }) => String(name));
      return { name: String(row['name']), columns: names, unique: Number(row['unique']) === 1, whole };
    });
  return key.length > 0 ? [primary, ...listed] : listed;
}
