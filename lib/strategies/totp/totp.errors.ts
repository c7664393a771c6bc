import { AuthenticationFailed } from '../../errors/index.js';

/** Why a code was not accepted. For logs: the answer is the same for all. */
export type TotpFailure =
  'unknown_user' | 'not_enrolled' | 'no_setup' | 'setup_replaced' | 'unreadable_seed' | 'wrong_code' | 'used_code';

export function fail(reason: TotpFailure): never {
  throw new AuthenticationFailed(reason);
}
