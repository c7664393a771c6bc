import { AuthError, Outage, PartFailed } from '../errors/index.js';

/** Where this library writes to: Nest's logger, in an app. Lines hold no secret and nothing that was typed. */
export interface Log {
  error(line: string): void;
  warn(line: string): void;
  info(line: string): void;
  debug(line: string): void;
}

/** An error as the log may have it: its name and where it came from. Messages are left out, for they quote values. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return `a thrown ${typeof error}`;
  if (error instanceof AuthError) return `${error.name} (${error.reason})`;
  const frames = (error.stack ?? '').split('\n').filter((line) => line.startsWith('    at '));
  return [error.name, ...frames].join('\n');
}

/**
 * Runs a part that the app brought. Refusals and outages pass; anything else is reported and becomes an outage, so that a
 * broken part denies and its error is shown to nobody.
 *
 * @throws {PartFailed}
 */
export async function runPart<T>(part: string, log: Log, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof AuthError || error instanceof Outage) throw error;
    log.error(`${part} failed: ${describeError(error)}`);
    throw new PartFailed(part);
  }
}
