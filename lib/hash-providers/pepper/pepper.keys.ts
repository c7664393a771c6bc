import type { KeyObject } from 'node:crypto';
import { deriveKey } from '../../crypto/index.js';
import type { Problem } from '../../errors/index.js';
import { checkSecrets, readSecrets, type Secret, type SecretSource } from '../../secrets/index.js';

/** One version of the pepper. */
export interface PepperKey {
  /** 72 bits that name the key and say nothing about it: they stand with each hash. */
  readonly version: string;
  readonly key: KeyObject;
}

const VERSION_CHARS = 12;

/** The keys of a pepper, or what is wrong with them. @param where The option; no problem quotes a key. */
export async function readPepperKeys(
  source: SecretSource,
  where: string,
): Promise<{ readonly keys: readonly PepperKey[]; readonly problems: readonly Problem[] }> {
  try {
    const secrets = await readSecrets(source);
    const problems = checkSecrets(secrets, where);
    return { keys: problems.length === 0 ? secrets.map(pepperKey) : [], problems };
  } catch {
    const cure = 'see that the function reaches what it asks, and answers a list of texts';
    return { keys: [], problems: [{ where, wrong: 'the keys could not be read', cure }] };
  }
}

function pepperKey(secret: Secret): PepperKey {
  const version = deriveKey(secret.reveal(), 'pepper version').export().toString('base64url').slice(0, VERSION_CHARS);
  return { version, key: deriveKey(secret.reveal(), 'pepper') };
}
