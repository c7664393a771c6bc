import type { IdentityFieldOption, Strategy } from '../../strategy/index.js';
import { resolveDynamicOidcOptions, type DynamicOidcSettings } from './dynamic-oidc.options.js';
import { strategyOf, type DynamicOidcStrategy } from './dynamic-oidc.strategy.js';

export type { Connection } from './connection.js';
export type { DynamicOidcSettings } from './dynamic-oidc.options.js';
export type { AdminPhase, DynamicOidcStrategy } from './dynamic-oidc.strategy.js';

/** Options of {@link dynamicOidc}. */
export type DynamicOidcOptions<U> = DynamicOidcSettings<U> & IdentityFieldOption<U>;

/**
 * Sign in at the OpenID provider of one's own organisation: each is a row, made by `AuthService.perform(['sso', 'create-connection'], …)`.
 *
 * @throws {RangeError} when a value is out of range.
 * @example
 * defineResource<User>({
 *   subjectName: 'user',
 *   table: 'users',
 *   strategies: [password({ identityField: 'email' }), dynamicOidc({ registration: 'open' })],
 * });
 */
export function dynamicOidc<U, const N extends string = 'sso', const M extends 'reject' | 'confirm' = 'reject'>(
  options: Omit<DynamicOidcSettings<U>, 'name' | 'onEmailMatch'> &
    IdentityFieldOption<U> & { readonly name?: N | undefined; readonly onEmailMatch?: M | undefined },
): DynamicOidcStrategy<U, N, M>;
export function dynamicOidc<U>(options: DynamicOidcOptions<U>): Strategy<U>;
export function dynamicOidc<U>(options: DynamicOidcOptions<U>): Strategy<U> {
  return strategyOf<U>(resolveDynamicOidcOptions<U>(options));
}
