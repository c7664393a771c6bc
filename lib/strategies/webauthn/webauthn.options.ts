import type { SenderRef } from '../../senders/index.js';
import type { Routes } from '../../strategy/index.js';
import { MINUTE } from '../../time/index.js';

/** Signature algorithms by their names in COSE (RFC 9053 §2), with the numbers that go over the wire. */
export const ALGORITHMS = { ES256: -7, EdDSA: -8, RS256: -257 } as const;
export type Algorithm = keyof typeof ALGORITHMS;

/** What a passkey can be asked for. Stepping up is always possible. */
export type PasskeyUse = 'sign-in' | 'second-factor';

/** Whether the authenticator has to know its owner, by a PIN, a finger or a face (WebAuthn §5.8.6). */
export type UserVerification = 'required' | 'preferred' | 'discouraged';

/** An authenticator that a certificate speaks for. */
export interface AttestedAuthenticator {
  /** Its model, as in the FIDO Metadata Service; zeros where it does not say. */
  readonly aaguid: string;
  /** `packed`, `tpm`, `apple`, …: the form of the statement (WebAuthn §8). */
  readonly format: string;
}

/** Which authenticators are let in, where that matters: a company's own keys, say. */
export interface AttestationOptions {
  /** Certificates as PEM. A statement whose chain does not end in one of these is refused, and so is one without a chain. */
  readonly trustAnchors: readonly string[];
  /** Asked last. @default every model that a trust anchor speaks for */
  readonly accepts?: ((authenticator: AttestedAuthenticator) => boolean | Promise<boolean>) | undefined;
}

/** Its messages. */
export type PasskeyPurpose = 'passkey-added' | 'passkey-removed';

/** Options of {@link webauthn}, without the field. */
export interface WebauthnSettings {
  /** In routes and activities. kebab-case. @default 'webauthn' */
  readonly name?: string | undefined;
  /** What people read in the dialog of their browser. @default the RP ID */
  readonly rpName?: string | undefined;
  /** The domain that passkeys belong to: a host without scheme, port and path. @default the host of `publicUrl`, or of the tenant's */
  readonly rpId?: string | undefined;
  /** The origins that ceremonies may come from, as browsers write them. @default that of `publicUrl`, or of the tenant's */
  readonly origins?: readonly string[] | undefined;
  /** What the identity is, where accounts are made: its canonical spelling depends on it. @default 'email' for a field named `email`, else 'username' */
  readonly identity?: 'email' | 'username' | undefined;
  /** `open`: whoever has no account makes one with a passkey. @default 'closed' */
  readonly registration?: 'open' | 'closed' | undefined;
  /** What passkeys are for. @default ['sign-in', 'second-factor'] */
  readonly uses?: readonly PasskeyUse[] | undefined;
  /** Kept with each challenge and enforced with it. A passkey counts as two factors only where it was done. @default 'required' */
  readonly userVerification?: UserVerification | undefined;
  /** Which keys new passkeys may have, the best first. @default ['ES256', 'EdDSA', 'RS256'] */
  readonly algorithms?: readonly Algorithm[] | undefined;
  /** How long a challenge works, in whole seconds. At most 300. @default 300 */
  readonly challengeLifetimeSeconds?: number | undefined;
  /**
   * `browser`: a challenge works in the browser that asked for it, by a cookie. `holder`: also for whoever sends back the `ceremony` that
   * its options came with, for clients without cookies. @default 'browser'
   */
  readonly challengeBoundTo?: 'browser' | 'holder' | undefined;
  /** Passkeys of one subject. At most 100. @default 20 */
  readonly maxPerSubject?: number | undefined;
  /**
   * A counter that did not grow tells of a copied key. `refuse` lets nobody in by it; `flag` does, and tells add-ons.
   * @default 'refuse'
   */
  readonly onCounterRegression?: 'refuse' | 'flag' | undefined;
  /** @default no statement is asked for, and what comes is not looked at */
  readonly attestation?: AttestationOptions | undefined;
  /** Tells the owner of each passkey that is added or removed. @default nobody is told */
  readonly sender?: SenderRef<PasskeyPurpose> | undefined;
  /** By phase. @default {} */
  readonly routes?: Routes | undefined;
}

type FieldOf<U> = Extract<keyof U, string>;

/** Options of {@link webauthn}. */
export type WebauthnOptions<U> = WebauthnSettings & WebauthnFields<U>;

/** Fields of the user that the room speaks of. */
export type WebauthnFields<U> = ('email' extends keyof U
  ? { readonly identityField?: FieldOf<U> | undefined }
  : {
      /** What somebody reads beside the passkey, and registers with where that is open. @default 'email' */
      readonly identityField: FieldOf<U>;
    }) & {
  /** Where messages go. @default the identity field */
  readonly addressField?: FieldOf<U> | undefined;
};

type Whole<T> = { readonly [K in keyof T]-?: Exclude<T[K], undefined> };
type MayBeMissing = 'rpName' | 'rpId' | 'origins' | 'attestation' | 'sender';

