import { jwtVerify, type JWTPayload } from 'jose';
import { AuthenticationFailed } from '../../errors/index.js';
import type { JsonObject } from '../../strategy/index.js';
import { MINUTE, type Clock } from '../../time/index.js';
import { LEEWAY_SECONDS } from './id-token.js';
import type { KeySet } from './key-set.js';

/** Of a token that the provider posts as soon as it is made. */
export const MOST_LOGOUT_AGE_SECONDS = 5 * MINUTE;
const EVENT = 'http://schemas.openid.net/event/backchannel-logout';
const MOST_CHARS = 255;

/** Whose sessions a provider has ended: of a user, or one of them; at least one is there. */
export interface LogoutClaims {
  readonly sub: string | null;
  readonly sid: string | null;
  readonly jti: string;
  /** As they came. */
  readonly all: JsonObject;
}

export interface LogoutTokenRules {
  readonly issuer: string;
  readonly clientId: string;
  readonly algorithms: readonly string[];
}

/**
 * Whether a provider says that somebody has signed out there. An ID token is none: it has no such event, and a nonce.
 *
 * @throws {AuthenticationFailed} @throws {errors.JOSEError}
 * @see OpenID Connect Back-Channel Logout 1.0 §2.4, §2.6
 */
export async function verifyLogoutToken(
  token: string,
  keys: KeySet,
  { issuer, clientId, algorithms }: LogoutTokenRules,
  clock: Clock,
): Promise<LogoutClaims> {
  const { payload, protectedHeader } = await jwtVerify(token, keys.find, {
    algorithms: [...algorithms],
    issuer,
    audience: clientId,
    currentDate: clock.now(),
    clockTolerance: LEEWAY_SECONDS,
    maxTokenAge: MOST_LOGOUT_AGE_SECONDS,
    requiredClaims: ['jti'],
  });
  const { typ = 'JWT' } = protectedHeader;
  if (!/^(application\/)?(logout\+jwt|jwt)$/i.test(typ)) refuse('logout_token_typ');
  if (!hasEvent(payload)) refuse('logout_token_events');
  if (payload['nonce'] !== undefined) refuse('logout_token_nonce');
  return claimsIn(payload);
}

function claimsIn(all: JWTPayload): LogoutClaims {
  const claims = { sub: nameIn(all.sub), sid: nameIn(all['sid']), jti: nameIn(all.jti), all };
  if (claims.sub === null && claims.sid === null) return refuse('logout_token_of_nobody');
  return { ...claims, jti: claims.jti ?? refuse('logout_token_jti') };
}

function nameIn(value: unknown): string | null {
  if (value === undefined) return null;
  const isName = typeof value === 'string' && value.length >= 1 && value.length <= MOST_CHARS;
  return isName ? value : refuse('logout_token_names');
}

function hasEvent({ events }: JWTPayload): boolean {
  const event: unknown = typeof events === 'object' && events !== null ? Reflect.get(events, EVENT) : undefined;
  return typeof event === 'object' && event !== null && !Array.isArray(event);
}

function refuse(reason: string): never {
  throw new AuthenticationFailed(reason);
}
