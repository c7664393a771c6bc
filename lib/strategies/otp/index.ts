import type { IdentityFieldOption, Performs, RoomActivity, Strategy } from '../../strategy/index.js';
import { resolveOtpOptions, type OtpSettings } from './otp.options.js';
import { strategyOf } from './otp.strategy.js';

export type { OtpCharacters, OtpGenerator } from './otp.codes.js';
export type { OtpOptions, OtpSettings } from './otp.options.js';

/** The strategy, with the activities that these options make. */
export type TypedOtp<U, N extends string, P> = Strategy<U> &
  Performs<RoomActivity<N, 'request' | 'sign-in' | (P extends undefined ? 'page' : never)>>;

/**
 * Sign in by a code that is mailed, or sent by whatever the sender sends.
 *
 * @throws {RangeError} when a value is out of range, or codes would be too few.
 * @example
 * defineResource<User>({
 *   subjectName: 'user',
 *   table: 'users',
 *   strategies: [otp({ sender: CodeMailer, characters: 'digits' })],
 * });
 */
export function otp<U, const N extends string = 'otp', const P extends string | undefined = undefined>(
  options: Omit<OtpSettings, 'name' | 'page'> &
    IdentityFieldOption<U> & { readonly name?: N | undefined; readonly page?: P },
): TypedOtp<U, N, P>;
export function otp<U>(options: OtpSettings & IdentityFieldOption<U>): Strategy<U>;
export function otp<U>(options: OtpSettings & IdentityFieldOption<U>): Strategy<U> {
  return strategyOf<U>(resolveOtpOptions(options));
}
