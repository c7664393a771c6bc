import type { IdentityFieldOption, Performs, RoomActivity, Strategy } from '../../strategy/index.js';
import { resolveTotpOptions, type TotpNotices, type TotpOptions, type TotpSettings } from './totp.options.js';
import { TotpStrategy } from './totp.strategy.js';

export type { TotpNotices, TotpOptions, TotpSettings } from './totp.options.js';

type Phases = 'page' | 'status' | 'setup' | 'confirm-setup' | 'sign-in' | 'verify' | 'disable';

/** The strategy, with the activities that these options make. */
export type TypedTotp<U, N extends string, A> = Strategy<U> &
  Performs<RoomActivity<N, Phases | (A extends true ? 'sign-in-alone' : never)>>;

/**
 * A second factor: codes of an authenticator app (RFC 6238).
 *
 * @throws {RangeError} when a value is out of range.
 * @example
 * defineResource<User>({
 *   subjectName: 'user',
 *   table: 'users',
 *   strategies: [password({ identityField: 'email' }), totp({ issuer: 'Acme', notices: { sender: FactorMailer } })],
 * });
 */
export function totp<U, const N extends string = 'totp', const A extends boolean = false>(
  options: Omit<TotpSettings, 'name' | 'signInByCodeAlone'> &
    IdentityFieldOption<U> & {
      readonly notices?: TotpNotices<U> | undefined;
      readonly name?: N | undefined;
      readonly signInByCodeAlone?: A | undefined;
    },
): TypedTotp<U, N, A>;
export function totp<U>(options: TotpOptions<U>): Strategy<U>;
export function totp<U>(options: TotpOptions<U>): Strategy<U> {
  return new TotpStrategy<U>(resolveTotpOptions(options));
}
