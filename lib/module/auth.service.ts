import { Injectable } from '@nestjs/common';
import type { AuthCore, ResourceRuntime } from '../activities/index.js';
import { callOperation, responseOf, sendCookies, type HttpAdapter } from '../contexts/index.js';
import { SecondFactorRequired } from '../errors/index.js';
import { Secret } from '../secrets/index.js';
import { subjectNameOf, type Scalar, type Subject } from '../resources/index.js';
import { publicChanges } from './user-changes.js';
import { operationOf, subjectOfUser, type Operation } from '../sessions/index.js';
import { PROVIDER_TOKEN } from '../strategy/index.js';
import type {
  Activity,
  AuthContext,
  Ended,
  JsonObject,
  ProviderToken,
  RawInput,
  Room,
  SignIn,
  SignInSummary,
} from '../strategy/index.js';

/** Where an activity or a user belongs. */
export interface CallOptions {
  /** @default the app's only resource */
  readonly subjectName?: string | undefined;
  /** The request that this is done for. @default none: no cookies, no address */
  readonly context?: AuthContext | undefined;
  /** Whose, for a resource with tenants. @default that of the context */
  readonly tenant?: string | undefined;
}

/** What an activity performed by code came to. */
export interface Performed<U> {
  readonly user: U | null;
  /** The bearer token; null with `user`. */
  readonly token: string | null;
  readonly signIn: SignIn<U> | null;
  readonly result: JsonObject | null;
}

/** How an app signs somebody in on its own word. */
export interface SignInOptions extends CallOptions {
  /** What the app saw: RFC 8176 values, such as `['pwd']` or `['sso']`. */
  readonly methods: readonly [string, ...string[]];
  /** @default 1: a second factor that the user has is asked for */
  readonly factors?: 1 | 2 | undefined;
  /** More claims for the bearer token. @default none */
  readonly claims?: JsonObject | undefined;
}

/** Authentication for code: everything goes through the same runner, limits and hooks as over HTTP. */
@Injectable()
export class AuthService {
  constructor(
    private readonly core: AuthCore,
    private readonly host: { readonly httpAdapter: HttpAdapter },
  ) {}

  /**
   * Performs an activity: `perform(['password', 'sign-in'], { email, password })`.
   *
   * @throws {AuthError} on a refusal @throws {Outage}
   */
  async perform<U extends object>(
    activity: Activity,
    input: RawInput,
    options: CallOptions = {},
  ): Promise<Performed<U>> {
    const runtime = this.core.resource(options.subjectName);
    const operation = await enter(runtime, options);
    const { subjectName } = runtime.resource;
    const ending = await this.core.run(operation, subjectName, activity, { ...input }, null);
    const signIn = ending.kind === 'signed-in' ? (ending.signIn as SignIn<U>) : null; // U is the caller's word
    return { user: signIn?.user ?? null, token: signIn?.token ?? null, signIn, result: operation.result };
  }

  /**
   * Signs in a user that the app itself vouches for. `maySignIn`, second factors and hooks hold here as well.
   *
   * @throws {SecondFactorRequired} @throws {SignInNotAllowed}
   */
  async signIn<U extends object>(
    user: U,
    { methods, factors = 1, claims, ...options }: SignInOptions,
  ): Promise<SignIn<U>> {
    const runtime = this.core.resource(options.subjectName);
    const operation = await enter(runtime, options);
    const subject = subjectOfUser(runtime.resource, user);
    operation.identity = null; // what was typed in this operation before is nothing that this user showed
    operation.firstStep = null;
    const subjectEpoch = await runtime.subjects.epochOf(subject, runtime.data(operation));
    const completed = await runtime.sessions.complete(operation, { user, methods, factors, subjectEpoch, claims });
    if (!('id' in completed)) throw new SecondFactorRequired(completed.factors, completed.flow, completed.enrolments);
    operation.subjectName = runtime.resource.subjectName;
    operation.made = completed;
    operation.signIn = completed;
    return completed as SignIn<U>; // the user is the one that was given
  }

  /**
   * Keeps the sign-in that {@link signIn} or {@link perform} made for this request in the browser's session cookie, and ends
   * the one that was there. In the callbacks of a plug that is the plug's own `storeInSession`.
   *
   * @throws {Error} for a user who is not the one of that sign-in
   */
  async storeInSession(user: object, options: CallOptions & { readonly context: AuthContext }): Promise<void> {
    const runtime = this.core.resource(options.subjectName);
    const operation = await enter(runtime, options);
    await runtime.sessions.storeInSession(operation, user);
    sendCookies(this.host.httpAdapter, responseOf(operation), operation);
  }

  /**
   * Changes public fields of a user, through the hooks of the add-ons. Identities are brought into their canonical spelling; a new
   * one is a change of a credential, unless an add-on withholds it: it ends every sign-in and voids every link. Secrets have phases
   * of their own.
   *
   * @throws {InvalidInput} for an identity that is none
   * @throws {TypeError} for a field that is not public, and for the key
   * @throws {UniqueViolation} for an identity that is somebody's
   */
  async changeUser(
    subject: Subject,
    values: Readonly<Record<string, Scalar>>,
    options: CallOptions = {},
  ): Promise<void> {
    const { runtime, operation } = await this.#of(subject, options);
    const { accounts, data } = runtime.contextFor(APP, operation);
    const changes = publicChanges(runtime.resource, values);
    await data.transaction((tx) => accounts.change(subject, changes, tx));
  }

