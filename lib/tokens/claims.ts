import { InvalidToken } from '../errors/index.js';
import { subjectNameOf, type Subject } from '../resources/index.js';
import type { JsonObject } from '../strategy/index.js';
import type { Clock } from '../time/index.js';

/** How far the clocks of two of our processes may be apart, in seconds. */
export const LEEWAY_SECONDS = 5;

/**
 * Names in a payload that an app's own claims cannot take. `cnf` and `act` mean something to whoever reads the token; `sealed` is
 * what a stateless sign-in carries; the last three say what was shown, and when.
 */
export const RESERVED_CLAIMS: ReadonlySet<string> = new Set(
  'iss aud sub jti iat nbf exp purpose tenant sealed cnf act auth_time amr second_factor_time'.split(' '),
);

/** Claims as every token of ours has them. Times in seconds since 1970, RFC 7519 §4.1. */
export interface Claims {
  readonly iss: string;
  readonly aud: string;
  readonly sub: string;
  readonly jti: string;
  readonly iat: number;
  readonly nbf: number;
  readonly exp: number;
  readonly purpose: string;
  /** Null where there are no tenants: the claim is left out then. */
  readonly tenant: string | null;
}

/** What a token must say to be accepted. */
export interface ExpectedClaims {
  readonly issuer: string;
  readonly audience: string;
  readonly purpose: string;
  readonly maxLifetimeSeconds: number;
}

/**
 * The claims of a verified payload: all there (`tenant` where there are any), each of its type. Says nothing about what they say; see {@link checkClaims}.
 *
 * @throws {InvalidToken} reason `missing_…` or `mistyped_…` with the claim's name, or `bound_to_key`.
 * @see RFC 8725 §3.10 and §3.12; RFC 7800 for `cnf`
 */
export function parseClaims(payload: JsonObject): Claims {
  // The holder must also prove to have a key, which nobody here can check.
  if (Object.hasOwn(payload, 'cnf')) throw new InvalidToken('bound_to_key');
  const text = (name: string) => claim(payload, name, isText);
  const time = (name: string) => claim(payload, name, isTime);
  return {
    iss: text('iss'),
    aud: text('aud'),
    sub: text('sub'),
    jti: text('jti'),
    iat: time('iat'),
    nbf: time('nbf'),
    exp: time('exp'),
    purpose: text('purpose'),
    tenant: Object.hasOwn(payload, 'tenant') ? text('tenant') : null,
  };
}

/**
 * Checks what claims say against what is expected, at this moment. Not the tenant, which the holder of the token and the
 * request must agree on; see {@link checkTenant}.
 *
 * @throws {InvalidToken} reason `wrong_issuer`, `wrong_audience`, `wrong_purpose`, `issued_in_future`, `not_yet_valid`,
 *   `expired`, `lifetime_not_positive` or `lifetime_too_long`.
 */
export function checkClaims(claims: Claims, expected: ExpectedClaims, clock: Clock): void {
  const { iss, aud, purpose, iat, nbf, exp } = claims;
  const now = clock.now().getTime() / 1000;
  if (iss !== expected.issuer) throw new InvalidToken('wrong_issuer');
  if (aud !== expected.audience) throw new InvalidToken('wrong_audience');
  if (purpose !== expected.purpose) throw new InvalidToken('wrong_purpose');
  // Said so that a clock or an option that is no number lets nothing pass.
  if (!(iat <= now + LEEWAY_SECONDS)) throw new InvalidToken('issued_in_future');
  if (!(nbf <= now + LEEWAY_SECONDS)) throw new InvalidToken('not_yet_valid');
  if (!(exp > now)) throw new InvalidToken('expired');
  if (!(exp > iat)) throw new InvalidToken('lifetime_not_positive');
  if (!(exp - iat <= expected.maxLifetimeSeconds)) throw new InvalidToken('lifetime_too_long');
}

/** The claim of a token that is issued: left out where there are no tenants. */
export function tenantClaim(tenant: string | null): { readonly tenant?: string } {
  return tenant === null ? {} : { tenant };
}

/** @throws {InvalidToken} reason `wrong_tenant`. */
export function checkTenant(claims: Claims, tenant: string | null): void {
  if (claims.tenant !== tenant) throw new InvalidToken('wrong_tenant');
}

/**
 * The subject in a `sub`. Whether its key is spelt canonically is found out by `keyOf`, when the user is looked up.
 *
 * @throws {InvalidToken} reason `bad_subject`.
 */
export function parseSubject(sub: string): Subject {
  if (!isSubject(sub)) throw new InvalidToken('bad_subject');
  return sub;
}

/** Seconds since 1970 as claims have them, rounded down. */
export function toSeconds(at: Date): number {
  return Math.floor(at.getTime() / 1000);
}

function claim<T>(payload: JsonObject, name: string, is: (value: unknown) => value is T): T {
  if (!Object.hasOwn(payload, name)) throw new InvalidToken(`missing_${name}`);
  const value = payload[name];
  if (!is(value)) throw new InvalidToken(`mistyped_${name}`);
  return value;
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.isWellFormed();
}

function isTime(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

function isSubject(text: string): text is Subject {
  return subjectNameOf(text) !== '';
}
