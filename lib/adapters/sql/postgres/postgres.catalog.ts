import { columnOfNullCheck } from '../catalog.js';
import type { Catalog, ColumnFacts, IndexFacts, TableFacts } from '../catalog.js';
import { quoted } from '../names.js';

/** Runs a query of ours; rows as arrays. */
export type Ask = (text: string, values: readonly unknown[]) => Promise<readonly (readonly unknown[])[]>;

// `to_regclass` looks where an unqualified name in a statement would: along the search path.
const FROM_TABLES = 'from unnest($1::text[], $2::text[]) as t(name, quoted)';

// Type 6 is a trigger before insert, for each row or not.
const COLUMNS = `select t.name, a.attname::text, coalesce(b.typname, y.typname)::text, c.collname::text, not a.attnotnull,
  a.atthasdef or a.attidentity <> '' or exists (select 1 from pg_trigger g where g.tgrelid = a.attrelid and not g.tgisinternal
    and g.tgtype & 6 = 6) ${FROM_TABLES}
  join pg_attribute a on a.attrelid = to_regclass(t.quoted) and a.attnum > 0 and not a.attisdropped
  join pg_type y on y.oid = a.atttypid left join pg_type b on b.oid = y.typbasetype
  left join pg_collation c on c.oid = a.attcollation`;

const INDEXES = `select t.name, n.relname::text, i.indisunique, i.indexprs is null and i.indisvalid,
  pg_get_expr(i.indpred, i.indrelid),
  array(select a.attname::text from unnest(i.indkey) with ordinality as k(number, place)
    join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.number
    where k.place <= i.indnkeyatts order by k.place) ${FROM_TABLES}
  join pg_index i on i.indrelid = to_regclass(t.quoted) join pg_class n on n.oid = i.indexrelid`;

/** What PostgreSQL has of these tables. */
export async function describeTables(ask: Ask, tables: readonly string[]): Promise<Catalog> {
  const names = [[...tables], tables.map(quoted)];
  const columns = await ask(COLUMNS, names);
  const indexes = await ask(INDEXES, names);
  const found = tables.filter((table) => columns.some(([name]) => name === table));
  return new Map(
    found.map((table): [string, TableFacts] => {
      const own = (rows: readonly (readonly unknown[])[]) => rows.filter(([name]) => name === table);
      return [table, { columns: new Map(own(columns).map(columnFacts)), indexes: own(indexes).map(indexFacts) }];
    }),
  );
}

function columnFacts([, name, type, collation, nullable, filled]: readonly unknown[]): [string, ColumnFacts] {
  const own = typeof collation === 'string' && collation !== 'default' ? collation : null;
  const optional = nullable === true || filled === true;
  return [String(name), { type: String(type), collation: own, nullable: nullable === true, optional }];
}

function indexFacts([, name, unique, plain, condition, columns]: readonly unknown[]): IndexFacts {
  const names = Array.isArray(columns) ? columns.map(String) : [];
  const whereNull = plain === true && typeof condition === 'string' ? columnOfNullCheck(condition) : undefined;
  const whole = plain === true && condition === null;
  return { name: String(name), columns: names, unique: unique === true, whole, whereNull };
}
