import { generateKeyPairSync, type JsonWebKey, type KeyObject } from 'node:crypto';
import type { JsonObject } from '../../lib/strategy/index.js';
import { readSigningKeys, type SigningKeyTexts, type SigningOptions } from '../../lib/tokens/index.js';

export const ASYMMETRIC = ['ES256', 'EdDSA', 'RS256'] as const;
export type Asymmetric = (typeof ASYMMETRIC)[number];

/** A new private key for an algorithm. */
export function newKey(algorithm: Asymmetric, rsaBits = 2048): KeyObject {
  if (algorithm === 'ES256') return generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  if (algorithm === 'EdDSA') return generateKeyPairSync('ed25519').privateKey;
  return generateKeyPairSync('rsa', { modulusLength: rsaBits }).privateKey;
}

export function jwkOf(key: KeyObject): JsonObject {
  return { ...key.export({ format: 'jwk' }) };
}

/** What everybody may know of a private JWK. */
export function publicOf({ kty, crv, x, y, n, e }: JsonWebKey): JsonObject {
  return Object.fromEntries(Object.entries({ kty, crv, x, y, n, e }).filter(([, value]) => value !== undefined));
}

export function newJwk(algorithm: Asymmetric): JsonObject {
  return jwkOf(newKey(algorithm));
}

/** What is wrong with keys, a line each; none where they are good. */
export async function faultsOf(keys: SigningKeyTexts, about: Partial<SigningOptions> = {}): Promise<readonly string[]> {
  const { problems } = await readSigningKeys({ algorithm: 'ES256', keys, ...about });
  return problems.map(({ where, wrong }) => `${where} ${wrong}`);
}
