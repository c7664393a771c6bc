/** A user who has the time beside the address. */
export type Confirmed<F extends string> = { readonly [T in `${F}ConfirmedAt`]: Date | null };

/** Whether a time is there. A user made by `toUser` may have left it out, whatever its type says: then nobody knows. */
export function isGiven(time: unknown): boolean {
  return time !== undefined && time !== null;
}

/** The public field that says since when the address in `field` is confirmed: `emailConfirmedAt` of `email`. */
export function confirmedAtOf<F extends string>(field: F): `${F}ConfirmedAt` {
  return `${field}ConfirmedAt`;
}

/**
 * Whether an address of a user is confirmed, for a resource that lets in nobody else: `maySignIn: confirmed('email')`. Compiles only for
 * users who have the time.
 */
export function confirmed<const F extends string>(field: F): (user: Confirmed<F>) => boolean {
  const time = confirmedAtOf(field);
  return (user) => isGiven(user[time]);
}
