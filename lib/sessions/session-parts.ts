import type { KeyObject } from 'node:crypto';
import { AuthenticationFailed } from '../errors/index.js';
import type { AnyResource, DataLayer, Resource, Subject } from '../resources/index.js';
import { subjectOf } from '../resources/index.js';
import type { JsonObject, SignIn } from '../strategy/index.js';
import type { Clock } from '../time/index.js';
import type { UserTokens } from '../tokens/index.js';
import type { FlowScope } from './flows.js';
import type { Hooks } from './hooks.js';
import type { Operation } from './operation.js';
import type { SignInRow } from './sign-in-rows.js';
import type { Subjects } from './subjects.js';
import { tenantCookieName } from './tenant-cookies.js';
import type { Tenancies } from './tenants.js';

/** What making, loading and ending sign-ins of one resource have in common. */
export interface SessionParts<U extends object> {
  readonly resource: Resource<U>;
  readonly subjects: Subjects;
  readonly tokens: UserTokens;
  readonly hooks: Hooks<U>;
  readonly clock: Clock;
  /** Flows of the core itself: the pending second factor. */
  readonly flows: FlowScope;
  readonly tenants: Tenancies;
  /** Runs once a transaction has committed. */
  readonly afterCommit: (tx: DataLayer, work: () => void) => void;
  /** Newest first: what stateless sign-ins are sealed with. The same list until others take their place. */
  sealingKeys(): readonly KeyObject[];
  /** The data of the operation's tenant. */
  data(operation: Operation): DataLayer;
}

/**
 * @param user or its row
 * @throws {TypeError} where the key's fields are not on it
 */
export function subjectOfUser({ subjectName, key }: Pick<AnyResource, 'subjectName' | 'key'>, user: object): Subject {
  return subjectOf(subjectName, key, user);
}

/**
 * In another tenant somebody else may have the same key: whoever was loaded there is nobody here.
 *
 * @throws {AuthenticationFailed} reason `another_tenant`
 */
export function requireOwnTenant<U extends object>({ model }: Resource<U>, user: U, tenant: string | null): void {
  const own: unknown = model.tenantField === null ? undefined : Reflect.get(user, model.tenantField);
  if (typeof own === 'string' && own !== tenant) throw new AuthenticationFailed('another_tenant');
}

/** The cookie that carries the handle of a sign-in. */
export function sessionCookieName(subjectName: string, tenant: string | null): string {
  return tenantCookieName(`__Host-${subjectName}-session`, tenant);
}

/** What a sign-in is known by, but for what was given along when it was made. */
export type LoadedFacts<U> = Omit<SignIn<U>, 'issued' | 'credential'>;

/** A sign-in that was loaded. Written out: spreading an object of this size costs several times of it, at each guarded request. */
export function loadedSignIn<U>(facts: LoadedFacts<U>): SignIn<U> {
  const { id, subject, user, tenant, methods, authenticatedAt } = facts;
  const { secondFactorAt, expiresAt, actor, remembered, token, claims } = facts;
  return {
    id,
    subject,
    user,
    tenant,
    methods,
    authenticatedAt,
    secondFactorAt,
    expiresAt,
    actor,
    remembered,
    token,
    claims,
    issued: {},
    credential: null,
  };
}

/** The sign-in that a row and its user amount to. */
export function signInOf<U>(
  row: SignInRow,
  subject: Subject,
  user: U,
  tenant: string | null,
  token: string | null,
  claims: JsonObject,
): SignIn<U> {
  const { id, methods, authenticatedAt, secondFactorAt, expiresAt, remembered } = row;
  const actor = row.actor === null ? null : (row.actor as Subject); // written from a Subject
  const shown = {
    id,
    methods,
    authenticatedAt,
    secondFactorAt,
    expiresAt,
    remembered,
    actor,
    subject,
    user,
    tenant,
    token,
    claims,
  };
  return loadedSignIn(shown);
}
