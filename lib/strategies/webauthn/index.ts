import type { Performs, RoomActivity, Strategy } from '../../strategy/index.js';
import {
  resolveWebauthnOptions,
  type PasskeyUse,
  type WebauthnFields,
  type WebauthnSettings,
} from './webauthn.options.js';
import { WebauthnStrategy } from './webauthn.strategy.js';

export type {
  Algorithm,
  AttestationOptions,
  AttestedAuthenticator,
  PasskeyPurpose,
  PasskeyUse,
  UserVerification,
  WebauthnFields,
  WebauthnOptions,
  WebauthnSettings,
} from './webauthn.options.js';
export type { ListedPasskey } from './webauthn.rows.js';

type Pair<P extends string> = P | `${P}-options`;

type PhaseOf<S extends PasskeyUse, G> =
  | 'registration-options'
  | 'register'
  | 'list'
  | 'rename'
  | 'remove'
  | 'script'
  | Pair<'verify' | S>
  | (G extends 'open' ? Pair<'sign-up'> : never);

/** The strategy, with the activities that these options make. */
export type TypedWebauthn<U, N extends string, S extends PasskeyUse, G> = Strategy<U> &
  Performs<RoomActivity<N, PhaseOf<S, G>>>;

/**
 * Sign in with a passkey or a security key, or show one as a second factor (WebAuthn Level 3).
 *
 * @throws {RangeError} when a value is out of range.
 * @example
 * defineResource<User>({
 *   subjectName: 'user',
 *   table: 'users',
 *   strategies: [password({ identityField: 'email' }), webauthn({ rpName: 'Acme', sender: PasskeyMailer })],
 * });
 */
export function webauthn<
  U,
  const N extends string = 'webauthn',
  const S extends PasskeyUse = PasskeyUse,
  const G extends 'open' | 'closed' = 'closed',
>(
  options: Omit<WebauthnSettings, 'name' | 'uses' | 'registration'> &
    WebauthnFields<U> & {
      readonly name?: N | undefined;
      readonly uses?: readonly S[] | undefined;
      readonly registration?: G | undefined;
    },
): TypedWebauthn<U, N, S, G>;
export function webauthn<U>(options: WebauthnSettings & WebauthnFields<U>): Strategy<U>;
export function webauthn<U>(options: WebauthnSettings): Strategy<U> {
  return new WebauthnStrategy<U>(resolveWebauthnOptions(options));
}
