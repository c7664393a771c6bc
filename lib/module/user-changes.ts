import { canonicalIdentity, isIdentity, type Resource, type Row, type Scalar } from '../resources/index.js';

/**
 * What an app may change of a user by itself: public fields, identities in their canonical spelling.
 *
 * @throws {InvalidInput} @throws {TypeError}
 */
export function publicChanges({ fieldKinds }: Resource, values: Row): Row {
  const changes: Record<string, Scalar> = {};
  for (const [field, value] of Object.entries(values)) {
    const kind = fieldKinds.get(field);
    if (kind === undefined) {
      throw new TypeError(`Expected public fields of the user (${[...fieldKinds.keys()].join(', ')}), got "${field}"`);
    }
    changes[field] = isIdentity(kind) && typeof value === 'string' ? canonicalIdentity(kind, field, value) : value;
  }
  return changes;
}
