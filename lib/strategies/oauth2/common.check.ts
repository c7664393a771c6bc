import type { Problem } from '../../errors/index.js';
import { Secret } from '../../secrets/index.js';
import { identityProblems, PROVIDER_TOKEN, type ResourceFacts } from '../../strategy/index.js';
import { isPrivateKey } from './client-authentication.js';
import { isKey, type ResolvedCommonOptions } from './common.options.js';
import { libraryProblems } from './oauth.library.js';

/** What does not fit together with the resource, for the one list of problems at boot. */
export async function findProblems(
  options: ResolvedCommonOptions,
  resource: ResourceFacts,
): Promise<readonly Problem[]> {
  const where = `resources.${resource.subjectName}.strategies.${options.name}`;
  return [
    ...(await libraryProblems(where)),
    ...identityProblems(where, options.identityField, resource),
    ...credentialProblems(where, options),
    ...profileProblems(where, options, resource),
    ...mailboxProblems(where, options, resource),
    ...routeProblems(where, options),
  ];
}

/** A variable that is not set, mostly. */
function credentialProblems(where: string, options: ResolvedCommonOptions): readonly Problem[] {
  const { clientId, clientAuthentication, clientSecret, privateKey } = options;
  const wanted = clientAuthentication === 'private_key_jwt' ? { privateKey } : { clientSecret };
  const all = { clientId, ...(clientAuthentication !== 'none' && wanted) };
  const missing = Object.entries(all)
    .filter(([, value]) => isMissing(value))
    .map(([name]) => ({
      where: `${where}.${name}`,
      wrong: `is not there, and clientAuthentication: '${clientAuthentication}' needs it`,
      cure: `set it: ${name}: process.env.…, a function that answers it, or injected(YourVault, …)`,
    }));
  const isTold = 'privateKey' in wanted && isKey(privateKey);
  return [...missing, ...(isTold ? keyProblems(`${where}.privateKey`, privateKey.pem) : [])];
}

/** Else it would show when the first person comes back from the provider. */
export function keyProblems(where: string, pem: string | Secret): readonly Problem[] {
  if (isPrivateKey(pem)) return [];
  const cure = 'set it to the text of the key file, from -----BEGIN to the end, with its line breaks';
  return [{ where, wrong: 'is no private key in PEM', cure }];
}

function isMissing(value: unknown): boolean {
  const text = value instanceof Secret ? value.reveal() : value;
  return text === undefined || text === null || text === '';
}

/** Who somebody is, and since when an address is theirs, no provider says. */
function profileProblems(
  where: string,
  { profile }: ResolvedCommonOptions,
  { fields, model, confirmed }: ResourceFacts,
): readonly Problem[] {
  const ours = new Set([...model.primaryKey, model.tenantField, ...confirmed.values()]);
  return Object.keys(profile)
    .filter((field) => !fields.has(field) || ours.has(field))
    .map((field) => ({
      where: `${where}.profile`,
      wrong: `"${field}" is ${fields.has(field) ? 'set by this library alone' : 'no public field of the resource'}`,
      cure: `take it out, or declare it in the resource's fields`,
    }));
}

/** Whoever made an account with an address need not be its owner: who came first, an add-on has to tell. */
function mailboxProblems(
  where: string,
  { trustEmailVerified, onEmailMatch, identityField, identity, sender }: ResolvedCommonOptions,
  { confirmed }: ResourceFacts,
): readonly Problem[] {
  const option = trustEmailVerified ? 'trustEmailVerified' : onEmailMatch === 'confirm' ? 'onEmailMatch' : null;
  if (option === null) return [];
  const problems: Problem[] = [];
  if (identity !== 'email') {
    const cure = `write identity: 'email', or leave out ${option}`;
    problems.push({ where: `${where}.${option}`, wrong: `"${identityField}" is no e-mail address`, cure });
  }
  if (!confirmed.has(identityField)) {
    const wrong = `lets the owner of a mailbox into an account that somebody else may have made, and no add-on confirms "${identityField}"`;
    const cure = `put confirmation({ monitorFields: ['${identityField}'], … }) into addOns, or leave it out`;
    problems.push({ where: `${where}.${option}`, wrong, cure });
  }
  if (onEmailMatch === 'confirm' && sender === undefined) {
    const cure = "write sender: YourMailer, or onEmailMatch: 'reject'";
    problems.push({ where: `${where}.sender`, wrong: "is not there, and onEmailMatch: 'confirm' sends mail", cure });
  }
  return problems;
}

/** A route for everybody would hand out what users let the app alone have. */
function routeProblems(where: string, { routes }: ResolvedCommonOptions): readonly Problem[] {
  if (routes[PROVIDER_TOKEN]?.enabled !== true) return [];
  const cure = 'leave it out, and call AuthService.providerToken where the token is used';
  return [{ where: `${where}.routes`, wrong: `gives "${PROVIDER_TOKEN}" a route`, cure }];
}
