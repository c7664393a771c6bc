import { AuthenticationFailed } from '../../errors/index.js';

/** Why a code was not accepted. For logs: the answer is the same for all. */
export type RecoveryCodeFailure = 'unknown_user' | 'no_codes' | 'wrong_code' | 'used_code';

export function fail(reason: RecoveryCodeFailure): never {
  throw new AuthenticationFailed(reason);
}
