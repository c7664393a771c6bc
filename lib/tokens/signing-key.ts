import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import type { JsonObject } from '../strategy/index.js';
import { edDsa, es256, rs256, type JwsAlgorithm, type JwsKey } from './algorithm.js';
import { weaknessOfEd25519, weaknessOfRsa } from './weak-keys.js';

/**
 * A key for the tokens of sign-ins: a JWK (RFC 7517), as an object or as JSON; or PEM, PKCS#8 for a private key and SPKI for a
 * public one.
 */
export type SigningKeyText = string | JsonObject;

/** The public part of a key as a JWKS has it: members without a secret, and `kid`, `alg`, `use`. */
export type PublicJwk = Readonly<Record<string, string>>;

/** A key that was read and found good. */
export interface SigningKey extends JwsKey {
  readonly isPrivate: boolean;
  readonly jwk: PublicJwk;
  /** The `kid` that it came with. Tokens carry its thumbprint instead, which no two keys share. */
  readonly givenKid: string | null;
}

/** Why a text is no key to sign by. Quotes nothing of it. */
export interface KeyFault {
  readonly wrong: string;
  readonly cure: string;
}

export const KEY_CURE =
  'write a private JWK, or PEM with its line breaks as `openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256` prints it';

const ALGORITHMS: Readonly<Record<string, JwsAlgorithm>> = { ec: es256, ed25519: edDsa, rsa: rs256 };
/** RFC 7638 §3.2 and RFC 8037 §2: what makes a public key, and nothing else. */
const PUBLIC_MEMBERS: Readonly<Record<string, readonly string[]>> = {
  ec: ['kty', 'crv', 'x', 'y'],
  ed25519: ['kty', 'crv', 'x'],
  rsa: ['kty', 'n', 'e'],
};

/** Reads one key. */
export async function parseSigningKey(text: SigningKeyText): Promise<SigningKey | KeyFault> {
  const jwk = typeof text === 'string' ? jwkIn(text) : text;
  if (jwk !== null) return membersFault(jwk) ?? checked(keyOfJwk(jwk), jwk);
  const pem = typeof text === 'string' ? text : '';
  return pemFault(pem) ?? checked(keyOfPem(pem), null);
}

async function checked(key: KeyObject | null, given: JsonObject | null): Promise<SigningKey | KeyFault> {
  if (key === null) return faulty('cannot be read as a key');
  return keyFault(key, given) ?? describe(key, given);
}

async function describe(key: KeyObject, given: JsonObject | null): Promise<SigningKey> {
  const { algorithm, members } = kindOf(key);
  const { calculateJwkThumbprint } = await import('jose'); // a third of what starting costs, and most apps sign by a secret
  const kid = await calculateJwkThumbprint(members);
  const givenKid = typeof given?.['kid'] === 'string' ? given['kid'] : null;
  const jwk = { ...members, kid, alg: algorithm.name, use: 'sig' };
  return { kid, algorithm, key, isPrivate: key.type === 'private', jwk, givenKid };
}

/** JSON of a JWK, or null for another text. */
function jwkIn(text: string): JsonObject | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : null;
  } catch {
    return null;
  }
}

function pemFault(pem: string): KeyFault | null {
  if (pem.trim() === '') return faulty('is missing or empty');
  if (/ENCRYPTED/.test(pem)) return faulty('is encrypted', 'decrypt it: `openssl pkcs8 -topk8 -nocrypt -in key.pem`');
  return /^\s*-----BEGIN (PRIVATE|PUBLIC) KEY-----/.test(pem) ? null : faulty('is neither a JWK nor a key in PEM form');
}

function keyOfPem(pem: string): KeyObject | null {
  return madeBy(() => (pem.includes('-----BEGIN PRIVATE KEY-----') ? createPrivateKey(pem) : createPublicKey(pem)));
}

