import type { SenderRef } from '../../senders/index.js';
import type { Routes } from '../../strategy/index.js';
import { DAY } from '../../time/index.js';
import type { ConfirmationPurpose } from './confirmation.messages.js';

type FieldOf<U> = Extract<keyof U, string>;

/** The fields of a user that have a time beside them: `email`, where there is `emailConfirmedAt`. */
export type Confirmable<U> = { [F in FieldOf<U>]: `${F}ConfirmedAt` extends keyof U ? F : never }[FieldOf<U>];

/** Options of {@link confirmation}. */
export interface ConfirmationOptions<U> {
  /**
   * Public fields that hold addresses, at least one. Each gets a public time beside it, `emailConfirmedAt` for `email`, which is null
   * until the address is confirmed.
   */
  readonly monitorFields: readonly [Confirmable<U>, ...Confirmable<U>[]];
  /**
   * Sends messages of the purposes `confirmation` (with a link), `email-change-requested`, `email-changed` (both to the old address)
   * and `change-attempt` (to whoever has the address that somebody else asked for).
   */
  readonly sender: SenderRef<ConfirmationPurpose>;
  /** In routes and activities. kebab-case. @default 'confirmation' */
  readonly name?: string | undefined;
  /** How long a mailed link can be used, in seconds from sending. At most 259200 (3 days). @default 86400 */
  readonly tokenLifetimeSeconds?: number | undefined;
  /** By phase. @default {} */
  readonly routes?: Routes | undefined;
}

/** What `confirmation()` was told, made whole. Which fields a user has, the types have checked by then. */
export interface ResolvedConfirmationOptions {
  readonly monitorFields: readonly [string, ...string[]];
  readonly sender: SenderRef<ConfirmationPurpose>;
  readonly name: string;
  readonly tokenLifetimeSeconds: number;
  readonly routes: Routes;
}

/** @throws {RangeError} when a value is out of range. */
export function resolveConfirmationOptions<U>({
  monitorFields,
  sender,
  name = 'confirmation',
  tokenLifetimeSeconds = DAY,
  routes = {},
}: ConfirmationOptions<U>): ResolvedConfirmationOptions {
  demand(monitorFields.length > 0, 'monitorFields must name a field');
  demand(new Set(monitorFields).size === monitorFields.length, 'monitorFields must name each field once');
  const isWhole = Number.isSafeInteger(tokenLifetimeSeconds) && tokenLifetimeSeconds > 0;
  const isInTime = isWhole && tokenLifetimeSeconds <= 3 * DAY;
  demand(isInTime, `tokenLifetimeSeconds must be a whole number from 1 to ${3 * DAY}, got ${tokenLifetimeSeconds}`);
  return Object.freeze({ monitorFields, sender, name, tokenLifetimeSeconds, routes });
}

function demand(holds: boolean, message: string): void {
  if (!holds) throw new RangeError(`confirmation: ${message}`);
}
