import { columnOfNullCheck } from '../catalog.js';
import type { Catalog, ColumnFacts, IndexFacts, TableFacts } from '../catalog.js';
import type { LibsqlHandle } from './libsql-handle.js';

const COLUMNS = 'select name, type, pk, "notnull", dflt_value, hidden from pragma_table_xinfo(?)'; // generated columns too

/** What SQLite has of these tables. */
export function describeTables(handle: LibsqlHandle, tables: readonly string[]): Catalog {
  const catalog = new Map<string, TableFacts>();
  for (const table of tables) {
    const columns = handle.rows(COLUMNS, table);
    if (columns.length > 0)
      catalog.set(table, { columns: columnsIn(columns), indexes: indexesIn(handle, table, columns) });
  }
  return catalog;
}

type PragmaRows = ReturnType<LibsqlHandle['rows']>;

function columnsIn(rows: PragmaRows): ReadonlyMap<string, ColumnFacts> {
  const keys = rows.filter(({ pk }) => Number(pk) > 0).length;
  return new Map(
    rows.map(({ name, type, pk, notnull, dflt_value: filled, hidden }) => {
      const isNumbered = keys === 1 && Number(pk) === 1 && /^integer$/i.test(String(type));
      const nullable = Number(notnull) === 0;
      const optional = nullable || isNumbered || filled !== null || Number(hidden) > 0;
      return [String(name), { type: String(type), collation: null, nullable, optional }];
    }),
  );
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
      const name = String(row['name']);
      const whereNull = whole ? undefined : nullCheckIn(handle, name);
      return { name, columns: names, unique: Number(row['unique']) === 1, whole, whereNull };
    });
  return key.length > 0 ? [primary, ...listed] : listed;
}

function nullCheckIn(handle: LibsqlHandle, index: string): string | undefined {
  const [made] = handle.rows(`select sql from sqlite_master where type = 'index' and name = ?`, index);
  const [, condition = ''] = /\)\s*where\b(.*)$/is.exec(String(made?.['sql'])) ?? [];
  return columnOfNullCheck(condition);
}
