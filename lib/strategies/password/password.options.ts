import { argon2id } from '../../hash-providers/argon2/index.js';
import type { BreachCheck } from '../../breach-checks/index.js';
import { HashQueue, type HashProvider, type HashVerifier } from '../../hash-providers/index.js';
import type { SenderRef } from '../../senders/index.js';
import type { Routes } from '../../strategy/index.js';
import { MINUTE } from '../../time/index.js';
import { isCommonPassword } from './password.rules.js';

type FieldOf<U> = Extract<keyof U, string>;

/** Options of {@link password}. */
export interface PasswordOptions<U> {
  /** The field that somebody signs in with. One account per value; it is made unique. */
  readonly identityField: FieldOf<U>;
  /** What the identity is: its canonical spelling depends on it. @default 'email' for a field named `email`, else 'username' */
  readonly identity?: 'email' | 'username' | undefined;
  /** In routes and activities. kebab-case. @default 'password' */
  readonly name?: string | undefined;
  /**
   * `immediate`: whoever registers is signed in, and a taken identity is told. `confirm-first`: everybody gets one answer, and only the
   * mailbox is told what became of it; it signs nobody in, nor does a password until the address is confirmed. `closed`: there is no
   * such phase.
   * @default 'immediate'
   */
  readonly registration?: 'immediate' | 'confirm-first' | 'closed' | undefined;
  /**
   * With `confirm-first`, and then required: sends messages of purpose `registration-attempt` to the owner of an address that somebody
   * tried to register. @default none
   */
  readonly attemptSender?: SenderRef<'registration-attempt'> | undefined;
  /** More public fields that `register` takes, as optional texts. @default [] */
  readonly accept?: readonly FieldOf<U>[] | undefined;
  /** Code points of a new password, after NFC. At least 8; 15 where nothing but the password protects. @default 8 */
  readonly minLength?: number | undefined;
  /** Bytes (UTF-8) of any password, typed or new. At most 1024, at least 256. @default 1024 */
  readonly maxBytes?: number | undefined;
  /** Words of 3 or more characters that no new password may contain, such as the app's name, in any case. @default [] */
  readonly contextWords?: readonly string[] | undefined;
  /** True for a new password that must not be used. Gets it in NFC. @default isCommonPassword */
  readonly blocklist?: ((password: string) => Promise<boolean>) | undefined;
  /** Asks whether a new password is known from a breach, after `blocklist`. @default off */
  readonly breachCheck?: BreachCheckOptions | undefined;
  /**
   * Turns on `require-change` and `replace`, with the private column `passwordMustChange`: a password marked there signs nobody in until
   * it is changed. @default false
   */
  readonly mustChange?: boolean | undefined;
  /** Turns on `reset-request` and `reset`. @default off */
  readonly resettable?: PasswordResetOptions<U> | undefined;
  /** Turns on `issue-sign-in-token` and `sign-in-with-token`. @default off */
  readonly signInTokens?: SignInTokenOptions | undefined;
  /** Makes the hashes. @default argon2id() */
  readonly hashProvider?: HashProvider | undefined;
  /** Verify hashes made elsewhere; each is replaced by one of `hashProvider` when its owner signs in. @default [] */
  readonly importedHashes?: readonly HashVerifier[] | undefined;
  /** Give several resources the same one, to bound their memory together. @default a queue of this strategy's own */
  readonly hashQueue?: HashQueue | undefined;
  /** By phase. @default {} */
  readonly routes?: Routes | undefined;
}

/** Options of `breachCheck`. */
export interface BreachCheckOptions {
  /** Such as `pwnedPasswords()`. */
  readonly check: BreachCheck;
  /**
   * Where it failed or did not answer in time: `allow` takes the password, and an event `<strategy>.breach-check` says so; `refuse` is
   * a 503, and nothing has changed. There is no default, for each fits some apps.
   */
  readonly onFailure: 'allow' | 'refuse';
  /** How long the answer is waited for, in seconds. At most 10. @default 2 */
  readonly timeoutSeconds?: number | undefined;
}

/** Options of `resettable`. */
export interface PasswordResetOptions<U> {
  /** Sends messages of purpose `reset`. */
  readonly sender: SenderRef<'reset-password'>;
  /** The app's page that the mailed link opens, root-relative; it gets the query parameter `token`. */
  readonly page: string;
  /** From sending, in seconds. At most 1800. @default 1800 */
  readonly tokenLifetimeSeconds?: number | undefined;
  /** The field that holds where to send. @default identityField */
  readonly addressField?: FieldOf<U> | undefined;
}

/** Options of `signInTokens`. */
export interface SignInTokenOptions {
  /** In seconds. At most 300. @default 60 */
  readonly lifetimeSeconds?: number | undefined;
}

type Whole<T> = { readonly [K in keyof T]-?: Exclude<T[K], undefined> };

/** What `password()` was told, made whole. Which fields a user has, the types have checked by then. */
export interface ResolvedPasswordOptions extends Whole<
  Omit<
    PasswordOptions<unknown>,
    'identityField' | 'accept' | 'attemptSender' | 'breachCheck' | 'resettable' | 'signInTokens'
  >
