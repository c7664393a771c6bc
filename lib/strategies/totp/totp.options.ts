import type { SenderRef } from '../../senders/index.js';
import type { IdentityFieldOption, Routes } from '../../strategy/index.js';
import { HOUR, MINUTE } from '../../time/index.js';

/** Options of {@link totp}, without the field. */
export interface TotpSettings {
  /** Whose codes they are, as authenticator apps show it: the name of the app or the company, without a colon. */
  readonly issuer: string;
  /** In routes and activities. kebab-case. @default 'totp' */
  readonly name?: string | undefined;
  /** What the factor is called, where people choose among theirs and in messages. @default 'Authenticator app' */
  readonly label?: string | undefined;
  /** From set-up to its first right code, in whole seconds. At most 3600. @default 600 */
  readonly setupLifetimeSeconds?: number | undefined;
  /** Whether set-up draws a QR code, by the package `uqr`. @default true */
  readonly qr?: boolean | undefined;
  /**
   * Adds `sign-in-alone`, which takes the identity and a code and no first step. A code is six digits: whoever has the telephone, or
   * guesses well, is in. @default false
   */
  readonly signInByCodeAlone?: boolean | undefined;
  /** By phase. @default {} */
  readonly routes?: Routes | undefined;
}

/** Options of `notices`. */
export interface TotpNotices<U> {
  readonly sender: SenderRef<'second-factor-changed'>;
  /** The public field that holds where to send. @default the identity field */
  readonly addressField?: Extract<keyof U, string> | undefined;
}

/** Options of {@link totp}. The identity is what an authenticator app shows beside the issuer. */
export type TotpOptions<U> = TotpSettings &
  IdentityFieldOption<U> & {
    /** Tells the owner that the factor was added, replaced or removed: messages of purpose `second-factor-changed`. @default nobody is told */
    readonly notices?: TotpNotices<U> | undefined;
  };

type Whole<T> = { readonly [K in keyof T]-?: Exclude<T[K], undefined> };

/** What `totp()` was told, made whole. Which fields a user has, the types have checked by then. */
export interface ResolvedTotpOptions extends Whole<TotpSettings> {
  readonly identityField: string;
  /** Undefined: nobody is told. */
  readonly notices: { readonly sender: SenderRef<'second-factor-changed'>; readonly addressField: string } | undefined;
}

interface Fields<U> {
  readonly identityField?: string | undefined;
  readonly notices?: TotpNotices<U> | undefined;
}

/** @throws {RangeError} when a value is out of range. */
export function resolveTotpOptions<U>({
  issuer,
  identityField = 'email',
  name = 'totp',
  label = 'Authenticator app',
  setupLifetimeSeconds = 10 * MINUTE,
  qr = true,
  notices,
  signInByCodeAlone = false,
  routes = {},
}: TotpSettings & Fields<U>): ResolvedTotpOptions {
  demand(/^[^:\p{Cc}]{1,64}$/u.test(issuer), `issuer must be 1 to 64 characters without a colon, got ${issuer}`);
  demand(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name), `name must be kebab-case, got ${name}`);
  demand(label.trim() !== '', 'label must not be empty');
  const isInTime = Number.isSafeInteger(setupLifetimeSeconds) && setupLifetimeSeconds >= MINUTE;
  demand(
    isInTime && setupLifetimeSeconds <= HOUR,
    `setupLifetimeSeconds must be a whole number from 60 to 3600, got ${setupLifetimeSeconds}`,
  );
  const told = notices && resolveNotices(identityField, notices);
  const about = { issuer, identityField, name, label, setupLifetimeSeconds, qr, signInByCodeAlone, routes };
  return Object.freeze({ ...about, notices: told });
}

function resolveNotices<U>(identityField: string, { sender, addressField }: TotpNotices<U>) {
  return Object.freeze({ sender, addressField: addressField ?? identityField });
}

function demand(holds: boolean, message: string): void {
  if (!holds) throw new RangeError(`totp: ${message}`);
}
