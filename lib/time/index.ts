/** Lengths of time in seconds, the unit of `exp`, cookie `Max-Age` and `Retry-After`. */
export const MINUTE = 60;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** Where the time comes from. Everything in this library asks it, so a test can move it. */
export interface Clock {
  /** The present, UTC. */
  now(): Date;
}

export const systemClock: Clock = { now: () => new Date(Date.now()) };

/** `at` moved by `seconds`, which may be negative or fractional. */
export function addSeconds(at: Date, seconds: number): Date {
  return new Date(at.getTime() + seconds * 1000);
}
