import type { Column, Row, Scalar } from '../../resources/data-layer.js';
import type { Statement } from './dialect.js';

/** A row of a result, each value in the type that its column promises. */
export function decodeRow(columns: Statement['columns'], values: readonly unknown[], offset = 0): Row {
  const row: Record<string, Scalar> = {};
  for (const [index, { field, column }] of columns.entries()) row[field] = decode(column, values[index + offset]);
  return row;
}

function decode({ type }: Column, value: unknown): Scalar {
  if (value === null || value === undefined) return null;
  switch (type) {
    case 'text':
      return String(value);
    case 'integer':
      return Number(value);
    case 'bigint':
      return BigInt(String(value));
    case 'boolean':
      return Boolean(value);
    case 'time':
      return value instanceof Date ? value : new Date(Number(value));
    case 'bytes':
      return bytesOf(value);
  }
}

// libsql answers with an ArrayBuffer, pg with a Buffer over a larger one.
function bytesOf(value: unknown): Uint8Array {
  if (value instanceof Uint8Array) return new Uint8Array(value);
  if (value instanceof ArrayBuffer) return new Uint8Array(value);
  throw new TypeError('The database answered a bytes column with something else');
}
