import type { RawBuilder } from 'kysely';
import type { Column } from '../../resources/data-layer.js';
import type { Operator } from '../conditions.js';
import type { ColumnFacts } from './catalog.js';
import type { Sql } from './dialect.js';

/** A column, and how it is in the database; undefined where it was not there when the database was opened. */
export interface ColumnInQuery {
  readonly sql: Sql;
  readonly ref: RawBuilder<unknown>;
  readonly column: Column;
  readonly found: ColumnFacts | undefined;
}

export interface Comparison extends ColumnInQuery {
  readonly operator: Exclude<Operator, 'is null' | 'is not null'>;
  /** One for each value; none only for `in`, which then holds for no row. */
  readonly values: readonly RawBuilder<unknown>[];
}

/** How a database compares as the port promises: numbers as they are, text by its bytes. */
export interface Comparisons {
  holds(comparison: Comparison): RawBuilder<boolean>;
  /** What rows are ordered by. */
  orderOf(column: ColumnInQuery): RawBuilder<unknown>;
}

/** Where `=` and `<` of a column do. */
export const plain: Comparisons = {
  holds: ({ sql, ref, operator, values }) => compared(sql, ref, operator, values),
  orderOf: ({ ref }) => ref,
};

export function compared(
  sql: Sql,
  ref: RawBuilder<unknown>,
  operator: Comparison['operator'],
  values: readonly RawBuilder<unknown>[],
): RawBuilder<boolean> {
  if (operator !== 'in') return sql<boolean>`${ref} ${sql.raw(operator)} ${values[0]}`;
  return values.length === 0 ? sql<boolean>`1 = 0` : sql<boolean>`${ref} in (${sql.join(values)})`;
}
