import type { RawBuilder } from 'kysely';
import type { Column } from '../../resources/data-layer.js';
import type { ColumnFacts } from './catalog.js';
import type { Dialect, Sql } from './dialect.js';

/**
 * A database's own type for times, read and written as the UTC milliseconds that `time` columns have otherwise. The database
 * converts, so that a row is put together in one way only.
 */
export interface NativeTime {
  /** Whole milliseconds, the fraction cut off; never null where the column is not, whatever stands there. */
  read(sql: Sql, ref: RawBuilder<unknown>): RawBuilder<unknown>;
  /** @param milliseconds or null */
  write(sql: Sql, milliseconds: RawBuilder<unknown>): RawBuilder<unknown>;
}

/** Null where a column is no time, or holds milliseconds; so it is too where nothing is known of it. */
export function nativeTimeOf(dialect: Dialect, { type }: Column, found: ColumnFacts | undefined): NativeTime | null {
  return type === 'time' && found !== undefined ? dialect.nativeTime(found.type) : null;
}
