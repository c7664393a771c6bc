import type { Model, Row } from '../resources/data-layer.js';

/** Every set of fields that at most one row has. */
export function uniqueKeys(model: Model): readonly (readonly string[])[] {
  return [model.primaryKey, ...(model.unique ?? [])];
}

/**
 * The unique index whose fields are exactly those of `key`.
 *
 * @throws {TypeError} when there is none: what adds to "the row with this key" needs at most one.
 */
export function uniqueKeyOf(model: Model, key: Row): readonly string[] {
  const given = Object.keys(key);
  const found = uniqueKeys(model).find((fields) => sameFields(fields, given));
  if (!found) throw new TypeError(`"${model.table}" has no unique index on (${given.join(', ')})`);
  return found;
}

/** Equal as sets. */
export function sameFields(left: readonly string[], right: readonly string[]): boolean {
  return left.length === right.length && left.every((field) => right.includes(field));
}
