import type { RawBuilder } from 'kysely';
import type { ColumnType } from '../../../resources/data-layer.js';
import { compared } from '../comparisons.js';
import type { Comparison, Comparisons, ColumnInQuery } from '../comparisons.js';
import type { KeyMatch, Sql } from '../dialect.js';

const NUMBERS: readonly ColumnType[] = ['integer', 'bigint', 'time'];
/** What is compared byte for byte as it is; our own text among them. */
const BYTES = /^(var)?binary$|blob$/;

/**
 * A column of a table that was there first has a collation, to which `ada`, `Ada` and `ada ` may be one. It finds the rows by
 * their index, and their bytes decide.
 */
export const mariadbComparisons: Comparisons = {
  holds: (comparison) => {
    const { sql, ref, column, operator, values } = comparison;
    // Numbers come as text, which would be compared as floating point.
    if (NUMBERS.includes(column.type)) return compared(sql, ref, operator, values.map(signed(sql)));
    if (!isCollated(comparison)) return compared(sql, ref, operator, values);
    const exact = compared(sql, bytesOf(sql, ref), operator, values);
    const byIndex = operator === '=' || operator === 'in';
    return byIndex ? sql<boolean>`${compared(sql, ref, operator, values)} and ${exact}` : exact;
  },
  orderOf: (column) => (isCollated(column) ? bytesOf(column.sql, column.ref) : column.ref),
};

/** The text is made what the key is, never the other way: an index on the key serves only the key itself. */
export function keyEquals({ sql, key, text, column, found }: KeyMatch): RawBuilder<boolean> {
  if (column.type === 'text' && !isCollated({ column, found })) return sql<boolean>`${key} = ${text}`;
  const same = sql`${bytesOf(sql, key)} = ${text}`; // '12 monkeys' is made 12, and 'Ada' finds 'ada'
  if (column.type !== 'text') return sql<boolean>`${key} = cast(${text} as signed) and ${same}`;
  return sql<boolean>`${key} = ${collated(sql, text, found?.collation ?? null)} and ${same}`;
}

// Two columns of unlike collations cannot be compared without saying whose counts. The name is the database's own word.
function collated(sql: Sql, text: RawBuilder<unknown>, collation: string | null): RawBuilder<unknown> {
  const [charset = ''] = collation?.split('_') ?? [];
  if (collation === null || !/^\w+$/.test(collation)) return sql`convert(${text} using utf8mb4)`;
  return sql`convert(${text} using ${sql.raw(charset)}) collate ${sql.raw(collation)}`;
}

function isCollated({ column, found }: Pick<ColumnInQuery, 'column' | 'found'>): boolean {
  return column.type === 'text' && found !== undefined && !BYTES.test(found.type);
}

function bytesOf(sql: Sql, ref: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`cast(convert(${ref} using utf8mb4) as binary)`;
}

function signed(sql: Sql): (value: Comparison['values'][number]) => RawBuilder<unknown> {
  return (value) => sql`cast(${value} as signed)`;
}
