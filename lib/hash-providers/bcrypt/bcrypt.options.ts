/** Options of {@link bcrypt}. */
export interface BcryptOptions {
  /** Binary logarithm of the rounds, from 10 to 15: each step doubles the time. @default 12 */
  readonly cost?: number | undefined;
}

export type ResolvedBcryptOptions = Readonly<Record<keyof BcryptOptions, number>>;

/** As far as a stored hash is followed: some two seconds. One of 31, the most that the form can say, takes days. */
export const MOST_COST = 15;

/** @throws {RangeError} for a cost below the 10 that the OWASP Password Storage Cheat Sheet asks for, or above 15. */
export function resolveBcryptOptions({ cost = 12 }: BcryptOptions = {}): ResolvedBcryptOptions {
  if (Number.isInteger(cost) && cost >= 10 && cost <= MOST_COST) return Object.freeze({ cost });
  throw new RangeError(`bcrypt: cost must be a whole number from 10 to ${MOST_COST}, got ${cost}`);
}
