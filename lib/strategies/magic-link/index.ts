import type { IdentityFieldOption, Performs, RoomActivity, Strategy } from '../../strategy/index.js';
import { resolveMagicLinkOptions, type MagicLinkSettings } from './magic-link.options.js';
import { strategyOf } from './magic-link.strategy.js';

export type { MagicLinkOptions, MagicLinkSettings } from './magic-link.options.js';

/** The strategy, with the activities that these options make. */
export type TypedMagicLink<U, N extends string, P> = Strategy<U> &
  Performs<RoomActivity<N, 'request' | 'sign-in' | (P extends undefined ? 'page' : never)>>;

/**
 * Sign in by a link that is mailed.
 *
 * @throws {RangeError} when a value is out of range.
 * @example
 * defineResource<User>({
 *   subjectName: 'user',
 *   table: 'users',
 *   strategies: [magicLink({ sender: LinkMailer, registration: 'open' })],
 * });
 */
export function magicLink<U, const N extends string = 'magic-link', const P extends string | undefined = undefined>(
  options: Omit<MagicLinkSettings, 'name' | 'page'> &
    IdentityFieldOption<U> & { readonly name?: N | undefined; readonly page?: P },
): TypedMagicLink<U, N, P>;
export function magicLink<U>(options: MagicLinkSettings & IdentityFieldOption<U>): Strategy<U>;
export function magicLink<U>(options: MagicLinkSettings & IdentityFieldOption<U>): Strategy<U> {
  return strategyOf<U>(resolveMagicLinkOptions(options));
}
