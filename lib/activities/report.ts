import { AuthError, Outage, PartFailed } from '../errors/index.js';

/** Where this library writes to: Nest's logger, in an app. Lines hold no secret and nothing that was typed. */
export interface Log {
  error(line: string): void;
  warn(line: string): void;
  info(line: string): void;
  debug(line: string): void;
}

/** An error as the log may have it: its name, its code and where it came from. Messages are left out, for they quote values. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return `a thrown ${typeof error}`;
  if (error instanceof AuthError) return `${error.name} (${error.reason})`;
  const { name, message, stack = '' } = error;
  // A line of the message may look like one of the stack.
  const frames = stack
    .replaceAll(message, '')
    .split('\n')
    .filter((line) => /^ {4}at .+:\d+:\d+\)?$/.test(line));
  return [`${name}${codeOf(error)}`, ...frames].join('\n');
}

/** Such as ECONNREFUSED: what whoever runs the app looks for. */
function codeOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' && /^[A-Z][A-Z0-9_]{1,39}$/.test(error.code)
    ? ` ${error.code}`
    : '';
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
    throw failureOf(part, log, error);
  }
}

/**
 * As {@link runPart}, without a promise where the part answers with none: for what each guarded request asks.
 *
 * @throws {PartFailed}
 */
export function askPart<T>(part: string, log: Log, work: () => T | Promise<T>): T | Promise<T> {
  try {
    const answer = work();
    return isThenable(answer) ? runPart(part, log, () => answer) : answer;
  } catch (error) {
    throw failureOf(part, log, error);
  }
}

function failureOf(part: string, log: Log, error: unknown): unknown {
  return error instanceof AuthError || error instanceof Outage ? error : partFailed(part, log, error);
}

/** Reports what a part threw. */
export function partFailed(part: string, log: Log, error: unknown): PartFailed {
  log.error(`${part} failed: ${describeError(error)}`);
  return new PartFailed(part);
}

function isThenable<T>(answer: T | Promise<T>): answer is Promise<T> {
  return typeof answer === 'object' && answer !== null && 'then' in answer && typeof answer.then === 'function';
}
