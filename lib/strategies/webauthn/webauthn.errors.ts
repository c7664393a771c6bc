import { AuthenticationFailed } from '../../errors/index.js';

/** Why a passkey was not accepted. For logs and events: the answer is the same for all. */
export type PasskeyFailure =
  | 'wrong_type'
  | 'wrong_challenge'
  | 'wrong_origin'
  | 'cross_origin'
  | 'not_verified'
  | 'another_credential'
  | 'unknown_credential'
  | 'unknown_user'
  | 'foreign_challenge'
  | 'foreign_passkey'
  | 'wrong_user_handle'
  | 'wrong_signature'
  | 'backup_eligibility_changed'
  | 'counter_regression'
  | 'passkey_changed'
  | 'untrusted_authenticator';

export function fail(reason: PasskeyFailure): never {
  throw new AuthenticationFailed(reason);
}
