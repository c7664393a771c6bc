import type { Performs, RoomActivity, Strategy } from '../../strategy/index.js';
import {
  resolvePasswordOptions,
  type PasswordOptions,
  type PasswordResetOptions,
  type SignInTokenOptions,
} from './password.options.js';
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

type Registration = NonNullable<PasswordOptions<unknown>['registration']>;

type PhaseOf<G, R, T, M> =
  | 'sign-in'
  | 'verify'
  | 'change'
  | (G extends 'closed' ? never : 'register')
  | (R extends undefined ? never : 'reset-request' | 'reset')
  | (T extends undefined ? never : 'issue-sign-in-token' | 'sign-in-with-token')
  | (M extends false ? never : 'replace');

/** The strategy, with the activities that these options make. */
export type TypedPassword<U, N extends string, G, R, T, M> = Strategy<U> &
  Performs<RoomActivity<N, PhaseOf<G, R, T, M>>>;

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
export function password<
  U,
  const N extends string = 'password',
  const G extends Registration = 'immediate',
  const R extends PasswordResetOptions<U> | undefined = undefined,
  const T extends SignInTokenOptions | undefined = undefined,
  const M extends boolean = false,
>(
  options: Omit<PasswordOptions<U>, 'name' | 'registration' | 'resettable' | 'signInTokens' | 'mustChange'> & {
    readonly name?: N | undefined;
    readonly registration?: G | undefined;
    readonly resettable?: R;
    readonly signInTokens?: T;
    readonly mustChange?: M | undefined;
  },
): TypedPassword<U, N, G, R, T, M>;
export function password<U>(options: PasswordOptions<U>): Strategy<U>;
export function password<U>(options: PasswordOptions<U>): Strategy<U> {
  return new PasswordStrategy<U>(resolvePasswordOptions(options));
}
