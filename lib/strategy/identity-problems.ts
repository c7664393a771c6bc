import type { Problem } from '../errors/index.js';
import type { ResourceFacts } from './room.js';

/**
 * What is wrong with a field that somebody signs in with: where it is no identity it has no one spelling.
 *
 * @param where of the room: `resources.user.strategies.password`
 */
export function identityProblems(where: string, identityField: string, { fields }: ResourceFacts): readonly Problem[] {
  const kind = fields.get(identityField);
  if (kind === 'email' || kind === 'username') return [];
  return [
    {
      where: `${where}.identityField`,
      wrong: `the field "${identityField}" is declared as ${kind ?? 'nothing'}, so it has no one spelling`,
      cure: `leave "${identityField}" out of the resource's fields, or declare it as 'email' or 'username'`,
    },
  ];
}
