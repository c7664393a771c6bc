import type { SenderRef } from '../../senders/index.js';
import { DAY } from '../../time/index.js';

/** NIST SP 800-63B-4 §2.1.3: whoever comes back shows a credential every 30 days at least. */
const MAX_LIFETIME_SECONDS = 30 * DAY;

/** Options of {@link rememberMe}. */
export interface RememberMeOptions<U> {
  /** From the sign-in that asked for it to the end, however often the browser comes back; 30 days at most. @default 2592000 (30 days) */
  readonly lifetimeSeconds?: number | undefined;
  /**
   * Tells the owner where a copy of the cookie was used: gets a message with the purpose `remember-me-theft`. @default nobody; add-ons
   * that watch hear of it all the same
   */
  readonly sender?: SenderRef<'remember-me-theft'> | undefined;
  /** The public field of the user that holds the address of that message. @default 'email' */
  readonly addressField?: Extract<keyof U, string> | undefined;
}

export interface ResolvedRememberMeOptions {
  readonly lifetimeSeconds: number;
  readonly sender: SenderRef<'remember-me-theft'> | undefined;
  readonly addressField: string;
}

/** @throws {RangeError} */
export function resolveRememberMeOptions<U>({
  lifetimeSeconds = MAX_LIFETIME_SECONDS,
  sender,
  addressField,
}: RememberMeOptions<U>): ResolvedRememberMeOptions {
  if (!Number.isInteger(lifetimeSeconds) || lifetimeSeconds < 1 || lifetimeSeconds > MAX_LIFETIME_SECONDS) {
    throw new RangeError(
      `Expected lifetimeSeconds to be a whole number from 1 to ${MAX_LIFETIME_SECONDS} (30 days), got ${lifetimeSeconds}`,
    );
  }
  return { lifetimeSeconds, sender, addressField: addressField ?? 'email' };
}
