import type { Problem } from '../../errors/index.js';
import { identityProblems, type ResourceFacts } from '../../strategy/index.js';
import { libraryProblems } from './webauthn.library.js';
import type { ResolvedWebauthnOptions } from './webauthn.options.js';

/** What does not fit together with the resource, for the one list of problems at boot. */
export async function findProblems(
  options: ResolvedWebauthnOptions,
  resource: ResourceFacts,
): Promise<readonly Problem[]> {
  const where = `resources.${resource.subjectName}.strategies.${options.name}`;
  const { registration, identityField, addressField } = options;
  return [
    ...(registration === 'open'
      ? identityProblems(where, identityField, resource)
      : fieldProblems(where, 'identityField', identityField, resource)),
    ...fieldProblems(where, 'addressField', addressField, resource),
    ...(await libraryProblems(where)),
  ];
}

function fieldProblems(where: string, option: string, field: string, { fields }: ResourceFacts): readonly Problem[] {
  if (fields.has(field)) return [];
  const known = [...fields.keys()].map((name) => `'${name}'`).join(', ');
  return [
    { where: `${where}.${option}`, wrong: `"${field}" is no public field of the user`, cure: `write one of ${known}` },
  ];
}
