/** Lengths of time in seconds, the unit of `exp`, cookie `Max-Age` and `Retry-After`. */
export const MINUTE = 60;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** Where the time comes from. Everything in this library asks it, so a test can move it. */
export interface Clock {
  /** The present, UTC. */
  now(): Date;
  /**
   * Calls `work` after each interval, until what it returned is called. A test's clock does so when it is moved.
   * @default a timer of the process, which does not keep it alive
   */
  every?(intervalSeconds: number, work: () => void): () => void;
}

export const systemClock: Clock = { now: () => new Date(Date.now()) };

/** {@link Clock.every}, or its default. */
export function every(clock: Clock, intervalSeconds: number, work: () => void): () => void {
  if (clock.every !== undefined) return clock.every(intervalSeconds, work);
  const timer = setInterval(work, intervalSeconds * 1000).unref();
  return () => clearInterval(timer);
}

/** `at` moved by `seconds`, which may be negative or fractional. */
export function addSeconds(at: Date, seconds: number): Date {
  return new Date(at.getTime() + seconds * 1000);
}
