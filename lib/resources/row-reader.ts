import type { Row } from './data-layer.js';

/** Reads the fields of a table's rows in the types that they were written in. */
export interface RowReader {
  text(row: Row, field: string): string;
  time(row: Row, field: string): Date;
  textOrNull(row: Row, field: string): string | null;
  timeOrNull(row: Row, field: string): Date | null;
}

/** A reader of one table. It throws a `TypeError` when a column holds what this library never writes there. */
export function rowReader(table: string): RowReader {
  const text = (row: Row, field: string): string => {
    const value = row[field];
    if (typeof value === 'string') return value;
    throw new TypeError(`${table}.${field} is not a text`);
  };
  const time = (row: Row, field: string): Date => {
    const value = row[field];
    if (value instanceof Date) return value;
    throw new TypeError(`${table}.${field} is not a time`);
  };
  return {
    text,
    time,
    textOrNull: (row, field) => (row[field] === null ? null : text(row, field)),
    timeOrNull: (row, field) => (row[field] === null ? null : time(row, field)),
  };
}
