import type { Catalog, ColumnFacts, IndexFacts, TableFacts } from '../catalog.js';

/** Runs a query of ours; rows as arrays. */
export type Ask = (text: string, values: readonly unknown[]) => Promise<readonly (readonly unknown[])[]>;

const PLACE = 'table_schema = coalesce(?, database()) and table_name = ?';

const COLUMNS = `select column_name, data_type, collation_name,
  case when extra like '%auto_increment%' then 'number'
    when coalesce(column_default, 'NULL') <> 'NULL' or coalesce(generation_expression, '') <> '' then 'value' end,
  is_nullable = 'YES', exists (select 1 from information_schema.triggers t where t.event_object_schema = columns.table_schema
    and t.event_object_table = columns.table_name and t.event_manipulation = 'INSERT' and t.action_timing = 'BEFORE')
  from information_schema.columns where ${PLACE}`;

/** A part of a column, or an expression (whose column is null), leaves rows unlike that are alike in the index. */
const INDEXES = `select index_name, column_name, non_unique, sub_part
  from information_schema.statistics where ${PLACE} order by index_name, seq_in_index`;

const ENGINES = `select engine from information_schema.tables where ${PLACE} and engine in
  (select engine from information_schema.engines where transactions <> 'YES')`;

/** What MariaDB has of these tables. */
export async function describeTables(ask: Ask, tables: readonly string[]): Promise<Catalog> {
  const catalog = new Map<string, TableFacts>();
  for (const table of tables) {
    const [name = table, schema = null] = table.split('.').toReversed();
    const columns = await ask(COLUMNS, [schema, name]);
    if (columns.length === 0) continue;
    const indexes = await ask(INDEXES, [schema, name]);
    const [engine] = await ask(ENGINES, [schema, name]);
    catalog.set(table, {
      columns: new Map(columns.map(columnFacts)),
      indexes: indexesIn(indexes),
      withoutTransactions: engine === undefined ? undefined : String(engine[0]),
    });
  }
  return catalog;
}

function columnFacts([name, type, collation, filled, nullable, triggered]: readonly unknown[]): [string, ColumnFacts] {
  const facts: ColumnFacts = {
    type: String(type),
    collation: typeof collation === 'string' ? collation : null,
    nullable: Number(nullable) === 1,
    optional: Number(nullable) === 1 || Number(triggered) === 1 || typeof filled === 'string',
    filled: filled === 'number' || filled === 'value' ? filled : undefined,
  };
  return [String(name), facts];
}

function indexesIn(rows: readonly (readonly unknown[])[]): readonly IndexFacts[] {
  const names = [...new Set(rows.map(([name]) => String(name)))];
  return names.map((name) => {
    const parts = rows.filter(([index]) => index === name);
    return {
      name,
      columns: parts.map(([, column]) => String(column)),
      unique: parts.every(([, , nonUnique]) => Number(nonUnique) === 0),
      whole: parts.every(([, column, , part]) => column !== null && part === null),
    };
  });
}
