import type { Problem } from '../../errors/index.js';
import { identityProblems, type ResourceFacts } from '../../strategy/index.js';
import type { ResolvedOtpOptions } from './otp.options.js';

/** What does not fit together with the resource, for the one list of problems at boot. */
export function findProblems(options: ResolvedOtpOptions, resource: ResourceFacts): readonly Problem[] {
  const where = `resources.${resource.subjectName}.strategies.${options.name}`;
  return [
    ...identityProblems(where, options.identityField, resource),
    ...routeProblems(where, options),
    ...generatorProblems(where, options),
  ];
}

/** A page whose button leads nowhere. */
function routeProblems(where: string, { page, routes }: ResolvedOtpOptions): readonly Problem[] {
  const hasPage = page === undefined && routes['page']?.enabled !== false;
  if (!hasPage || routes['sign-in']?.enabled !== false) return [];
  const wrong = 'gives "sign-in" no route, which the page for codes posts to';
  const cure = 'leave it out, or switch the page off as well: routes: { page: { enabled: false }, … }';
  return [{ where: `${where}.routes`, wrong, cure }];
}

/** How many codes a generator of the app's can make nobody can see; that it makes any, and that they come back, one try shows. */
function generatorProblems(where: string, { generator }: ResolvedOtpOptions): readonly Problem[] {
  const made = Array.from({ length: TRIES }, () => normalised(generator));
  if (made.every((code) => code !== null) && new Set(made).size > 1) return [];
  const cure =
    'write generate() and normalise(typed), each giving a text, of a million or more that are equally likely';
  return [{ where: `${where}.generator`, wrong: 'makes no codes that differ', cure }];
}

/** Of a million codes, that all of these are alike happens by chance in no lifetime of a universe. */
const TRIES = 10;

function normalised(generator: ResolvedOtpOptions['generator']): string | null {
  try {
    const code: unknown = generator.normalise(generator.generate());
    return typeof code === 'string' && code !== '' ? code : null;
  } catch {
    return null; // its error may hold the code
  }
}
