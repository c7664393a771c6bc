import type { Strategy } from '../../strategy/index.js';
import { authorizationCode } from './authorization-code.js';
import { resolveOAuth2Options, type OAuth2Options, type OAuth2Settings } from './oauth2.options.js';
import { oauth2Provider } from './oauth2.provider.js';
import type { TypedCode, TypedCodeOptions } from './typed-code.js';

export { authorizationCode } from './authorization-code.js';
export { CLIENT_AUTHENTICATIONS, clientAuthenticationOf } from './client-authentication.js';
export type { ClientAuthentication, ClientKey, ClientSettings } from './client-authentication.js';
export { keyProblems } from './common.check.js';
export { resolveCommonOptions } from './common.options.js';
export type {
  CommonOptions,
  CommonSettings,
  IdentityMessage,
  ProfileMap,
  ResolvedCommonOptions,
} from './common.options.js';
export { FieldKinds } from './field-kinds.js';
export { Identities } from './identities.js';
export type { Identity } from './identities.js';
export { waitingFor } from './link-mails.js';
export { loadOAuth } from './oauth.library.js';
export type { OAuth } from './oauth.library.js';
export { checkedAnswer, ProviderFailed } from './oauth2.errors.js';
export type { OAuth2Endpoints, OAuth2Options, OAuth2Settings } from './oauth2.options.js';
export type { Exchange, Identified, Intent, Provider, ProviderServer } from './provider.js';
export { oauth2Preset } from './preset.js';
export { isConfidential, ProviderCalls } from './provider-calls.js';
export type { CallSettings, ResolvedCallSettings } from './provider-calls.js';
export { comeBack, departureOf } from './redirect-flow.js';
export type { CodePhase, TypedCode, TypedCodeOptions } from './typed-code.js';
export type { ProviderApi, UserInfo } from './user-info.js';

/**
 * Sign in at an OAuth 2.0 provider that has no OpenID Connect, and says who a token is of by an API.
 *
 * @throws {RangeError} when a value is out of range.
 * @example
 * defineResource<User>({
 *   subjectName: 'user',
 *   table: 'users',
 *   strategies: [
 *     oauth2({
 *       name: 'acme',
 *       clientId: 'my-app',
 *       clientSecret: () => vault.read('acme'),
 *       authorizationEndpoint: 'https://acme.example/oauth/authorize',
 *       tokenEndpoint: 'https://acme.example/oauth/token',
 *       userInfo: 'https://acme.example/api/me',
 *       uid: 'id',
 *       scope: 'profile email',
 *       registration: 'open',
 *     }),
 *   ],
 * });
 */
export function oauth2<
  U,
  const N extends string = 'oauth2',
  const M extends 'reject' | 'confirm' = 'reject',
  const K extends boolean = false,
>(options: TypedCodeOptions<U, OAuth2Settings<U>, N, M, K>): TypedCode<U, N, M, K>;
export function oauth2<U>(options: OAuth2Options<U>): Strategy<U>;
export function oauth2<U>(options: OAuth2Options<U>): Strategy<U> {
  const resolved = resolveOAuth2Options<U>(options);
  return authorizationCode<U>(resolved.common, oauth2Provider<U>(resolved));
}
