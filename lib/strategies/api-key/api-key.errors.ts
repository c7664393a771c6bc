import { AuthenticationFailed } from '../../errors/index.js';

/** Why a key was not accepted. For logs and events: the answer is the same for all. */
export type ApiKeyFailure =
  'repeated_header' | 'malformed_key' | 'unknown_key' | 'wrong_key' | 'expired_key' | 'unknown_user' | 'ended_key';

export function fail(reason: ApiKeyFailure): never {
  throw new AuthenticationFailed(reason);
}
