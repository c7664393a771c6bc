import type { JsonObject } from '../../strategy/index.js';
import {
  isConfidential,
  resolveCommonOptions,
  type CommonSettings,
  type ResolvedCommonOptions,
} from '../oauth2/index.js';

/** Options of {@link oidc}, without the field. */
export interface OidcSettings<U> extends CommonSettings<U> {
  /** In routes and activities. kebab-case. @default 'oidc' */
  readonly name?: string | undefined;
  /** The provider, to the letter as it spells itself in its metadata: `https://accounts.example`. https, or loopback where `calls` allows it. */
  readonly issuer: string;
  /** `openid` and what else is asked for, separated by spaces. @default 'openid email' */
  readonly scope?: string | undefined;
  /** By which ID tokens may be signed; what the token says of itself decides nothing. @default ['RS256'] */
  readonly signingAlgorithms?: readonly SigningAlgorithm[] | undefined;
  /** Others that an ID token may be for as well. @default [] */
  readonly trustedAudiences?: readonly string[] | undefined;
  /**
   * How long ago, in seconds, somebody may have signed in at the provider. It is asked to ask again where that is longer, and has to say when that
   * was (`auth_time`). @default however long
   */
  readonly maxAgeSeconds?: number | undefined;
  /** Of these strengths (`acr`) the provider has to say one; it is asked for them. @default whichever */
  readonly acrValues?: readonly string[] | undefined;
  /** Claims are asked for at the provider's user-info as well, where it has one. @default true */
  readonly userInfo?: boolean | undefined;
  /** The app's page after a log-out at the provider, root-relative. Registered there. @default '/' */
  readonly afterLogOut?: string | undefined;
}

/** Asymmetric, JWS (RFC 7518 §3.1, RFC 8037 §3.1). */
export const SIGNING_ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
] as const;

export type SigningAlgorithm = (typeof SIGNING_ALGORITHMS)[number];

/** In what a provider is not like the others. For presets. */
export interface Quirks {
  /** Where its metadata stands, where not below the issuer. @default the issuer */
  readonly discoverAt?: string | undefined;
  /** Which issuer an ID token has to name, where that of the metadata is a pattern. @throws {AuthenticationFailed} @default the issuer */
  readonly issuerOf?: ((claims: JsonObject) => string) | undefined;
  /** Its own name for the user, where `sub` is not enough. @default `sub` */
  readonly uidOf?: ((claims: JsonObject) => string) | undefined;
  /** Claims as others spell them. @param params {@link callbackParams} that came @default as they are */
  readonly claimsOf?: ((claims: JsonObject, params: Readonly<Record<string, string>>) => JsonObject) | undefined;
  /** Whose identities and sessions these are, where the issuer does not say it alone. Another one makes everybody unknown. @default the issuer */
  readonly namespace?: string | undefined;
  /** What comes back with the browser, beside what always does. @default [] */
  readonly callbackParams?: readonly string[] | undefined;
}

type Whole<T> = { readonly [K in keyof T]-?: Exclude<T[K], undefined> };
type Own = Omit<OidcSettings<never>, keyof CommonSettings<never> | 'name' | 'maxAgeSeconds'>;

/** What `oidc()` was told, made whole. */
export interface ResolvedOidcOptions extends ResolvedCommonOptions, Whole<Own> {
  /** Null: however long. */
  readonly maxAgeSeconds: number | null;
}

/** @throws {RangeError} when a value is out of range. */
export function resolveOidcOptions<U>({
  name = 'oidc',
  issuer,
  scope = 'openid email',
  signingAlgorithms = ['RS256'],
  trustedAudiences = [],
  maxAgeSeconds,
  acrValues = [],
  userInfo = true,
  afterLogOut = '/',
  ...common
}: OidcSettings<U> & { readonly identityField?: string | undefined }): ResolvedOidcOptions {
  demand(
    URL.canParse(issuer) && !/[?#]/.test(issuer),
    `issuer must be a URL without query and fragment, got ${issuer}`,
  );
  demand(
    isConfidential(new URL(issuer), common.calls?.allowHttpOnLoopback ?? false),
    'issuer must be an https URL, or http on loopback with calls: { allowHttpOnLoopback: true }',
  );
  demand(scope.split(' ').includes('openid'), `scope must hold openid, got ${scope}`);
  const unknown = signingAlgorithms.filter((algorithm) => !SIGNING_ALGORITHMS.includes(algorithm));
  demand(
    unknown.length === 0 && signingAlgorithms.length > 0,
    `signingAlgorithms must be some of ${SIGNING_ALGORITHMS.join(', ')}`,
  );
  const isAge = maxAgeSeconds === undefined || (Number.isSafeInteger(maxAgeSeconds) && maxAgeSeconds >= 0);
  demand(isAge, `maxAgeSeconds must be a whole number from 0, got ${maxAgeSeconds}`);
  demand(/^\/(?![/\\])/.test(afterLogOut), `afterLogOut must be a path that starts with one "/", got ${afterLogOut}`);
  const own = { issuer, scope, signingAlgorithms, trustedAudiences, acrValues, userInfo, afterLogOut };
  return Object.freeze({
    ...resolveCommonOptions<U>({ ...common, name }),
    ...own,
    maxAgeSeconds: maxAgeSeconds ?? null,
  });
}

function demand(holds: boolean, message: string): void {
  if (!holds) throw new RangeError(`oidc: ${message}`);
}
