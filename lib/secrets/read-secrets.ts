import { ConfigurationInvalid } from '../errors/index.js';
import { Secret } from './secret.js';

/** Texts from the environment: a variable that is not set is undefined. */
export type SecretTexts = readonly (string | undefined)[];

/**
 * Where secrets come from, newest first: the first one is for what is made now, all of them for what was made before. A function is
 * called at boot, and for the app's own secrets again while it runs; it may ask a vault.
 */
export type SecretSource = SecretTexts | (() => SecretTexts | Promise<SecretTexts>);

/**
 * The secrets as they are, unchecked; see `checkSecrets`.
 *
 * A missing older one is left out: `[process.env.AUTH_SECRET, process.env.AUTH_SECRET_OLD]` is how a ring looks between two
 * rotations. A missing first one stays, as an empty secret, and is refused by the check: signing with an older one because the
 * name of a variable was misspelt would go unnoticed until that one is removed.
 */
export async function readSecrets(source: SecretSource): Promise<readonly Secret[]> {
  const texts: unknown = typeof source === 'function' ? await source() : source;
  if (!isList(texts))
    throw new ConfigurationInvalid([{ where: 'secrets', wrong: 'is not a list', cure: 'write [secret]' }]);
  return texts.flatMap((text, index) => (text === undefined && index > 0 ? [] : [new Secret(text ?? '')]));
}

function isList(value: unknown): value is SecretTexts {
  return Array.isArray(value) && value.every((text) => text === undefined || typeof text === 'string');
}
