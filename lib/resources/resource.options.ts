import type { AddOn } from '../strategy/add-on.js';
import type { AuthContext } from '../strategy/auth-context.js';
import type { JsonObject } from '../strategy/fields.js';
import type { Strategy } from '../strategy/room.js';
import type { LimitRule } from '../strategy/strategy-context.js';
import { DAY, HOUR, MINUTE } from '../time/index.js';
import type { Row } from './data-layer.js';
import type { KeyFieldOption } from './key.js';
import type { ResourceField } from './user-model.js';

/** Options of `defineResource`. */
export interface ResourceOptions<U extends object> {
  /** Short and unique in the app: part of routes, cookies and subjects. kebab-case. */
  readonly subjectName: string;
  /** With its schema where it is in another one, on PostgreSQL: `crm.users`. */
  readonly table: string;
  /** The key of its rows: the fields that it consists of, in their order. @default { id: 'text' } */
  readonly key?: { readonly [F in Extract<keyof U, string>]?: KeyFieldOption<U[F]> } | undefined;
  /** Public fields beside the key and the identities that strategies bring. These, and no others, are on a loaded user. */
  readonly fields?: { readonly [F in Extract<keyof U, string>]?: ResourceField } | undefined;
  /** The columns of what strategies keep in this table, by field: `{ passwordHash: 'encrypted_password' }`. @default in snake_case */
  readonly columns?: Readonly<Record<string, string>> | undefined;
  /**
   * The time column that says when a row was made. With it, whoever gets the key of somebody who is gone inherits nothing, even
   * where rows come and go behind our back. Set in the rows that we make. @default none
   */
  readonly createdAtColumn?: string | undefined;
  /** The time column of rows that stay when their user is deleted: one that is not null there is nobody. @default none */
  readonly deletedAtColumn?: string | undefined;
  /** The field that says whose tenant a user is, a text: keys and identities are unique within one. @default no tenants */
  readonly tenantField?: Extract<keyof U, string> | undefined;
  readonly strategies: readonly Strategy<NoInfer<U>>[];
  readonly addOns?: readonly AddOn<NoInfer<U>>[] | undefined;
  /** Asked when a sign-in is made and each time one is loaded. @default everybody may */
  readonly maySignIn?: ((user: U) => boolean | Promise<boolean>) | undefined;
  /** The same for all, or asked of each user whenever one signs in. @default 'optional' */
  readonly secondFactor?: SecondFactorPolicy | SecondFactorPolicyOf<U> | undefined;
  /** Makes the app's own object of a row of public fields. @default the row itself */
  readonly toUser?: ((row: Row) => U) | undefined;
  /**
   * More claims in the bearer tokens: the same for all, or made of the user whenever one is issued. None can replace those of this
   * library; a function that throws, or answers such a one, lets nobody in. @default none
   */
  readonly claims?: JsonObject | ClaimsOf<U> | undefined;
  readonly limits?: Partial<ResourceLimits> | undefined;
  /**
   * `stored`: one row each, looked up at each request, ended at once by sign-out, a changed password or you.
   * `stateless-until-they-expire`: no row and no look-up. Nothing ends one early, and its user is as it was at the sign-in.
   * @default 'stored'
   */
  readonly signIns?: 'stored' | 'stateless-until-they-expire' | undefined;
  readonly sessions?: Partial<SessionOptions> | undefined;
}

/**
 * Who is asked for a second factor, by whichever way they come. `off`: nobody. `optional`: whoever has one enrolled. `required`:
 * everybody; whoever has none may enrol one, and do nothing else, before being signed in.
 */
export type SecondFactorPolicy = 'off' | 'optional' | 'required';

const POLICIES: ReadonlySet<unknown> = new Set<SecondFactorPolicy>(['off', 'optional', 'required']);

/** Of what an app's own code says: nobody checks its types when it runs. */
export function isSecondFactorPolicy(policy: unknown): policy is SecondFactorPolicy {
  return POLICIES.has(policy);
}

/** One that throws, or answers anything else, a promise included, lets nobody in: it is asked in transactions as well. */
export type SecondFactorPolicyOf<U> = (user: U) => SecondFactorPolicy;

