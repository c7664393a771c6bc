import type { ActivityIn, Performs, ReasonIn } from '../strategy/activity.js';
import type { AddOn } from '../strategy/add-on.js';
import type { AuthContext } from '../strategy/auth-context.js';
import type { JsonObject } from '../strategy/fields.js';
import type { Room, Strategy } from '../strategy/room.js';
import type { LimitRule } from '../strategy/strategy-context.js';
import { DAY, HOUR, MINUTE } from '../time/index.js';
import type { Model, Row } from './data-layer.js';
import type { FieldKind } from './identity.js';
import { resolveKey, type DeclaredKey, type KeyFieldOption, type ResourceKey } from './key.js';
import {
  fieldKinds,
  insertedFields,
  inTenants,
  timeField,
  userModel,
  type DeclaredFields,
  type ResourceField,
} from './user-model.js';

/** Options of {@link defineResource}. */
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
  /** From sign-in to the end, whatever happens. @default 1209600 (14 days), 3600 where sign-ins are stateless */
  readonly absoluteLifetimeSeconds: number;
  /** Without a request. @default 172800 (2 days) */
  readonly idleLifetimeSeconds: number;
  /** How long a sign-in counts as fresh. @default 600 */
  readonly freshSeconds: number;
  /** Live sign-ins of one subject; the oldest ends. @default 20 */
  readonly maxPerSubject: number;
}

/** Who can sign in: a table of users, the ways in and what surrounds them. */
export interface Resource<U extends object = object> {
  readonly subjectName: string;
  readonly model: Model;
  readonly key: readonly ResourceKey[];
  /** Public fields, the key and the tenant included. */
  readonly publicFields: readonly string[];
  /** Those, and what the core alone reads of a user. */
  readonly readFields: readonly string[];
  /** The field that says when a user was made; null where nothing does. */
  readonly createdAt: string | null;
  /** The field that says since when a user is deleted; null where nothing does. */
  readonly deletedAt: string | null;
  readonly fieldKinds: ReadonlyMap<string, FieldKind>;
  /** Fields whose mailboxes an add-on confirms, each with the public time field that says since when. */
  readonly confirmed: ReadonlyMap<string, string>;
  /** As they were declared, by field. */
  readonly columns: Readonly<Record<string, string>>;
  readonly strategies: readonly Strategy<U>[];
  readonly addOns: readonly AddOn<U>[];
  readonly rooms: readonly Room<U>[];
  readonly limits: ResourceLimits;
  readonly sessions: SessionOptions;
  /** Its sign-ins have no rows. */
  readonly isStateless: boolean;
  /** Options of `sessions` that were written and need rows, where there are none. */
  readonly optionsWithoutEffect: readonly string[];
  maySignIn(user: U): boolean | Promise<boolean>;
  /** Those that are the same for all: known at boot. */
  readonly staticClaims: JsonObject;
  claimsOf(user: U, ctx: AuthContext): JsonObject | Promise<JsonObject>;
  toUser(row: Row): U;
}

/** A resource of some user or other: what is the same for all. */
export type AnyResource = Omit<Resource, 'strategies' | 'addOns' | 'rooms'>;

/** What is no end to people: in a row means until a right guess, however long that takes. */
const CENTURY = 36_525 * DAY;
const GUESSES: readonly LimitRule[] = [
  { limit: 10, windowSeconds: 15 * MINUTE },
  { limit: 30, windowSeconds: DAY },
  { limit: 100, windowSeconds: CENTURY },
];

