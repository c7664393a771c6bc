import type { Routes } from '../../strategy/index.js';
import { DAY } from '../../time/index.js';

/** NIST SP 800-63B-4 §2.1.3: whoever comes back shows everything every 30 days at least. */
const MAX_LIFETIME_SECONDS = 30 * DAY;

/** Options of {@link trustedDevice}. */
export interface TrustedDeviceOptions {
  /** From the second factor that was shown to the end, however often the browser comes back; 30 days at most. @default 2592000 (30 days) */
  readonly lifetimeSeconds?: number | undefined;
  /** What the routes look like: of the phases `list` and `revoke`. @default GET and POST, below the add-on's own path */
  readonly routes?: Routes | undefined;
}

export interface ResolvedTrustedDeviceOptions {
  readonly lifetimeSeconds: number;
  readonly routes: Routes;
}

/** @throws {RangeError} */
export function resolveTrustedDeviceOptions({
  lifetimeSeconds = MAX_LIFETIME_SECONDS,
  routes = {},
}: TrustedDeviceOptions): ResolvedTrustedDeviceOptions {
  if (!Number.isInteger(lifetimeSeconds) || lifetimeSeconds < 1 || lifetimeSeconds > MAX_LIFETIME_SECONDS) {
    throw new RangeError(
      `Expected lifetimeSeconds to be a whole number from 1 to ${MAX_LIFETIME_SECONDS} (30 days), got ${lifetimeSeconds}`,
    );
  }
  return { lifetimeSeconds, routes };
}
