import type { RawBuilder } from 'kysely';
import type { Result, Sql } from '../dialect.js';
import type { Inserts } from '../inserts.js';

/**
 * `last_insert_id(x)` makes x the insert id that the server reports, so a statement can answer one number without
 * `returning`, which MySQL lacks. Far above every number of a row, and above what is added to it.
 */
const MARK = 2n ** 62n;
/** The row of another key was met. */
const OTHER_ROW = 2n ** 61n;

/** `insert ignore` is never used: it makes wrong values fit, and is silent about it. */
export const mariadbInserts: Inserts = {
  answerRow: false,
  empty: (query, key, sql) => query.values({ [key]: sql`null` }), // numbers the row; `default` is 0 where there is a trigger
  ignored: (query, key, sql) => {
    const same = sql`if(last_insert_id(${sql.raw(String(MARK))}), ${sql.id(key)}, ${sql.id(key)})`;
    return query.onDuplicateKeyUpdate({ [key]: same });
  },
  isNew: (result) => idOf(result) !== MARK,
  added: (query, { sql, column, key }) => {
    const old = sql.id(column);
    const sum = sql`coalesce(${old}, 0) + values(${old})`;
    const told = sql`cast(last_insert_id(${sum} + ${sql.raw(String(MARK))}) as signed) - ${sql.raw(String(MARK))}`;
    const left = sql`if(last_insert_id(${sql.raw(String(OTHER_ROW))}), ${old}, ${old})`;
    // Any unique index leads here, not only that of the key, and its collation may take other texts for the same.
    const found = sql.join(
      key.map((name) => isSame(sql, sql.id(name))),
      sql` and `,
    );
    return query.onDuplicateKeyUpdate({ [column]: sql`if(${found}, ${told}, ${left})` });
  },
  sumOf: (result, by) => {
    const id = idOf(result);
    if (id === OTHER_ROW) return null;
    return id > OTHER_ROW ? Number(id - MARK) : by;
  },
};

function isSame(sql: Sql, ref: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`cast(${ref} as binary) <=> cast(values(${ref}) as binary)`;
}

function idOf({ insertId = 0 }: Result): bigint {
  return BigInt(insertId);
}
