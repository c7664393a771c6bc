import type { AnyResource, Row, Scalar, Where } from '../resources/index.js';

/** The condition that leaves out whoever was deleted and has a row still. */
export function present({ deletedAt }: Pick<AnyResource, 'deletedAt'>): Where {
  return deletedAt === null ? {} : { [deletedAt]: null };
}

export function isDeleted({ deletedAt }: Pick<AnyResource, 'deletedAt'>, row: Row): boolean {
  return deletedAt !== null && row[deletedAt] !== null;
}

/** When the user of a row was made; null where nobody knows. */
export function creationIn({ createdAt }: Pick<AnyResource, 'createdAt'>, row: Row): Scalar {
  return createdAt === null ? null : (row[createdAt] ?? null);
}

/** Without what the core alone reads of a user. */
export function publicRow(
  { publicFields, readFields }: Pick<AnyResource, 'publicFields' | 'readFields'>,
  row: Row,
): Row {
  if (readFields.length === publicFields.length) return row;
  return Object.fromEntries(publicFields.map((field) => [field, row[field] ?? null]));
}
