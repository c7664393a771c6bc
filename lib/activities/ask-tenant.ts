import type { Operation } from '../sessions/index.js';
import { systemClock, within } from '../time/index.js';
import { runPart, type Log } from './report.js';

/** How the app is asked for the tenant of a request. */
export interface TenantAsking {
  readonly resolve: (operation: Operation) => unknown;
  readonly timeoutMs: number;
  readonly log: Log;
}

/**
 * Asks the app's resolver. What it throws, an answer that is no text and none in time are outages, never "no tenant": they sign
 * nobody out. An `AuthError` of the app's own is its refusal. Calls from code are asked nothing: there is no request.
 */
export function tenantAsker({
  resolve,
  timeoutMs,
  log,
}: TenantAsking): (operation: Operation) => Promise<string | null> {
  return async (operation) => {
    if (operation.transport === 'call') return null;
    return runPart('tenants.resolve', log, async () => {
      const asked = Promise.resolve(resolve(operation));
      return textOrNull(await within(systemClock, timeoutMs / 1000, asked));
    });
  };
}

function textOrNull(answer: unknown): string | null {
  if (answer === null || answer === undefined || typeof answer === 'string') return answer ?? null;
  throw new TypeError('tenants.resolve: expected a text, or null');
}
