import { AuthenticationFailed } from '../../errors/index.js';

/** Why somebody did not get in by a connection. For logs and events: the answer is the same for all. */
export type ConnectionFailure = 'unknown_connection' | 'connection_gone' | 'unreadable_secret';

export function fail(reason: ConnectionFailure): never {
  throw new AuthenticationFailed(reason);
}
