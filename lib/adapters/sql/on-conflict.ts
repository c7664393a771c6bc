import type { InsertQueryBuilder } from 'kysely';
import type { Sql } from './dialect.js';

export type InsertQuery = InsertQueryBuilder<Record<string, Record<string, unknown>>, string, unknown>;

/** Names in the database. */
export interface Addition {
  readonly sql: Sql;
  readonly table: string;
  readonly column: string;
  /** The columns of the unique index that the row is found by. */
  readonly key: readonly string[];
}

/** What an insert does when the row is there: the two forms that the port needs, each in one statement. */
export interface Conflicts {
  /** Nothing, whatever the index; the number of rows tells. */
  ignored(query: InsertQuery): InsertQuery;
  /** Adds the inserted value of a column to the one that is there; null counts as 0. */
  added(query: InsertQuery, addition: Addition): InsertQuery;
}

/** As SQLite and PostgreSQL have it. */
export const onConflict: Conflicts = {
  ignored: (query) => query.onConflict((conflict) => conflict.doNothing()),
  added: (query, { sql, table, column, key }) => {
    const sum = sql`coalesce(${sql.ref(`${table}.${column}`)}, 0) + ${sql.ref(`excluded.${column}`)}`;
    return query.onConflict((conflict) => conflict.columns([...key]).doUpdateSet({ [column]: sum }));
  },
};
