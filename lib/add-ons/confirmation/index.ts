import type { AddOn, Performs, RoomActivity } from '../../strategy/index.js';
import { makeConfirmation } from './confirmation.add-on.js';
import { resolveConfirmationOptions, type ConfirmationOptions } from './confirmation.options.js';

export type { ConfirmationPurpose } from './confirmation.messages.js';
export type { Confirmable, ConfirmationOptions } from './confirmation.options.js';
export { confirmed } from './confirmed.js';
export type { Confirmed } from './confirmed.js';

/** The add-on, with its activities. */
export type TypedConfirmation<U, N extends string> = AddOn<U> &
  Performs<RoomActivity<N, 'page' | 'confirm' | 'resend' | 'change'>>;

/**
 * Confirms that the addresses of users are theirs: by a mailed link, before a new one counts, and by whatever else shows the mailbox.
 *
 * @throws {RangeError} when a value is out of range.
 * @example
 * defineResource<User>({
 *   subjectName: 'user',
 *   table: 'users',
 *   strategies: [password({ identityField: 'email' })],
 *   addOns: [confirmation({ monitorFields: ['email'], sender: ConfirmMailer })],
 *   maySignIn: confirmed('email'),
 * });
 */
export function confirmation<U extends object, const N extends string = 'confirmation'>(
  options: Omit<ConfirmationOptions<U>, 'name'> & { readonly name?: N | undefined },
): TypedConfirmation<U, N> {
  return makeConfirmation<U>(resolveConfirmationOptions<U>(options));
}
