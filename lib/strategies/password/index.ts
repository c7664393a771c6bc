import type { Strategy } from '../../strategy/index.js';
import { resolvePasswordOptions, type PasswordOptions } from './password.options.js';
import { PasswordStrategy } from './password.strategy.js';

export { HashQueue } from '../../hash-providers/index.js';
export type { HashQueueOptions } from '../../hash-providers/index.js';
export { isCommonPassword } from './password.rules.js';
export type {
  BreachCheckOptions,
  PasswordOptions,
  PasswordResetOptions,
  SignInTokenOptions,
} from './password.options.js';

/**
 * Sign in with an address or a name, and a password.
 *
 * @throws {RangeError} when a value is out of range.
 * @example
 * defineResource<User>({
 *   subjectName: 'user',
 *   table: 'users',
 *   strategies: [password({ identityField: 'email', resettable: { sender: ResetMailer, page: '/reset' } })],
 * });
 */
export function password<U>(options: PasswordOptions<U>): Strategy<U> {
  return new PasswordStrategy<U>(resolvePasswordOptions(options));
}