> {
  readonly identityField: string;
  readonly accept: readonly string[];
  /** Undefined: registration is not `confirm-first`. */
  readonly attemptSender: SenderRef<'registration-attempt'> | undefined;
  /** Undefined: off. */
  readonly breachCheck: ResolvedBreachCheckOptions | undefined;
  /** Undefined: off. */
  readonly resettable: ResolvedResetOptions | undefined;
  /** Undefined: off. */
  readonly signInTokens: ResolvedSignInTokenOptions | undefined;
}

export type ResolvedBreachCheckOptions = Whole<BreachCheckOptions>;
export type ResolvedSignInTokenOptions = Whole<SignInTokenOptions>;

export interface ResolvedResetOptions extends Whole<Omit<PasswordResetOptions<unknown>, 'addressField'>> {
  readonly addressField: string;
}

/** @throws {RangeError} when a value is out of range. */
export function resolvePasswordOptions<U>({
  identityField,
  identity = identityField === 'email' ? 'email' : 'username',
  name = 'password',
  registration = 'immediate',
  attemptSender,
  accept = [],
  minLength = 8,
  maxBytes = 1024,
  contextWords = [],
  blocklist = isCommonPassword,
  breachCheck,
  mustChange = false,
  resettable,
  signInTokens,
  hashProvider = argon2id(),
  importedHashes = [],
  hashQueue = new HashQueue(),
  routes = {},
}: PasswordOptions<U>): ResolvedPasswordOptions {
  demand(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name), `name must be kebab-case, got ${name}`);
  demand(Number.isInteger(minLength) && minLength >= 8, `minLength must be at least 8, got ${minLength}`);
  demand(minLength <= 64, `minLength must be at most 64 (ASVS 6.2.9), got ${minLength}`);
  demand(maxBytes >= 256 && maxBytes <= 1024, `maxBytes must be from 256 to 1024, got ${maxBytes}`);
  const short = contextWords.find((word) => word.length < 3);
  demand(short === undefined, `contextWords must have at least 3 characters each, got ${short}`);
  const isTold = attemptSender !== undefined;
  demand(registration !== 'confirm-first' || isTold, `registration: 'confirm-first' needs attemptSender`);
  demand(registration === 'confirm-first' || !isTold, `attemptSender is for registration: 'confirm-first' alone`);
  const reserved = new Set<string>([identityField, 'password', 'currentPassword', 'passwordConfirmation', 'id']);
  for (const column of ['passwordHash', 'passwordMustChange']) reserved.add(column);
  const clash = accept.find((field) => reserved.has(field));
  demand(clash === undefined, `accept must not name ${clash}`);
  return Object.freeze({
    identityField,
    identity,
    name,
    registration,
    attemptSender,
    accept: [...accept],
    minLength,
    maxBytes,
    contextWords,
    blocklist,
    breachCheck: breachCheck && resolveBreachCheck(breachCheck),
    mustChange,
    resettable: resettable && resolveReset(identityField, resettable),
    signInTokens: signInTokens && resolveSignInTokens(signInTokens),
    hashProvider,
    importedHashes,
    hashQueue,
    routes,
  });
}

function resolveBreachCheck({ check, onFailure, timeoutSeconds = 2 }: BreachCheckOptions): ResolvedBreachCheckOptions {
  const policies: readonly unknown[] = ['allow', 'refuse'];
  demand(policies.includes(onFailure), `breachCheck.onFailure must be 'allow' or 'refuse', got ${onFailure}`);
  const isInTime = timeoutSeconds > 0 && timeoutSeconds <= 10;
  demand(isInTime, `breachCheck.timeoutSeconds must be above 0 and at most 10, got ${timeoutSeconds}`);
  return Object.freeze({ check, onFailure, timeoutSeconds });
}

function resolveReset<U>(
  identityField: FieldOf<U>,
  { sender, page, tokenLifetimeSeconds = 30 * MINUTE, addressField = identityField }: PasswordResetOptions<U>,
): ResolvedResetOptions {
  demand(/^\/(?![/\\])/.test(page), `resettable.page must be a path that starts with one "/", got ${page}`);
  demand(
    tokenLifetimeSeconds > 0 && tokenLifetimeSeconds <= 30 * MINUTE,
    `resettable.tokenLifetimeSeconds must be at most 1800, got ${tokenLifetimeSeconds}`,
  );
  return Object.freeze({ sender, page, tokenLifetimeSeconds, addressField });
}

function resolveSignInTokens({ lifetimeSeconds = MINUTE }: SignInTokenOptions): ResolvedSignInTokenOptions {
  demand(
    lifetimeSeconds > 0 && lifetimeSeconds <= 5 * MINUTE,
    `signInTokens.lifetimeSeconds must be at most 300, got ${lifetimeSeconds}`,
  );
  return Object.freeze({ lifetimeSeconds });
}

function demand(holds: boolean, message: string): void {
  if (!holds) throw new RangeError(`password: ${message}`);
}
