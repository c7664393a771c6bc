/** Public, so that tests can replace what they name with `overrideProvider`. */

/** A `Clock`. @default the system's */
export const AUTH_CLOCK = Symbol('nest-auth-plug clock');

/** The open `DataLayer` of the app. */
export const DATA_LAYER = Symbol('nest-auth-plug data layer');

/** The app's secrets, as an array of `Secret`, newest first. */
export const AUTH_SECRETS = Symbol('nest-auth-plug secrets');

/** A `Log`. @default Nest's logger */
export const AUTH_LOG = Symbol('nest-auth-plug log');
