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

/** Calls `work` once, after so many seconds, unless what it returned is called before. */
export function after(clock: Clock, seconds: number, work: () => void): () => void {
  const stop = every(clock, seconds, () => {
    stop();
    work();
  });
  return stop;
}

/** What `work` comes to. @throws {Error} where it takes longer; whatever it comes to then, nobody looks at. */
export async function within<T>(clock: Clock, seconds: number, work: Promise<T>): Promise<T> {
  let stop = (): void => undefined;
  const late = new Promise<never>((_resolve, reject) => {
    stop = after(clock, seconds, () => reject(new Error(`no end within ${seconds} s`)));
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    stop();
  }
}

/** `at` moved by `seconds`, which may be negative or fractional. */
export function addSeconds(at: Date, seconds: number): Date {
  return new Date(at.getTime() + seconds * 1000);
}
