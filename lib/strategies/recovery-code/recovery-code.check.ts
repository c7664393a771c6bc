import type { Problem } from '../../errors/index.js';
import type { ResourceFacts } from '../../strategy/index.js';
import type { ResolvedRecoveryCodeOptions } from './recovery-code.options.js';

/** What does not fit together with the resource, for the one list of problems at boot. */
export function findProblems(
  { name, notices }: ResolvedRecoveryCodeOptions,
  { subjectName, fields }: ResourceFacts,
): readonly Problem[] {
  if (notices === undefined || fields.has(notices.addressField)) return [];
  const where = `resources.${subjectName}.strategies.${name}.notices.addressField`;
  const known = [...fields.keys()].map((field) => `"${field}"`).join(', ');
  return [{ where, wrong: `"${notices.addressField}" is no public field of the user`, cure: `write one of ${known}` }];
}
