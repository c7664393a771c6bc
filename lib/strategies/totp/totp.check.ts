import type { Problem } from '../../errors/index.js';
import { identityProblems, type ResourceFacts } from '../../strategy/index.js';
import type { ResolvedTotpOptions } from './totp.options.js';
import { qrProblems } from './totp.qr.js';

/** What does not fit together with the resource, for the one list of problems at boot. */
export async function findProblems(options: ResolvedTotpOptions, resource: ResourceFacts): Promise<readonly Problem[]> {
  const where = `resources.${resource.subjectName}.strategies.${options.name}`;
  return [
    ...identityFieldProblems(where, options, resource),
    ...addressProblems(where, options, resource),
    ...routeProblems(where, options),
    ...(options.qr ? await qrProblems(`${where}.qr`) : []),
  ];
}

/** Alone, somebody is found by it; else it is but a name for the app to show. */
function identityFieldProblems(
  where: string,
  { identityField, signInByCodeAlone }: ResolvedTotpOptions,
  resource: ResourceFacts,
): readonly Problem[] {
  if (signInByCodeAlone) return identityProblems(where, identityField, resource);
  return fieldProblems(`${where}.identityField`, identityField, resource);
}

function addressProblems(where: string, { notices }: ResolvedTotpOptions, resource: ResourceFacts): readonly Problem[] {
  return notices === undefined ? [] : fieldProblems(`${where}.notices.addressField`, notices.addressField, resource);
}

function fieldProblems(where: string, field: string, { fields }: ResourceFacts): readonly Problem[] {
  if (fields.has(field)) return [];
  const known = [...fields.keys()].map((name) => `"${name}"`).join(', ');
  return [{ where, wrong: `"${field}" is no public field of the user`, cure: `write one of ${known}` }];
}

/** A page whose buttons lead nowhere. */
function routeProblems(where: string, { routes }: ResolvedTotpOptions): readonly Problem[] {
  if (routes['page']?.enabled === false) return [];
  const off = ['setup', 'confirm-setup', 'disable'].filter((phase) => routes[phase]?.enabled === false);
  return off.map((phase) => ({
    where: `${where}.routes`,
    wrong: `gives "${phase}" no route, which a button of the page posts to`,
    cure: 'leave it out, or switch the page off as well: routes: { page: { enabled: false }, … }',
  }));
}
