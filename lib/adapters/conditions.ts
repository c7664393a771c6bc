import { InvalidInput } from '../errors/index.js';
import type { Column, Model, Row, Scalar, Where } from '../resources/data-layer.js';

export type Operator = '=' | '<' | '>' | 'in' | 'is null' | 'is not null';

/** One member of a `Where`, checked against its model. */
export interface Condition {
  readonly field: string;
  readonly column: Column;
  readonly operator: Operator;
  /** None for the null checks, one for a comparison, any number for `in`. */
  readonly values: readonly Scalar[];
}

/**
 * The members of a `Where`, each with its column. Every key of a condition counts: `{ gt, lt }` are two.
 *
 * @throws {TypeError} for a field the model lacks, a value of another type, or `undefined`, which never means "any".
 */
export function conditionsOf(model: Model, where: Where): readonly Condition[] {
  const conditions: Condition[] = [];
  for (const field of Object.keys(where)) {
    const column = columnOf(model, field);
    const wanted = where[field];
    if (isScalar(wanted)) conditions.push(equality(model, field, column, wanted));
    else conditions.push(...comparisons(model, field, column, wanted));
  }
  return conditions;
}

function equality(model: Model, field: string, column: Column, value: Scalar): Condition {
  if (value === null) return { field, column, operator: 'is null', values: [] };
  checkScalar(model, field, column, value);
  return { field, column, operator: '=', values: [value] };
}

function comparisons(model: Model, field: string, column: Column, wanted: unknown): readonly Condition[] {
  if (typeof wanted !== 'object' || wanted === null)
    throw new TypeError(`${at(model, field)}: undefined is no condition`);
  const conditions = Object.entries(wanted).map(([key, value]): Condition => {
    if (key === 'isNull') return { field, column, operator: value === true ? 'is null' : 'is not null', values: [] };
    const values: unknown = key === 'in' ? value : [value];
    if (!(key in OPERATORS) || !Array.isArray(values)) throw new TypeError(`${at(model, field)}: unknown condition`);
    return { field, column, operator: operatorOf(key), values: present(model, field, column, values) };
  });
  if (conditions.length === 0) throw new TypeError(`${at(model, field)}: an empty condition`);
  return conditions;
}

const OPERATORS = { in: 'in', lt: '<', gt: '>' } as const;

function operatorOf(key: string): Operator {
  return key === 'in' ? OPERATORS.in : key === 'lt' ? OPERATORS.lt : OPERATORS.gt;
}

// SQL's rule for all adapters: nothing equals, precedes or follows null.
function present(model: Model, field: string, column: Column, values: readonly unknown[]): readonly Scalar[] {
  return values.filter((value): value is Scalar => {
    if (value !== null) checkScalar(model, field, column, value);
    return value !== null;
  });
}

/** @throws {TypeError} for a field that the model lacks. */
export function columnOf(model: Model, field: string): Column {
  const column = Object.hasOwn(model.columns, field) ? model.columns[field] : undefined;
  if (column === undefined) throw new TypeError(`${at(model, field)}: no such field`);
  return column;
}

/** Checks what is about to be written. @throws as {@link checkScalar} */
export function checkRow(model: Model, values: Row): void {
  for (const field of Object.keys(values)) {
    const column = columnOf(model, field);
    const value = values[field];
    if (value === null && !column.nullable) throw new TypeError(`${at(model, field)}: null is not allowed`);
    if (value !== null) checkScalar(model, field, column, value);
  }
}

/**
 * That a value is of its column's type and comes back as it went in. Never quotes the value.
 *
 * @throws {TypeError} for another type.
 * @throws {InvalidInput} for text with NUL or half a surrogate pair: PostgreSQL refuses the one, UTF-8 changes the other.
 */
export function checkScalar(model: Model, field: string, column: Column, value: unknown): void {
  if (!isOfType(column, value))
    throw new TypeError(`${at(model, field)}: expected ${column.type}, got ${typeof value}`);
  if (typeof value === 'string' && (value.includes('\0') || !value.isWellFormed())) {
    throw InvalidInput.of(field, 'invalid', 'is not valid');
  }
}

const MAX_BIGINT = 2n ** 63n;

/** Whether a column can hold a value as it is; null aside. */
export function isOfType({ type }: Column, value: unknown): boolean {
  switch (type) {
    case 'text':
      return typeof value === 'string';
    case 'integer':
      return Number.isSafeInteger(value);
    case 'bigint':
      return typeof value === 'bigint' && value >= -MAX_BIGINT && value < MAX_BIGINT;
    case 'boolean':
      return typeof value === 'boolean';
    case 'time':
      return value instanceof Date && Number.isFinite(value.getTime());
    case 'bytes':
      return value instanceof Uint8Array;
  }
}

function isScalar(value: unknown): value is Scalar {
  if (typeof value === 'object') return value === null || value instanceof Date || value instanceof Uint8Array;
  return value !== undefined;
}

function at(model: Model, field: string): string {
  return `"${field}" of "${model.table}"`;
}
