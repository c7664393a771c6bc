/** Options of `HashQueue`. */
export interface HashQueueOptions {
  /** Hashes computed at once. Each holds a thread of libuv's pool (4 by default) and its own memory. @default 2 */
  readonly parallel?: number | undefined;
  /** Requests that may wait, of all sources together. @default 128 */
  readonly maxWaiting?: number | undefined;
  /** How long one may wait, in seconds. @default 2 */
  readonly maxWaitSeconds?: number | undefined;
}

/** @throws {RangeError} when a value is out of range. */
export function resolveHashQueueOptions({
  parallel = 2,
  maxWaiting = 128,
  maxWaitSeconds = 2,
}: HashQueueOptions = {}): {
  readonly parallel: number;
  readonly maxWaiting: number;
  readonly maxWaitSeconds: number;
} {
  if (!Number.isInteger(parallel) || parallel < 1) {
    throw new RangeError(`HashQueue: parallel must be a whole number of at least 1, got ${parallel}`);
  }
  if (!Number.isInteger(maxWaiting) || maxWaiting < 0) {
    throw new RangeError(`HashQueue: maxWaiting must be a whole number of at least 0, got ${maxWaiting}`);
  }
  if (!(maxWaitSeconds > 0 && maxWaitSeconds <= 60)) {
    throw new RangeError(`HashQueue: maxWaitSeconds must be within 0 and 60, got ${maxWaitSeconds}`);
  }
  return Object.freeze({ parallel, maxWaiting, maxWaitSeconds });
}
