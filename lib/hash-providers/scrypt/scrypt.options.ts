import type { ScryptCost } from './scrypt.derive.js';

/** Options of {@link scrypt}. One hash takes 128 × 2^`logCost` × `blockSize` bytes while it runs: 128 MiB by default. */
export interface ScryptOptions {
  /** Binary logarithm of N, from 13 to 18. @default 17 */
  readonly logCost?: number | undefined;
  /** r. From 8 to 32. @default 8 */
  readonly blockSize?: number | undefined;
  /**
   * p: how often the work is done, one after the other. The least depends on `logCost`: 1, 2, 3, 5 and 10 from 17 down to 13.
   * @default 1
   */
  readonly parallelism?: number | undefined;
}

/** The pairs that the OWASP Password Storage Cheat Sheet names, at r = 8: p by log2 of N. */
const LEAST_PARALLELISM: ReadonlyMap<number, number> = new Map([
  [13, 10],
  [14, 5],
  [15, 3],
  [16, 2],
  [17, 1],
  [18, 1],
]);

/** What one hash may take: 256 MiB. */
const MOST_MEMORY_BYTES = 256 * 1024 * 1024;
/** Four times the work of the default. */
const MOST_WORK = 2 ** 22;

/**
 * Whether there is such a scrypt, and this process can afford it: the bound of the options, and of what a stored hash may ask for.
 *
 * @see RFC 7914 §2
 */
export function isAffordable({ logCost, blockSize, parallelism }: ScryptCost): boolean {
  if (logCost < 1 || blockSize < 1 || parallelism < 1) return false;
  if (logCost >= 16 * blockSize) return false; // N has to be below 2^(128 r / 8)
  const steps = 2 ** logCost * blockSize;
  return steps * 128 <= MOST_MEMORY_BYTES && steps * parallelism <= MOST_WORK;
}

/** @throws {RangeError} for parameters below the least that the OWASP Password Storage Cheat Sheet allows, or beyond 256 MiB. */
export function resolveScryptOptions({ logCost = 17, blockSize = 8, parallelism = 1 }: ScryptOptions = {}): ScryptCost {
  const least = LEAST_PARALLELISM.get(logCost);
  demand(least !== undefined, `logCost must be a whole number from 13 to 18, got ${logCost}`);
  demand(
    Number.isInteger(blockSize) && blockSize >= 8,
    `blockSize must be a whole number of at least 8, got ${blockSize}`,
  );
  const isEnough = Number.isInteger(parallelism) && least !== undefined && parallelism >= least;
  demand(isEnough, `parallelism must be a whole number of at least ${least} at logCost ${logCost}, got ${parallelism}`);
  const cost = Object.freeze({ logCost, blockSize, parallelism });
  demand(isAffordable(cost), 'takes more than 256 MiB, or more than four times the work of the default');
  return cost;
}

function demand(holds: boolean, message: string): void {
  if (!holds) throw new RangeError(`scrypt: ${message}`);
}
