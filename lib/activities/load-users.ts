import type { Accepts, Operation } from '../sessions/index.js';
import type { AuthCore } from './auth-core.js';

/**
 * Fills an operation with whoever is signed in, to any resource. Refuses nobody; what a guard says later counts instead. Whom
 * somebody else has loaded by then stays.
 *
 * @throws {Outage}
 */
export async function loadUsers(core: AuthCore, operation: Operation, accepts: readonly Accepts[]): Promise<void> {
  for (const [subjectName, { sessions }] of core.resources) {
    const { signIn } = await sessions.load(operation, accepts);
    if (signIn !== null && !operation.users.has(subjectName)) operation.preload(subjectName, signIn);
  }
}
