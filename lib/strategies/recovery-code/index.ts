import type { Performs, RoomActivity, Strategy } from '../../strategy/index.js';
import { resolveRecoveryCodeOptions, type RecoveryCodeOptions } from './recovery-code.options.js';
import { RecoveryCodeStrategy } from './recovery-code.strategy.js';

export type { RecoveryCodeNotices, RecoveryCodeOptions } from './recovery-code.options.js';

/** The strategy, with the activities that these options make. */
export type TypedRecoveryCode<U, N extends string> = Strategy<U> &
  Performs<RoomActivity<N, 'generate' | 'status' | 'sign-in' | 'verify'>>;

/**
 * Codes that are kept on paper and each work once, in the place of another second factor.
 *
 * @throws {RangeError} when a value is out of range.
 * @example
 * defineResource<User>({
 *   subjectName: 'user',
 *   table: 'users',
 *   strategies: [password({ identityField: 'email' }), totp({ issuer: 'Acme' }), recoveryCode()],
 * });
 */
export function recoveryCode<U, const N extends string = 'recovery-code'>(
  options?: Omit<RecoveryCodeOptions<U>, 'name'> & { readonly name?: N | undefined },
): TypedRecoveryCode<U, N>;
export function recoveryCode<U>(options?: RecoveryCodeOptions<U>): Strategy<U>;
export function recoveryCode<U>(options: RecoveryCodeOptions<U> = {}): Strategy<U> {
  return new RecoveryCodeStrategy<U>(resolveRecoveryCodeOptions(options));
}
