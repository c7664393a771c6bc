import type { Operation } from '../sessions/index.js';
import type { AuthCore } from './auth-core.js';

/** Whose core an operation belongs to: how the methods of a plug find it, whatever its constructor takes. */
export function bindCore(operation: Operation, core: AuthCore): void {
  operation.core = core;
}

/** @throws {Error} for an operation that no plug and no guard has seen */
export function coreOf({ core }: Operation): AuthCore {
  if (core === null) throw new Error('This context belongs to no app: no AuthPlug and no guard has seen its request');
  return core as AuthCore; // `bindCore` wrote it
}