/** What `webauthn()` was told, made whole. Which fields a user has, the types have checked by then. */
export interface ResolvedWebauthnOptions extends Whole<Omit<WebauthnSettings, MayBeMissing>> {
  readonly rpName: string | undefined;
  readonly rpId: string | undefined;
  readonly origins: readonly string[] | undefined;
  readonly attestation: AttestationOptions | undefined;
  readonly sender: SenderRef<PasskeyPurpose> | undefined;
  readonly identityField: string;
  readonly addressField: string;
}

const MOST_PASSKEYS = 100;

/** @throws {RangeError} when a value is out of range. */
export function resolveWebauthnOptions({
  name = 'webauthn',
  rpName,
  rpId,
  origins,
  identityField = 'email',
  identity = identityField === 'email' ? 'email' : 'username',
  addressField = identityField,
  registration = 'closed',
  uses = ['sign-in', 'second-factor'],
  userVerification = 'required',
  algorithms = ['ES256', 'EdDSA', 'RS256'],
  challengeLifetimeSeconds = 5 * MINUTE,
  challengeBoundTo = 'browser',
  maxPerSubject = 20,
  onCounterRegression = 'refuse',
  attestation,
  sender,
  routes = {},
}: WebauthnSettings & { readonly identityField?: string | undefined; readonly addressField?: string | undefined }) {
  const chosen = { registration, userVerification, challengeBoundTo, onCounterRegression };
  const names = { name, identityField, identity, addressField };
  const numbers = { challengeLifetimeSeconds, maxPerSubject };
  const lists = { uses: [...uses], algorithms: [...algorithms], origins: origins && [...origins] };
  const parts = { rpName, rpId, attestation: attestation && frozen(attestation), sender, routes };
  const resolved: ResolvedWebauthnOptions = { ...names, ...chosen, ...numbers, ...lists, ...parts };
  checkValues(resolved);
  return Object.freeze(resolved);
}

/** What is trusted is not changed while the app runs (ASVS 6.7.1). */
function frozen({ trustAnchors, accepts }: AttestationOptions): AttestationOptions {
  return Object.freeze({ trustAnchors: Object.freeze([...trustAnchors]), accepts });
}

function checkValues(options: ResolvedWebauthnOptions): void {
  within(options.challengeLifetimeSeconds, 5 * MINUTE, 'challengeLifetimeSeconds');
  within(options.maxPerSubject, MOST_PASSKEYS, 'maxPerSubject');
  oneOf(options.registration, ['open', 'closed'], 'registration');
  oneOf(options.userVerification, ['required', 'preferred', 'discouraged'], 'userVerification');
  oneOf(options.challengeBoundTo, ['browser', 'holder'], 'challengeBoundTo');
  oneOf(options.onCounterRegression, ['refuse', 'flag'], 'onCounterRegression');
  someOf(options.uses, ['sign-in', 'second-factor'], 'uses');
  someOf(options.algorithms, Object.keys(ALGORITHMS), 'algorithms');
  checkPlace(options);
  const { registration, uses } = options;
  demand(registration === 'closed' || uses.includes('sign-in'), "registration 'open' needs 'sign-in' among uses");
}

function checkPlace({ rpId, origins, attestation }: ResolvedWebauthnOptions): void {
  const isHost = rpId === undefined || (isDomain(rpId) && rpId === rpId.toLowerCase());
  demand(isHost, `rpId must be a domain in lower case, without scheme, port and path, got ${rpId}`);
  const odd = origins?.find((origin) => !isOrigin(origin));
  demand(odd === undefined, `origins must be written as browsers do ('https://app.example'), got ${odd}`);
  demand(origins?.length !== 0, 'origins must name one, or be left out');
  demand(attestation?.trustAnchors.length !== 0, 'attestation.trustAnchors must name a certificate');
}

/** No address: browsers take none for an RP ID (WebAuthn §5.1.3). */
function isDomain(host: string): boolean {
  return /^[a-z0-9-]+(\.[a-z0-9-]+)*$/i.test(host) && !/^[\d.]+$/.test(host);
}

/** Of a page, or of an Android app by the hash of its certificate. */
function isOrigin(text: string): boolean {
  if (/^android:apk-key-hash:[\w-]{43}$/.test(text)) return true;
  return URL.canParse(text) && new URL(text).origin === text;
}

function within(value: number, most: number, name: string): void {
  demand(Number.isSafeInteger(value) && value >= 1 && value <= most, `${name} must be from 1 to ${most}, got ${value}`);
}

function oneOf(value: string, known: readonly string[], name: string): void {
  demand(known.includes(value), `${name} must be one of ${known.join(', ')}, got ${value}`);
}

function someOf(values: readonly string[], known: readonly string[], name: string): void {
  const isGood = values.length > 0 && values.every((value) => known.includes(value));
  demand(isGood && new Set(values).size === values.length, `${name} must be some of ${known.join(', ')}, each once`);
}

function demand(holds: boolean, message: string): void {
  if (!holds) throw new RangeError(`webauthn: ${message}`);
}