function resolveLimits({
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

const NEEDING_ROWS = ['idleLifetimeSeconds', 'maxPerSubject'] as const;

function resolveSessions(
  isStateless: boolean,
  {
    // What cannot be ended early ends soon.
    absoluteLifetimeSeconds = isStateless ? HOUR : 14 * DAY,
    idleLifetimeSeconds = isStateless ? absoluteLifetimeSeconds : 2 * DAY,
    freshSeconds = 10 * MINUTE,
    maxPerSubject = 20,
  }: Partial<SessionOptions> = {},
): SessionOptions {
  return { absoluteLifetimeSeconds, idleLifetimeSeconds, freshSeconds, maxPerSubject };
}

/** A resource whose type knows what its rooms do: what `ActivityOf` and `ReasonOf` are made of. */
export type TypedResource<U extends object, R> = Resource<U> & Performs<ActivityIn<R>, ReasonIn<R>>;

/** Takes the options, and infers what the rooms in them do. */
export type DefineTypedResource<U extends object> = <
  const S extends readonly Strategy<U>[],
  const A extends readonly AddOn<U>[] = readonly [],
>(
  options: Omit<ResourceOptions<U>, 'strategies' | 'addOns'> & {
    readonly strategies: S;
    readonly addOns?: A | undefined;
  },
) => TypedResource<U, S[number] | A[number]>;

/**
 * Declares who can sign in and how.
 *
 * What cannot work is found at boot, all at once; see `ConfigurationInvalid`.
 *
 * With the user alone, `defineResource<User>()({ … })`, the resource's type also knows its activities, for `ActivityOf`: where a
 * type argument is written, TypeScript infers no other.
 */
export function defineResource<U extends object>(): DefineTypedResource<U>;
export function defineResource<U extends object>(options: ResourceOptions<U>): Resource<U>;
export function defineResource<U extends object>(options?: ResourceOptions<U>): Resource<U> | DefineTypedResource<U> {
  return options === undefined ? (late) => makeResource<U>(late) : makeResource(options);
}

function makeResource<U extends object>({
  subjectName,
  table,
  key: declaredKey,
  fields,
  columns = {},
  createdAtColumn,
  deletedAtColumn,
  tenantField,
  strategies,
  addOns = [],
  maySignIn = () => true,
  toUser = (row) => row as unknown as U, // without `toUser` the app says that its user is a row of these fields
  claims = {},
  limits,
  signIns = 'stored',
  sessions,
}: ResourceOptions<U>): Resource<U> {
  const rooms: readonly Room<U>[] = [...strategies, ...addOns];
  const key = resolveKey(declaredKey ?? DEFAULT_KEY);
  const declared: DeclaredFields = fields ?? {};
  const kinds = fieldKinds(declared, rooms);
  const ownKinds = new Map([...kinds].filter(([field]) => field !== tenantField));
  const model = inTenants(userModel(table, key, declared, columns, kinds, rooms), tenantField, columns, key);
  const tenant = tenantField === undefined ? [] : [tenantField];
  const publicFields = [...key.map(({ field }) => field), ...tenant, ...ownKinds.keys()];
  const createdAt = timeField(model, '#createdAt', createdAtColumn);
  const deletedAt = timeField(model, '#deletedAt', deletedAtColumn);
  const isStateless = signIns !== 'stored';
  const times = Object.fromEntries([createdAt, deletedAt].flatMap((time) => (time === null ? [] : [time])));
  return Object.freeze({
    subjectName,
    model: {
      ...model,
      columns: { ...model.columns, ...times },
      deletedAtField: deletedAt?.[0],
      insertedFields: insertedFields(
        model,
        key,
        [...tenant, ...(createdAt === null ? [] : [createdAt[0]])],
        rooms,
        addOns,
      ),
    },
    key,
    publicFields,
    readFields: [...new Set([...publicFields, ...Object.keys(times)])],
    createdAt: createdAt === null ? null : createdAt[0],
    deletedAt: deletedAt === null ? null : deletedAt[0],
    fieldKinds: ownKinds,
    confirmed: new Map(addOns.flatMap(({ confirms }) => Object.entries(confirms ?? {}))),
    columns,
    strategies,
    addOns,
    rooms,
    limits: resolveLimits(limits),
    sessions: resolveSessions(isStateless, sessions),
    isStateless,
    optionsWithoutEffect: isStateless ? NEEDING_ROWS.filter((name) => sessions?.[name] !== undefined) : [],
    maySignIn,
    staticClaims: typeof claims === 'function' ? {} : claims,
    claimsOf: typeof claims === 'function' ? claims : () => claims,
    toUser,
  });
}

const DEFAULT_KEY: DeclaredKey = { id: 'text' };