function keyOfJwk(jwk: JsonObject): KeyObject | null {
  const key = { ...jwk };
  return madeBy(() =>
    'd' in jwk ? createPrivateKey({ key, format: 'jwk' }) : createPublicKey({ key, format: 'jwk' }),
  );
}

/** What Node says of a bad key may quote it. */
function madeBy(make: () => KeyObject): KeyObject | null {
  try {
    return make();
  } catch {
    return null;
  }
}

/** What a JWK says of itself that contradicts signing: RFC 7517 §4.2 to §4.4. */
function membersFault({ kty, use, key_ops: operations, ...jwk }: JsonObject): KeyFault | null {
  if (kty === 'oct') {
    return faulty('is symmetric, and public keys are published beside it', 'leave it out: HS256 uses `secrets`');
  }
  if (use !== undefined && use !== 'sig') return faulty('says in `use` that it is not for signatures', MEMBERS_CURE);
  if (operations === undefined) return null;
  const needed = 'd' in jwk ? 'sign' : 'verify';
  const named: readonly unknown[] = Array.isArray(operations) ? operations : [];
  const isFit = named.includes(needed) && named.every((name) => name === 'sign' || name === 'verify');
  return isFit ? null : faulty(`says in \`key_ops\` that it is not for this alone: ${needed}`, MEMBERS_CURE);
}

/** What is wrong with the key itself, and between it and what its JWK says. */
function keyFault(key: KeyObject, given: JsonObject | null): KeyFault | null {
  const type = key.asymmetricKeyType ?? '';
  const curve = key.asymmetricKeyDetails?.namedCurve;
  if (ALGORITHMS[type] === undefined || (type === 'ec' && curve !== 'prime256v1')) {
    return faulty('is of no kind that signs here', 'make one of P-256 (ES256), Ed25519 (EdDSA) or RSA (RS256)');
  }
  const { algorithm, members } = kindOf(key);
  const weakness = weaknessOf(key, members);
  if (weakness !== null) return faulty(weakness, 'make a new key');
  const named = given?.['alg'] ?? algorithm.name;
  if (named !== algorithm.name) return faulty(`says in \`alg\` that it is not for ${algorithm.name}`, MEMBERS_CURE);
  return isWhole(key, algorithm, members, given) ? null : faulty('has parts that do not belong together');
}

function weaknessOf(key: KeyObject, { n = '', x = '' }: PublicJwk): string | null {
  if (key.asymmetricKeyType === 'rsa') return weaknessOfRsa(key, n);
  return key.asymmetricKeyType === 'ed25519' ? weaknessOfEd25519(x) : null;
}

/** Node takes a private part together with the public part of another key: nobody could verify what it signs. */
function isWhole(key: KeyObject, algorithm: JwsAlgorithm, members: PublicJwk, given: JsonObject | null): boolean {
  const alike = Object.entries(members).every(([name, value]) => given === null || given[name] === value);
  if (!alike || key.type !== 'private') return alike;
  return algorithm.verify(createPublicKey(key), PROBE, algorithm.sign(key, PROBE));
}

/** @throws {TypeError} for a key that {@link keyFault} refuses */
function kindOf(key: KeyObject): { readonly algorithm: JwsAlgorithm; readonly members: PublicJwk } {
  const type = key.asymmetricKeyType ?? '';
  const [algorithm, names] = [ALGORITHMS[type], PUBLIC_MEMBERS[type]];
  if (algorithm === undefined || names === undefined) throw new TypeError('Expected a key that signs');
  const exported = new Map(Object.entries(key.export({ format: 'jwk' })));
  return { algorithm, members: Object.fromEntries(names.map((name) => [name, String(exported.get(name))])) };
}

function faulty(wrong: string, cure = KEY_CURE): KeyFault {
  return { wrong, cure };
}

const MEMBERS_CURE = 'correct the JWK, or take the key that was made for this';
const PROBE = 'nest-auth-plug';
