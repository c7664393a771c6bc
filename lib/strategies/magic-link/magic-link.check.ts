import type { Problem } from '../../errors/index.js';
import { identityProblems, type ResourceFacts } from '../../strategy/index.js';
import type { ResolvedMagicLinkOptions } from './magic-link.options.js';

/** What does not fit together with the resource, for the one list of problems at boot. */
export function findProblems(options: ResolvedMagicLinkOptions, resource: ResourceFacts): readonly Problem[] {
  const where = `resources.${resource.subjectName}.strategies.${options.name}`;
  return [...identityProblems(where, options.identityField, resource), ...routeProblems(where, options)];
}

/** A link that leads nowhere, or to a button that does. */
function routeProblems(where: string, { page, routes }: ResolvedMagicLinkOptions): readonly Problem[] {
  if (page !== undefined) return [];
  const off = ['page', 'sign-in'].filter((phase) => routes[phase]?.enabled === false);
  return off.map((phase) => ({
    where: `${where}.routes`,
    wrong: `gives "${phase}" no route, which the mailed link needs`,
    cure: "leave it out, or name a page of the app's own: page: '/magic-link'",
  }));
}
