import type { ActivityIn, Performs, ReasonIn } from '../strategy/activity.js';
import type { AddOn } from '../strategy/add-on.js';
import type { AuthContext } from '../strategy/auth-context.js';
import type { JsonObject } from '../strategy/fields.js';
import type { Room, Strategy } from '../strategy/room.js';
import type { Model, Row } from './data-layer.js';
import type { FieldKind } from './identity.js';
import { resolveKey, type DeclaredKey, type ResourceKey } from './key.js';
import {
  NEEDING_ROWS,
  resolveLimits,
  resolveSessions,
  type ResourceLimits,
  type ResourceOptions,
  type SecondFactorPolicy,
  type SessionOptions,
} from './resource.options.js';
import { fieldKinds, insertedFields, inTenants, timeField, userModel, type DeclaredFields } from './user-model.js';

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
  secondFactor(user: U): SecondFactorPolicy;
  /** What is the same for all; null where it is asked of each. */
  readonly staticSecondFactor: SecondFactorPolicy | null;
  /** Those that are the same for all: known at boot. */
  readonly staticClaims: JsonObject;
  claimsOf(user: U, ctx: AuthContext): JsonObject | Promise<JsonObject>;
  toUser(row: Row): U;
}

/** A resource of some user or other: what is the same for all. */
export type AnyResource = Omit<Resource, 'strategies' | 'addOns' | 'rooms'>;

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
  secondFactor = 'optional',
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
    sessions: resolveSessions({ isStateless, requiresSecondFactor: secondFactor === 'required' }, sessions),
    isStateless,
    optionsWithoutEffect: isStateless ? NEEDING_ROWS.filter((name) => sessions?.[name] !== undefined) : [],
    maySignIn,
    secondFactor: typeof secondFactor === 'function' ? secondFactor : () => secondFactor,
    staticSecondFactor: typeof secondFactor === 'function' ? null : secondFactor,
    staticClaims: typeof claims === 'function' ? {} : claims,
    claimsOf: typeof claims === 'function' ? claims : () => claims,
    toUser,
  });
}

const DEFAULT_KEY: DeclaredKey = { id: 'text' };
