import { digest } from '../crypto/index.js';
import type { Subject } from '../resources/index.js';
import type { JsonObject } from '../strategy/index.js';
import type { Clock } from '../time/index.js';
import type { JwsKeys } from './algorithm.js';
import { checkClaims, parseClaims, parseSubject, tenantClaim, toSeconds } from './claims.js';
import type { Claims, ExpectedClaims } from './claims.js';
import { extraClaims, extraClaimsIn } from './extra-claims.js';
import { refuseTooLong, signJws, verifyJws } from './jws.js';
import type { KeyRing } from './key-ring.js';
import { LruCache } from './lru-cache.js';

/** The one purpose that no room can have. */
export const USER_PURPOSE = 'user';
const TYPE = 'user+jwt';
/** How many tokens a process keeps what it found out about. */
export const REMEMBERED_TOKENS = 1000;

/** What {@link UserTokens} needs to know. */
export interface UserTokensOptions {
  readonly ring: KeyRing;
  /** `iss`: the app. */
  readonly issuer: string;
  /** `aud`: one resource of the app. No two resources share it, nor the key derived for it. */
  readonly audience: string;
  readonly clock: Clock;
  /** The absolute lifetime of a sign-in. */
  readonly maxLifetimeSeconds: number;
}

/** What the token of a sign-in says. Whether the sign-in is still alive, only its row knows. */
export interface UserTokenFacts {
  readonly subject: Subject;
  /** The `jti`: the id of the sign-in's row. */
  readonly signInId: string;
  /** For the caller to compare with the request's. */
  readonly tenant: string | null;
  /** Whole seconds. */
  readonly issuedAt: Date;
  /** Whole seconds, so up to one earlier than asked for. */
  readonly expiresAt: Date;
  /** The app's own claims; frozen. */
  readonly claims: JsonObject;
  /** What only this library can open: a sign-in that has no row. Null where it has one. */
  readonly sealed: string | null;
}

export interface NewUserToken extends Omit<UserTokenFacts, 'claims' | 'sealed'> {
  /** More claims for whoever reads the token. They cannot replace ours. @default none */
  readonly claims?: JsonObject | undefined;
  /** @default none */
  readonly sealed?: string | undefined;
  /** What was shown, for whoever reads the token elsewhere; here the sign-in says it. @default nothing is said */
  readonly shown?: ShownFacts | undefined;
}

/** What somebody showed, and when. */
export interface ShownFacts {
  /** RFC 8176. */
  readonly methods: readonly string[];
  readonly authenticatedAt: Date;
  readonly secondFactorAt: Date | null;
}

/** What a token says once its signature was found right. */
interface Verified {
  readonly claims: Claims;
  readonly extra: JsonObject;
  readonly sealed: string | null;
}

/** The bearer tokens of one resource's sign-ins: purpose `user`. Only `sessions/` makes and accepts them. */
export class UserTokens {
  readonly #ring: KeyRing;
  readonly #label: string;
  readonly #expected: ExpectedClaims;
  readonly #clock: Clock;
  readonly #verified = new LruCache<Verified>(REMEMBERED_TOKENS);
  #verifiedBy: JwsKeys | null = null;

  constructor({ ring, issuer, audience, clock, maxLifetimeSeconds }: UserTokensOptions) {
    this.#ring = ring;
    this.#label = JSON.stringify(['user-token', audience]);
    this.#expected = { issuer, audience, purpose: USER_PURPOSE, maxLifetimeSeconds };
    this.#clock = clock;
  }

  /** @throws {RangeError} when it would live too long, or its claims are ours or too many: a bug, for it would be refused. */
  issue({ subject, signInId, tenant, issuedAt, expiresAt, claims = {}, sealed, shown }: NewUserToken): string {
    const { issuer, audience, purpose, maxLifetimeSeconds } = this.#expected;
    const [iat, exp] = [toSeconds(issuedAt), toSeconds(expiresAt)];
    if (!(exp > iat && exp - iat <= maxLifetimeSeconds)) {
      throw new RangeError(`A token must live between 1 and ${maxLifetimeSeconds} seconds, not ${exp - iat}`);
    }
    const ours = { iss: issuer, aud: audience, sub: subject, jti: signInId, iat, nbf: iat, exp, purpose };
    const { signing } = this.#ring.keysForSignIns(this.#label);
    const more = { ...tenantClaim(tenant), ...(shown && shownClaims(shown)), ...(sealed !== undefined && { sealed }) };
    return signJws(signing, TYPE, { ...extraClaims(claims), ...ours, ...more });
  }

  /**
   * Reads a token. The signature is computed once and then remembered; everything that may have changed since, or that
   * depends on who asks, is checked each time.
   *
   * @throws {InvalidToken} with the reasons of `verifyJws`, `parseClaims` and `checkClaims`.
   */
  verify(token: string): UserTokenFacts {
    const { claims, extra, sealed } = this.#verifiedOf(token);
    checkClaims(claims, this.#expected, this.#clock);
    const [issuedAt, expiresAt] = [new Date(claims.iat * 1000), new Date(claims.exp * 1000)];
    const { sub, jti: signInId, tenant } = claims;
    return { subject: parseSubject(sub), signInId, tenant, issuedAt, expiresAt, claims: extra, sealed };
  }

  #verifiedOf(token: string): Verified {
    refuseTooLong(token);
    const keys = this.#ring.keysForSignIns(this.#label);
    if (keys !== this.#verifiedBy) this.#forget(keys);
    const tokenHash = digest(token);
    const known = this.#verified.get(tokenHash);
    if (known !== undefined) return known;
    const payload = verifyJws(keys, TYPE, token);
    const sealed = typeof payload['sealed'] === 'string' ? payload['sealed'] : null;
    const verified = { claims: parseClaims(payload), extra: extraClaimsIn(payload), sealed };
    this.#verified.set(tokenHash, verified);
    return verified;
  }

  /** What a key verified that is none any more counts no longer. */
  #forget(keys: JwsKeys): void {
    this.#verified.clear();
    this.#verifiedBy = keys;
  }
}

/** OpenID Connect Core 1.0 §2 for the first two; seconds. */
function shownClaims({ methods, authenticatedAt, secondFactorAt }: ShownFacts): JsonObject {
  return {
    auth_time: toSeconds(authenticatedAt),
    amr: methods,
    ...(secondFactorAt !== null && { second_factor_time: toSeconds(secondFactorAt) }),
  };
}
