import type { Performs, RoomActivity, Strategy } from '../../strategy/index.js';
import { resolveApiKeyOptions, type ApiKeyOptions } from './api-key.options.js';
import { ApiKeyStrategy } from './api-key.strategy.js';

export type { ApiKeyOptions } from './api-key.options.js';

/** The strategy, with the activities that these options make. */
export type TypedApiKey<U, N extends string> = Strategy<U> &
  Performs<RoomActivity<N, 'issue' | 'list' | 'rename' | 'revoke'>>;

/**
 * Keys with which programs call guarded routes: `UserGuard.accepting('api-key')`.
 *
 * @throws {RangeError} when a value is out of range.
 * @example
 * defineResource<User>({
 *   subjectName: 'user',
 *   table: 'users',
 *   strategies: [password({ identityField: 'email' }), apiKey({ prefix: 'acme', scopes: ['read', 'write'] })],
 * });
 */
export function apiKey<U, const N extends string = 'api-key'>(
  options: Omit<ApiKeyOptions, 'name'> & { readonly name?: N | undefined },
): TypedApiKey<U, N>;
export function apiKey<U>(options: ApiKeyOptions): Strategy<U>;
export function apiKey<U>(options: ApiKeyOptions): Strategy<U> {
  return new ApiKeyStrategy<U>(resolveApiKeyOptions(options));
}
