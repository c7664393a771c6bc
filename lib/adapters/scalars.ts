import type { Scalar } from '../resources/data-layer.js';
import type { Condition } from './conditions.js';

/** Whether a value meets a condition: the meaning that every adapter gives to a `Where`. */
export function holds({ operator, values }: Condition, value: Scalar): boolean {
  if (operator === 'is null') return value === null;
  if (value === null) return false;
  if (operator === 'is not null') return true;
  if (operator === '<') return values.some((bound) => compareScalars(value, bound) < 0);
  if (operator === '>') return values.some((bound) => compareScalars(value, bound) > 0);
  return values.some((wanted) => compareScalars(value, wanted) === 0);
}

/** The order of rows: null first, text by its UTF-8 bytes. Both are of one column, so of one type. */
export function compareScalars(left: Scalar, right: Scalar): number {
  if (left === null || right === null) return Number(left !== null) - Number(right !== null);
  if (typeof left === 'string' && typeof right === 'string') return compareText(left, right);
  if (left instanceof Uint8Array && right instanceof Uint8Array) return Buffer.compare(left, right);
  return left < right ? -1 : left > right ? 1 : 0;
}

// `<` on strings compares UTF-16, which differs from the bytes outside the BMP.
function compareText(left: string, right: string): number {
  return left === right ? 0 : Buffer.compare(Buffer.from(left), Buffer.from(right));
}

/** A value that shares nothing with the one given, so that neither side can change the other's. */
export function copyScalar(value: Scalar): Scalar {
  if (value instanceof Date) return new Date(value);
  if (value instanceof Uint8Array) return new Uint8Array(value);
  return value;
}

/** Equal for equal scalars of one column only. */
export function scalarKey(value: Scalar): string {
  if (value instanceof Date) return String(value.getTime());
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  return String(value);
}
