import { isScope } from '../../strategy/index.js';
import {
  resolveCommonOptions,
  type CommonOptions,
  type CommonSettings,
  type ResolvedCommonOptions,
} from './common.options.js';
import { isConfidential } from './provider-calls.js';
import type { UserInfo } from './user-info.js';

/** Where an OAuth 2.0 provider is, and how it says who somebody is. */
export interface OAuth2Endpoints {
  /** Where browsers are sent. https. */
  readonly authorizationEndpoint: string;
  /** Where codes are exchanged. https. */
  readonly tokenEndpoint: string;
  /** Who a token is of: a URL that answers an object to it, or a function that asks several. */
  readonly userInfo: string | UserInfo;
  /** The claim that is the provider's own name for a user: one that never changes and is never given to another. @default 'sub' */
  readonly uid?: string | undefined;
  /** What is asked for, with a space between. @default none */
  readonly scope?: string | undefined;
  /** As the provider spells itself in the parameter `iss` (RFC 9207): one that comes has to be equal. @default not looked at */
  readonly issuer?: string | undefined;
  /** The provider promises `iss`: it has to come. @default false */
  readonly requireIssuer?: boolean | undefined;
  /** Whose identities its users are, for good. Another one makes everybody unknown. @default the issuer, or the name */
  readonly namespace?: string | undefined;
}

/** Options of {@link oauth2}, without the field. */
export interface OAuth2Settings<U> extends CommonSettings<U>, OAuth2Endpoints {
  /** In routes and activities. kebab-case. @default 'oauth2' */
  readonly name?: string | undefined;
}

/** Options of {@link oauth2}. */
export type OAuth2Options<U> = CommonOptions<U> & OAuth2Settings<U>;

/** What `oauth2()` was told of the provider, made whole. */
export interface ResolvedEndpoints {
  readonly authorizationEndpoint: string;
  readonly tokenEndpoint: string;
  readonly userInfo: string | UserInfo;
  readonly uid: string;
  readonly scope: string | undefined;
  readonly issuer: string | undefined;
  readonly requireIssuer: boolean;
  readonly namespace: string;
}

export interface ResolvedOAuth2Options {
  readonly common: ResolvedCommonOptions;
  readonly endpoints: ResolvedEndpoints;
}

type Unresolved<U> = OAuth2Settings<U> & { readonly identityField?: string | undefined };

/** @throws {RangeError} when a value is out of range. */
export function resolveOAuth2Options<U>({
  name = 'oauth2',
  authorizationEndpoint,
  tokenEndpoint,
  userInfo,
  uid = 'sub',
  scope,
  issuer,
  requireIssuer = false,
  namespace = issuer ?? name,
  ...settings
}: Unresolved<U>): ResolvedOAuth2Options {
  const common = resolveCommonOptions<U>({ ...settings, name });
  const { allowHttpOnLoopback } = common.calls;
  const urls = { authorizationEndpoint, tokenEndpoint, ...(typeof userInfo === 'string' && { userInfo }) };
  for (const [option, url] of Object.entries(urls)) {
    const isUsable = URL.canParse(url) && isBare(new URL(url)) && isConfidential(new URL(url), allowHttpOnLoopback);
    demand(isUsable, `${option} must be an https URL, or http on loopback with calls: { allowHttpOnLoopback: true }`);
  }
  demand(uid !== '', 'uid must name a claim');
  const odd = (scope ?? '').split(' ').find((word) => scope !== undefined && !isScope(word));
  demand(odd === undefined, `scope must be words of RFC 6749 §3.3 with a space between, got ${scope}`);
  demand(!requireIssuer || issuer !== undefined, 'requireIssuer needs an issuer to compare with');
  demand(namespace !== '', 'namespace must not be empty');
  const endpoints = { authorizationEndpoint, tokenEndpoint, userInfo, uid, scope, issuer, requireIssuer, namespace };
  return Object.freeze({ common, endpoints });
}

function isBare({ username, password, hash }: URL): boolean {
  return username === '' && password === '' && hash === '';
}

function demand(holds: boolean, message: string): void {
  if (!holds) throw new RangeError(`oauth2: ${message}`);
}
