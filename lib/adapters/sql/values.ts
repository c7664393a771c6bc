import type { Column, Row, Scalar } from '../../resources/data-layer.js';
import type { Statement } from './dialect.js';

/**
 * A row of a result, each value in the type that its column promises.
 *
 * @param from The first of the columns that make the row. @param to The one after the last.
 */
export function decodeRow(
  columns: Statement['columns'],
  values: readonly unknown[],
  from = 0,
  to = columns.length,
): Row {
  const row: Record<string, Scalar> = {};
  for (let index = from; index < to; index++) {
    const result = columns[index];
    if (result) row[result.field] = decode(result.column, values[index]);
  }
  return row;
}

function decode({ type }: Column, value: unknown): Scalar {
  if (value === null || value === undefined) return null;
  switch (type) {
    case 'text':
      return textOf(value);
    case 'integer':
      return Number(value);
    case 'bigint':
      return BigInt(textOf(value));
    case 'boolean':
      return value instanceof Uint8Array ? value.some(Boolean) : Boolean(value); // a `bit(1)` of MariaDB is a byte
    case 'time':
      return value instanceof Date ? value : new Date(Number(value));
    case 'bytes':
      return bytesOf(value);
  }
}

// A column of an existing table may be a uuid, a number, an enum: each has a text.
function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean') return value.toString();
  if (Buffer.isBuffer(value)) return value.toString(); // MariaDB keeps our text as its bytes
  throw new TypeError('The database answered a text column with something else');
}

// libsql answers with an ArrayBuffer, pg with a Buffer over a larger one.
function bytesOf(value: unknown): Uint8Array {
  if (value instanceof Uint8Array) return new Uint8Array(value);
  if (value instanceof ArrayBuffer) return new Uint8Array(value);
  throw new TypeError('The database answered a bytes column with something else');
}
