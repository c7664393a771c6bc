import { generateKeyPairSync } from 'node:crypto';
import { ROOMS } from '../../sample-app/src/auth/rooms.js';

const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const PEM = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

/** Real ones, with the variables that switch each on. */
export const providers = ROOMS.flatMap(({ provider, variables = [] }) =>
  provider === undefined || variables.length === 0 ? [] : [{ ...provider, variables }],
);

/** What somebody sets who has registered the app at all of them. */
export function environment(): Record<string, string> {
  return Object.fromEntries(
    providers.flatMap(({ name, variables }) => variables.map((variable) => [variable, valueOf(name, variable)])),
  );
}

function valueOf(name: string, variable: string): string {
  if (variable.endsWith('_ISSUER')) return `https://acme.${name}.example`;
  if (variable.endsWith('_DOMAIN')) return `acme.${name}.example`;
  return variable.endsWith('_KEY') ? PEM : `the ${variable} of ${name}`;
}
