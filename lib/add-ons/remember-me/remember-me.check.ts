import type { Problem } from '../../errors/index.js';
import type { ResourceFacts } from '../../strategy/index.js';
import type { ResolvedRememberMeOptions } from './remember-me.options.js';

/** What does not fit together with the resource, for the one list of problems at boot. */
export function findProblems(
  name: string,
  options: ResolvedRememberMeOptions,
  { subjectName, fields, isStateless }: ResourceFacts,
): readonly Problem[] {
  const where = `resources.${subjectName}.${name}`;
  return [
    ...(isStateless ? [{ where, ...ENDLESS }] : []),
    ...addressProblems(`${where}.addressField`, options, fields),
  ];
}

const ENDLESS = {
  wrong: 'cannot end with a stateless sign-in: signing out does not reach it',
  cure: "leave it out, or write signIns: 'stored'",
};

function addressProblems(
  where: string,
  { sender, addressField }: ResolvedRememberMeOptions,
  fields: ResourceFacts['fields'],
): readonly Problem[] {
  if (sender === undefined || fields.has(addressField)) return [];
  const known = [...fields.keys()].map((field) => `"${field}"`).join(', ');
  return [{ where, wrong: `"${addressField}" is no public field of the user`, cure: `write one of ${known}` }];
}
