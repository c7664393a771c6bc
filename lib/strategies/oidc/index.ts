import type { IdentityFieldOption, Strategy } from '../../strategy/index.js';
import type { TypedCodeOptions } from '../oauth2/index.js';
import { resolveOidcOptions, type OidcSettings } from './oidc.options.js';
import { strategyOf, type OidcStrategy } from './oidc.strategy.js';

export type { OidcSettings, Quirks, SigningAlgorithm } from './oidc.options.js';
export type { OidcPhase, OidcStrategy } from './oidc.strategy.js';
export { openIdPreset } from './preset.js';
export type { Preset, PresetOptions } from './preset.js';
// For `dynamic-oidc`: a room whose providers come and go while the app runs.
export { resolveOidcOptions } from './oidc.options.js';
export type { ResolvedOidcOptions } from './oidc.options.js';
export { backChannelLogoutPhase } from './oidc.phases.js';
export { oidcRoom } from './oidc.strategy.js';
export type { OidcRoom } from './oidc.strategy.js';
export {
  checkedAnswer,
  CLIENT_AUTHENTICATIONS,
  comeBack,
  departureOf,
  FieldKinds,
  Identities,
  isConfidential,
  ProviderFailed,
  waitingFor,
} from '../oauth2/index.js';
export type { CallSettings, ClientAuthentication, Identity } from '../oauth2/index.js';

/** Options of {@link oidc}. */
export type OidcOptions<U> = OidcSettings<U> & IdentityFieldOption<U>;

/**
 * Sign in at any provider of OpenID Connect.
 *
 * @throws {RangeError} when a value is out of range.
 * @example
 * oidc<User>({ issuer: 'https://accounts.example', clientId: 'my-app', clientSecret: secret, registration: 'open' })
 */
export function oidc<
  U,
  const N extends string = 'oidc',
  const M extends 'reject' | 'confirm' = 'reject',
  const K extends boolean = false,
>(options: TypedCodeOptions<U, OidcSettings<U>, N, M, K>): OidcStrategy<U, N, M, K>;
export function oidc<U>(options: OidcOptions<U>): Strategy<U>;
export function oidc<U>(options: OidcOptions<U>): Strategy<U> {
  return strategyOf<U>(resolveOidcOptions<U>(options), {});
}