  /**
   * Deletes a user with everything that signs in as it: sign-ins, links, and what strategies and add-ons keep.
   *
   * @returns false where nobody is there
   */
  async deleteUser(subject: Subject, options: CallOptions = {}): Promise<boolean> {
    const { runtime, operation } = await this.#of(subject, options);
    const account = await runtime.contextFor(APP, operation).accounts.findPresent(subject);
    return account !== null && runtime.sessions.deleteUser(operation, account);
  }

  /**
   * What the provider of a strategy that keeps its tokens gave the app for a user, refreshed where it expires: `providerToken(user, 'google')`.
   * Call the provider with it, and keep it nowhere.
   *
   * @throws {AuthenticationFailed} where the user has none, or the provider renews it no more: they have to sign in by it again
   * @throws {ProviderFailed} of the strategy, where the provider does not answer
   */
  async providerToken(user: object, strategy: string, options: ProviderTokenOptions = {}): Promise<ProviderToken> {
    const { resource } = this.core.resource(options.subjectName);
    const { tenantField } = resource.model;
    const own: unknown = tenantField === null ? undefined : Reflect.get(user, tenantField);
    const { tenant = typeof own === 'string' ? own : undefined } = options;
    const input = { subject: subjectOfUser(resource, user) };
    // In an operation of its own: what it comes to is on no context that an answer is made of.
    const { result } = await this.perform([strategy, PROVIDER_TOKEN], input, {
      ...options,
      tenant,
      context: undefined,
    });
    return tokenIn(result);
  }

  /** @returns the canonical subject of a user: `user?id=…` */
  userToSubject(user: object, subjectName?: string): Subject {
    return subjectOfUser(this.core.resource(subjectName).resource, user);
  }

  /** The user of a subject, fresh from the data store; null when it is nobody's, or not the canonical spelling. */
  async subjectToUser<U extends object>(subject: string, options: CallOptions = {}): Promise<U | null> {
    const runtime = this.core.resources.get(subjectNameOf(subject));
    if (runtime === undefined) return null;
    const operation = await enter(runtime, options);
    const account = await runtime.contextFor(APP, operation).accounts.findPresent(subject as Subject);
    return (account?.user ?? null) as U | null; // U is the caller's word
  }

  /** Users by subject; whoever cannot be found is left out. */
  async loadSubjects(subjects: readonly string[], options: CallOptions = {}): Promise<ReadonlyMap<string, object>> {
    const users = new Map<string, object>();
    for (const subject of subjects) {
      const user = await this.subjectToUser(subject, options);
      if (user !== null) users.set(subject, user);
    }
    return users;
  }

  /** Ends sign-ins of a subject. `others` spares the one of the context. @returns how many */
  async endSignIns(subject: Subject, which: Ended['which'] = 'all', options: CallOptions = {}): Promise<number> {
    const { runtime, operation } = await this.#of(subject, options);
    return runtime.sessions.end(operation, subject, which, operation.signIn?.id ?? null);
  }

  /** Live sign-ins of a subject, newest first. */
  async listSignIns(subject: Subject, options: CallOptions = {}): Promise<readonly SignInSummary[]> {
    const { runtime, operation } = await this.#of(subject, options);
    return runtime.sessions.list(operation, subject, operation.signIn?.id ?? null);
  }

  /** Ends everything that a subject has, and lets it sign in no more until {@link enable}. */
  async disable(subject: Subject, options: CallOptions = {}): Promise<void> {
    const { runtime, operation } = await this.#of(subject, options);
    await runtime.sessions.disable(operation, subject);
  }

  async enable(subject: Subject, options: CallOptions = {}): Promise<void> {
    const { runtime, operation } = await this.#of(subject, options);
    await runtime.sessions.enable(operation, subject);
  }

  /** Forgets the wrong guesses at a user's secrets, in every strategy: for support, where the limits keep the owner out. */
  async clearGuesses(subject: Subject, options: CallOptions = {}): Promise<void> {
    const { runtime, operation } = await this.#of(subject, options);
    await this.core.clearGuesses(operation, runtime.resource.subjectName, subject);
  }

  async #of(subject: Subject, options: CallOptions): Promise<{ runtime: ResourceRuntime; operation: Operation }> {
    const runtime = this.core.resource(subjectNameOf(subject));
    return { runtime, operation: await enter(runtime, options) };
  }
}

/** The app itself, as a room that owns no private columns and no purposes. */
const APP: Room<object> = { name: 'app', phases: [] };

/** Whose token. @see CallOptions */
export type ProviderTokenOptions = Omit<CallOptions, 'context'>;

function tokenIn(result: JsonObject | null): ProviderToken {
  const { accessToken, expiresAt } = result ?? {};
  if (accessToken instanceof Secret && (expiresAt === null || expiresAt instanceof Date))
    return { accessToken, expiresAt };
  throw new TypeError('Expected a strategy that answers a token of its provider');
}

/** @throws {NoTenant} @throws {TypeError} for a tenant that is not the context's */
async function enter(runtime: ResourceRuntime, { context, tenant }: CallOptions): Promise<Operation> {
  const operation = context === undefined ? callOperation() : operationOf(context);
  if (runtime.resource.model.tenantField === null) return operation; // what is said of tenants is for others
  if (tenant !== undefined) await runtime.services.tenants.assign(operation, tenant);
  await runtime.enter(operation);
  return operation;
}
