/** Options of {@link argon2id}. One hash takes `memoryKib` while it runs. */
export interface Argon2idOptions {
  /** Memory of one hash, in KiB. At least 19456 (19 MiB). @default 32768 */
  readonly memoryKib?: number | undefined;
  /** Passes over the memory. At least 2. @default 2 */
  readonly iterations?: number | undefined;
  /** Lanes, each computed by a thread of its own. @default 1 */
  readonly parallelism?: number | undefined;
}

export type ResolvedArgon2idOptions = Readonly<Record<keyof Argon2idOptions, number>>;

/**
 * @throws {RangeError} for parameters below the least that the OWASP Password Storage Cheat Sheet allows (19 MiB, 2 passes),
 *   or beyond what the algorithm takes (RFC 9106 §3.1).
 */
export function resolveArgon2idOptions({
  memoryKib = 32 * 1024,
  iterations = 2,
  parallelism = 1,
}: Argon2idOptions = {}): ResolvedArgon2idOptions {
  demand('memoryKib', memoryKib, 19 * 1024, 4 * 1024 * 1024);
  demand('iterations', iterations, 2, 100);
  demand('parallelism', parallelism, 1, 255);
  return Object.freeze({ memoryKib, iterations, parallelism });
}

function demand(name: string, value: number, least: number, most: number): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  throw new RangeError(`argon2id: ${name} must be a whole number from ${least} to ${most}, got ${value}`);
}
