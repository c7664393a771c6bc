import { createHmac, randomBytes, sign, type KeyObject } from 'node:crypto';

import { InvalidToken } from '../../lib/errors/index.js';
import { subjectOf, type Subject } from '../../lib/resources/index.js';
import { Secret } from '../../lib/secrets/index.js';
import type { JsonObject } from '../../lib/strategy/index.js';
import { addSeconds, type Clock } from '../../lib/time/index.js';
import { UserTokens, type KeyRing } from '../../lib/tokens/index.js';

export const ISSUER = 'https://app.example';
export const AUDIENCE = 'my-app/user';
export const TYPE = 'user+jwt';
export const LIFETIME_SECONDS = 1000;
export const START = new Date('2030-01-01T00:00:00Z');
export const START_SECONDS = START.getTime() / 1000;

export interface TestClock extends Clock {
  advance(seconds: number): void;
}

export function testClock(start = START): TestClock {
  let at = start;
  return { now: () => at, advance: (seconds) => void (at = addSeconds(at, seconds)) };
}

export function newSecret(): Secret {
  return new Secret(randomBytes(48).toString('base64'));
}

export function subject(id: string): Subject {
  return subjectOf('user', [{ field: 'id', type: 'text' }], { id });
}

export function userTokens(ring: KeyRing, clock: Clock, audience = AUDIENCE): UserTokens {
  return new UserTokens({ ring, issuer: ISSUER, audience, clock, maxLifetimeSeconds: LIFETIME_SECONDS });
}

/** The keys that `UserTokens` use, for forging tokens with a right signature. */
export function userKeys(ring: KeyRing, audience = AUDIENCE) {
  return ring.keysForSignIns(JSON.stringify(['user-token', audience]));
}

/** Claims that `userTokens` accept at the start. */
export function goodClaims(): Record<string, unknown> {
  const times = { iat: START_SECONDS, nbf: START_SECONDS, exp: START_SECONDS + LIFETIME_SECONDS };
  return { iss: ISSUER, aud: AUDIENCE, sub: 'user?id=1', jti: 'sign-in-1', ...times, purpose: 'user' };
}

export function base64url(text: string | Uint8Array): string {
  return Buffer.from(text).toString('base64url');
}

/** What JWS says a signature of this kind of key is. */
export function signatureBy(key: KeyObject, input: string, hash = 'sha256'): Buffer {
  if (key.type === 'secret') return createHmac(hash, key).update(input).digest();
  if (key.asymmetricKeyType === 'ed25519') return sign(null, Buffer.from(input), key);
  return sign(hash, Buffer.from(input), { key, dsaEncoding: 'ieee-p1363' });
}

/** A right signature over any two parts, however wrong they are. */
export function signParts(key: KeyObject, header: string, payload: string): string {
  const input = `${header}.${payload}`;
  return `${input}.${signatureBy(key, input).toString('base64url')}`;
}

export function signRaw(key: KeyObject, header: string | Uint8Array, payload: string | Uint8Array): string {
  return signParts(key, base64url(header), base64url(payload));
}

export function signClaims(key: KeyObject, header: JsonObject, claims: JsonObject): string {
  return signRaw(key, JSON.stringify(header), JSON.stringify(claims));
}

/** Why a token was refused; null when it was accepted. Anything but `InvalidToken` is a failure of the test. */
export function refusalOf(verify: () => unknown): string | null {
  try {
    verify();
    return null;
  } catch (error) {
    if (error instanceof InvalidToken) return error.reason;
    throw error;
  }
}

export async function refusalOfAsync(work: Promise<unknown>): Promise<string | null> {
  try {
    await work;
    return null;
  } catch (error) {
    if (error instanceof InvalidToken) return error.reason;
    throw error;
  }
}
