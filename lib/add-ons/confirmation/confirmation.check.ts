import type { Problem } from '../../errors/index.js';
import type { ResourceFacts } from '../../strategy/index.js';
import type { ResolvedConfirmationOptions } from './confirmation.options.js';

/** Fields to which no message can be sent. What is no field at all the core finds. */
export function findProblems(
  { name, monitorFields }: ResolvedConfirmationOptions,
  { subjectName, fields }: ResourceFacts,
): readonly Problem[] {
  return monitorFields.flatMap((field) => {
    const kind = fields.get(field);
    if (kind === undefined || kind === 'email' || kind === 'text') return [];
    const where = `resources.${subjectName}.${name}.monitorFields`;
    const cure = "name a field that holds an address: one of kind 'email', or 'text' for another kind of address";
    return [{ where, wrong: `"${field}" is a ${kind}: no message can be sent there`, cure }];
  });
}
