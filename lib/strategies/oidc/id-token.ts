import { createHash } from 'node:crypto';
import { jwtVerify, type JWTPayload } from 'jose';
import { AuthenticationFailed } from '../../errors/index.js';
import { MINUTE, type Clock } from '../../time/index.js';
import type { KeySet } from './key-set.js';

/** Of a token that comes straight from the provider. */
const MOST_AGE_SECONDS = 10 * MINUTE;
export const LEEWAY_SECONDS = 5;
/** OpenID Connect Core §2. */
const MOST_SUBJECT_CHARS = 255;

/** What an ID token must say. */
export interface IdTokenRules {
  readonly issuer: string;
  readonly clientId: string;
  readonly algorithms: readonly string[];
  readonly trustedAudiences: readonly string[];
  /** One of them must be in `acr`; none: whatever it says. */
  readonly acrValues: readonly string[];
  /** What `at_hash` is of. */
  readonly accessToken: string;
  /** What `c_hash` is of. */
  readonly code: string;
}

export interface IdTokenClaims extends JWTPayload {
  readonly sub: string;
}

/**
 * Verifies the signature, and what `oauth4webapi` leaves open: it has compared `iss`, `aud`, `exp`, `nonce` and `auth_time` by then, and here they
 * are compared again with what was signed.
 *
 * @throws {AuthenticationFailed} @throws {errors.JOSEError}
 * @see OpenID Connect Core §3.1.3.7, §3.1.3.8, §3.3.2.11
 */
export async function verifyIdToken(
  idToken: string,
  keys: KeySet,
  rules: IdTokenRules,
  clock: Clock,
): Promise<IdTokenClaims> {
  const { payload, protectedHeader } = await jwtVerify(idToken, keys.find, {
    algorithms: [...rules.algorithms],
    issuer: rules.issuer,
    audience: rules.clientId,
    currentDate: clock.now(),
    clockTolerance: LEEWAY_SECONDS,
    maxTokenAge: MOST_AGE_SECONDS,
    requiredClaims: ['sub', 'exp'],
  });
  requireParties(payload, rules);
  requireStrength(payload, rules);
  requireHash(payload, 'at_hash', rules.accessToken, protectedHeader.alg);
  requireHash(payload, 'c_hash', rules.code, protectedHeader.alg);
  return { ...payload, sub: subjectIn(payload) };
}

function subjectIn({ sub }: JWTPayload): string {
  const isName = typeof sub === 'string' && sub.length >= 1 && sub.length <= MOST_SUBJECT_CHARS;
  return isName ? sub : refuse('id_token_sub');
}

/** Nobody who is not trusted may be among those it is for, and whom it was made for is the app. */
function requireParties({ aud = [], azp }: JWTPayload, { clientId, trustedAudiences }: IdTokenRules): void {
  const others = [aud].flat().filter((one) => one !== clientId && !trustedAudiences.includes(one));
  if (others.length > 0) refuse('id_token_aud');
  if (azp !== undefined && azp !== clientId) refuse('id_token_azp');
}

/** A provider may ignore which strength it was asked for: only what it says in the end counts. */
function requireStrength({ acr }: JWTPayload, { acrValues }: IdTokenRules): void {
  const isStrong = acrValues.length === 0 || (typeof acr === 'string' && acrValues.includes(acr));
  if (!isStrong) refuse('id_token_acr');
}

/** §3.1.3.8, §3.3.2.11: the left half of the digest that the token's algorithm uses. */
function requireHash(payload: JWTPayload, claim: 'at_hash' | 'c_hash', of: string, algorithm: string): void {
  const found = payload[claim];
  if (found === undefined) return;
  const hash = createHash(hashOf(algorithm)).update(of).digest();
  if (found !== hash.subarray(0, hash.length / 2).toString('base64url')) refuse(`id_token_${claim}`);
}

function hashOf(algorithm: string): string {
  const [, bits] = /(256|384|512)$/.exec(algorithm) ?? [];
  return `sha${bits ?? '512'}`; // EdDSA: SHA-512 of Ed25519
}

function refuse(reason: string): never {
  throw new AuthenticationFailed(reason);
}
