import type { Problem } from '../../errors/index.js';
import { identityProblems, type ResourceFacts } from '../../strategy/index.js';
import type { ResolvedPasswordOptions } from './password.options.js';

const TEXTS: ReadonlySet<string | undefined> = new Set(['text', 'username', 'email']);

/** What does not fit together with the resource, for the one list of problems at boot. */
export async function findProblems(
  options: ResolvedPasswordOptions,
  resource: ResourceFacts,
): Promise<readonly Problem[]> {
  const where = `resources.${resource.subjectName}.strategies.${options.name}`;
  return [
    ...identityProblems(where, options.identityField, resource),
    ...acceptProblems(options, resource, where),
    ...addressProblems(options, resource, where),
    ...confirmFirstProblems(options, resource, where),
    ...routeProblems(options, where),
    ...(await hashProblems(options, where)),
  ];
}

function acceptProblems({ accept }: ResolvedPasswordOptions, { fields }: ResourceFacts, where: string): Problem[] {
  const wrong = accept.filter((field) => !TEXTS.has(fields.get(field)));
  return wrong.map((field) => ({
    where: `${where}.accept`,
    wrong: `"${field}" is ${fields.get(field) ?? 'no public field of the resource'}`,
    cure: `declare it in the resource's fields as 'text', 'username' or 'email', or take it out of accept`,
  }));
}

/** A reset link must go to an address: a user name is none. */
function addressProblems(
  { resettable }: ResolvedPasswordOptions,
  { fields }: ResourceFacts,
  where: string,
): readonly Problem[] {
  if (resettable === undefined) return [];
  const kind = fields.get(resettable.addressField);
  if (kind !== undefined && kind !== 'username') return [];
  return [
    {
      where: `${where}.resettable.addressField`,
      wrong: `"${resettable.addressField}" is ${kind ?? 'no public field of the resource'}: no message can be sent there`,
      cure: `name the field that holds the address: resettable: { addressField: 'email', … }`,
    },
  ];
}

/** Nobody is told what became of a registration but whoever confirms the address, so all else has to be right beforehand. */
function confirmFirstProblems(
  { registration, identityField, accept }: ResolvedPasswordOptions,
  { confirmed, model }: ResourceFacts,
  where: string,
): readonly Problem[] {
  if (registration !== 'confirm-first') return [];
  const wanted = accept.filter((field) => model.columns[field]?.nullable !== true);
  const unique = accept.filter((field) => model.unique?.some((fields) => fields.includes(field)));
  return [
    ...(confirmed.has(identityField)
      ? []
      : [
          {
            where: `${where}.registration`,
            wrong: `is 'confirm-first', and no add-on confirms "${identityField}"`,
            cure: `put confirmation({ monitorFields: ['${identityField}'], … }) into addOns, or write registration: 'immediate'`,
          },
        ]),
    ...wanted.map((field) => ({
      where: `${where}.accept`,
      wrong: `"${field}" may not be null, and whoever leaves it out is not told so by 'confirm-first'`,
      cure: `declare it as { kind: 'text', nullable: true }, or take it out of accept`,
    })),
    ...unique.map((field) => ({
      where: `${where}.accept`,
      wrong: `"${field}" is one account's alone, and nobody is told by 'confirm-first' that it is taken`,
      cure: 'take it out of accept, and let people choose it once they are signed in',
    })),
  ];
}

/** A route for everybody would let a stranger shut anybody out. */
function routeProblems({ mustChange, routes }: ResolvedPasswordOptions, where: string): readonly Problem[] {
  if (!mustChange || routes['require-change']?.enabled !== true) return [];
  const cure = "leave it out, and let a handler of your own, for operators, perform ['password', 'require-change']";
  return [{ where: `${where}.routes`, wrong: 'gives "require-change" a route', cure }];
}

/** What the providers find wrong themselves, and two that read one form: which of them made a hash, it does not say. */
async function hashProblems(
  { hashProvider, importedHashes }: ResolvedPasswordOptions,
  where: string,
): Promise<readonly Problem[]> {
  const found = [...((await hashProvider.check?.(`${where}.hashProvider`)) ?? [])];
  for (const imported of importedHashes) found.push(...((await imported.check?.(`${where}.importedHashes`)) ?? []));
  const names = [hashProvider, ...importedHashes].map(({ name }) => name);
  const twice = new Set(names.filter((name, index) => names.indexOf(name) !== index));
  for (const name of twice) {
    const wrong = `two of the strategy's providers read hashes of the form "${name}"`;
    found.push({ where: `${where}.importedHashes`, wrong, cure: 'leave one out: a hash has one reader' });
  }
  return found;
}
