import type { InsertQueryBuilder } from 'kysely';
import type { Result, Sql } from './dialect.js';

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
export interface Inserts {
  /** Whether an insert answers its row; where it does not, `inserted-row.ts` puts it together. */
  readonly answerRow: boolean;
  /** A row of which nothing is given. @param key the first column of the primary key */
  empty(query: InsertQuery, key: string, sql: Sql): InsertQuery;
  /** Nothing, whatever the index. @param key the first column of the primary key */
  ignored(query: InsertQuery, key: string, sql: Sql): InsertQuery;
  /** Whether {@link ignored} made the row. */
  isNew(result: Result): boolean;
  /** Adds the inserted value of a column to the one that is there; null counts as 0. */
  added(query: InsertQuery, addition: Addition): InsertQuery;
  /** What {@link added} made of the column, `by` in a new row; null where it met the row of another key, and left it. */
  sumOf(result: Result, by: number): number | null;
}

/** As SQLite and PostgreSQL have it. */
export const returning: Inserts = {
  answerRow: true,
  empty: (query) => query.defaultValues(),
  ignored: (query) => query.onConflict((conflict) => conflict.doNothing()),
  isNew: ({ matched }) => matched === 1,
  added: (query, { sql, table, column, key }) => {
    const sum = sql`coalesce(${sql.id(...table.split('.'), column)}, 0) + ${sql.id('excluded', column)}`;
    return query
      .onConflict((conflict) => conflict.columns([...key]).doUpdateSet({ [column]: sum }))
      .returning(sql.id(column).as('sum'));
  },
  sumOf: ({ rows }) => Number(rows[0]?.[0]),
};
