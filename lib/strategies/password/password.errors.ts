import { AuthenticationFailed } from '../../errors/index.js';

/** Why a password was not accepted. For logs: the answer is the same for all. */
export type PasswordFailure =
  'unknown_user' | 'no_password' | 'unreadable_hash' | 'wrong_password' | 'unconfirmed' | 'no_change_required';

export function fail(reason: PasswordFailure): never {
  throw new AuthenticationFailed(reason);
}