/** Claims made of a user. Whoever holds the token can read them. */
export type ClaimsOf<U> = (user: U, ctx: AuthContext) => JsonObject | Promise<JsonObject>;

/** Every rule of a list must hold. */
export interface ResourceLimits {
  /** Guesses at one account's secrets, until a right one or a change of the secret resets them. @default 10 in 15 min, 30 in a day, 100 ever (NIST SP 800-63B-4 §3.2.2) */
  readonly guessesPerIdentity: readonly LimitRule[];
  /** From a device that signed in to the account before; counted apart, so that strangers cannot use it up. @default as above */
  readonly guessesPerDevice: readonly LimitRule[];
  /** From one address, IPv6 by /64. @default 100 in 15 min */
  readonly guessesPerAddress: readonly LimitRule[];
  /** Messages to one account. @default 3 in 15 min, 10 in a day */
  readonly messagesPerIdentity: readonly LimitRule[];
  /** Messages asked for from one address. @default 20 in 15 min */
  readonly messagesPerAddress: readonly LimitRule[];
}

export interface SessionOptions {
  /** From sign-in to the end, whatever happens. @default 1209600 (14 days), 86400 where a second factor is required of all, 3600 where sign-ins are stateless */
  readonly absoluteLifetimeSeconds: number;
  /** Without a request. @default 172800 (2 days), 3600 where a second factor is required of all */
  readonly idleLifetimeSeconds: number;
  /** How long a sign-in counts as fresh. @default 600 */
  readonly freshSeconds: number;
  /** Live sign-ins of one subject; the oldest ends. @default 20 */
  readonly maxPerSubject: number;
}

/** What is no end to people: in a row means until a right guess, however long that takes. */
const CENTURY = 36_525 * DAY;
const GUESSES: readonly LimitRule[] = [
  { limit: 10, windowSeconds: 15 * MINUTE },
  { limit: 30, windowSeconds: DAY },
  { limit: 100, windowSeconds: CENTURY },
];

export function resolveLimits({
  guessesPerIdentity = GUESSES,
  guessesPerDevice = GUESSES,
  guessesPerAddress = [{ limit: 100, windowSeconds: 15 * MINUTE }],
  messagesPerIdentity = [
    { limit: 3, windowSeconds: 15 * MINUTE },
    { limit: 10, windowSeconds: DAY },
  ],
  messagesPerAddress = [{ limit: 20, windowSeconds: 15 * MINUTE }],
}: Partial<ResourceLimits> = {}): ResourceLimits {
  return { guessesPerIdentity, guessesPerDevice, guessesPerAddress, messagesPerIdentity, messagesPerAddress };
}

/** Options of sign-ins that are nothing to those without a row. */
export const NEEDING_ROWS = ['idleLifetimeSeconds', 'maxPerSubject'] as const;

/** What a resource says of its sign-ins as a whole. */
interface SignInKind {
  readonly isStateless: boolean;
  /** Of everybody. */
  readonly requiresSecondFactor: boolean;
}

export function resolveSessions(
  kind: SignInKind,
  {
    absoluteLifetimeSeconds = lifetimeOf(kind),
    idleLifetimeSeconds = idleLifetimeOf(kind, absoluteLifetimeSeconds),
    freshSeconds = 10 * MINUTE,
    maxPerSubject = 20,
  }: Partial<SessionOptions> = {},
): SessionOptions {
  return { absoluteLifetimeSeconds, idleLifetimeSeconds, freshSeconds, maxPerSubject };
}

/** Who asks for two factors wants them shown again (NIST SP 800-63B-4, AAL2); what cannot be ended early ends soon. */
function lifetimeOf({ isStateless, requiresSecondFactor }: SignInKind): number {
  if (isStateless) return HOUR;
  return requiresSecondFactor ? DAY : 14 * DAY;
}

function idleLifetimeOf({ isStateless, requiresSecondFactor }: SignInKind, absoluteLifetimeSeconds: number): number {
  if (isStateless) return absoluteLifetimeSeconds;
  return requiresSecondFactor ? HOUR : 2 * DAY;
}
