import type { Subject } from '../resources/index.js';
import type { JsonObject } from '../strategy/index.js';
import type { Activity, AuthContext, Client, Pending, SignIn } from '../strategy/index.js';
import type { CookieJar } from './cookie-jar.js';
import { KnownLoads } from './known-loads.js';
import type { KnownTenancy } from './tenants.js';

/** What the transport knows before anything is asked. */
export interface OperationFacts {
  readonly transport: AuthContext['transport'];
  /** Asked once, and not before somebody wants to know: finding the address takes Express longer than a guard. */
  readonly client: () => Client;
  readonly headers: AuthContext['headers'];
  readonly cookies: CookieJar;
  /** `{ request, response }` of Express or Fastify; null for calls from code. */
  readonly native: unknown;
  /** Calls `start` when the answer is out. */
  readonly onAnswered: (start: () => void) => void;
}

/** The step that a second factor completes. */
export interface FirstStep {
  readonly room: string;
  readonly identity: string | null;
  /** Who acted in it for somebody else. */
  readonly actor: Subject | null;
  /** See `Proof.origin`. */
  readonly origin: string | null;
  /** For the token of the whole sign-in. */
  readonly claims: JsonObject;
  /** The subject's, when it was made. */
  readonly epoch: number;
}

/** Where a wrapped context keeps the operation that it is about. */
export const OPERATION = Symbol('nest-auth-plug operation');

/**
 * One request, message or call, and what has been learned in it. Guards, plug and decorators of the same request share one,
 * so that nothing is loaded twice. The core writes to it; everybody else sees an {@link AuthContext}.
 */
export class Operation implements AuthContext {
  readonly transport: AuthContext['transport'];
  readonly headers: AuthContext['headers'];
  readonly cookies: CookieJar;
  readonly users = new Map<string, unknown>();
  /** To be shown; what is decided is decided by `Tenancies`, which are of one app. */
  tenant: string | null = null;
  subjectName: string | null = null;
  activity: Activity = [null, null];
  signIn: SignIn | null = null;
  pending: Pending | null = null;
  carried: Readonly<Record<string, string>> = {};
  result: JsonObject | null = null;
  returnTo: string | null = null;
  /** Whom `@CurrentUser()` without a name means. */
  actorName: string | null = null;
  /** The sign-in that this operation made, if it made one. */
  made: SignIn | null = null;
  /** The sign-in that the one made here took the place of. */
  replaced: SignIn | null = null;
  /** The account that the activity speaks of, canonical as stored: null where the input names none. */
  identity: string | null = null;
  /** What the pending second factor was asked for after. */
  firstStep: FirstStep | null = null;
  /** Whether a flow was spent for this operation. */
  flowSpent = false;
  /** By the `Subjects` of a resource: see `Sessions.load`. */
  readonly loads = new KnownLoads();
  /** Whose core this is: see `coreOf`. */
  core: object | null = null;
  readonly onAnswered: OperationFacts['onAnswered'];
  readonly #client: () => Client;
  #knownClient: Client | null = null;
  #tenancies: Map<object, KnownTenancy> | null = null;
  #raisedEpochs: Map<Subject, number> | null = null;
  #madeAccounts: Set<Subject> | null = null;
  #native: unknown;
  /** Whom a middleware loaded, until a guard says more. */
  #preloaded: { readonly names: Set<string>; signIn: SignIn | null } | null = null;

  constructor(facts: OperationFacts) {
    this.transport = facts.transport;
    this.#client = facts.client;
    this.headers = facts.headers;
    this.cookies = facts.cookies;
    this.onAnswered = facts.onAnswered;
    this.#native = facts.native;
  }

  get client(): Client {
    return (this.#knownClient ??= this.#client());
  }

  /** Of which tenant this is, by whoever was asked: see `Tenants`. */
  get tenancies(): Map<object, KnownTenancy> {
    return (this.#tenancies ??= new Map<object, KnownTenancy>());
  }

  /** The epoch to which this operation itself raised a subject, by subject: its own sign-in may survive that. */
  get raisedEpochs(): Map<Subject, number> {
    return (this.#raisedEpochs ??= new Map<Subject, number>());
  }

  /** Whose accounts this operation made. */
  get madeAccounts(): Set<Subject> {
    return (this.#madeAccounts ??= new Set<Subject>());
  }

  native<T>(): T {
    return this.#native as T; // the plug's author says which platform it runs on
  }

  /** A middleware on Fastify saw Node's request; whoever comes later sees Fastify's. */
  renative(native: unknown): void {
    this.#native = native;
  }

  /** A middleware found somebody, and refuses nobody. */
  preload(subjectName: string, signIn: SignIn): void {
    this.#preloaded ??= { names: new Set(), signIn: null };
    this.#preloaded.names.add(subjectName);
    this.users.set(subjectName, signIn.user);
    this.signIn ??= this.#preloaded.signIn = signIn;
  }

  /**
   * What a guard found of a resource: it counts instead of what a middleware had loaded. The first whom a guard lets in is the
   * one whose operation this is.
   */
  settle(subjectName: string, signIn: SignIn | null): void {
    if (this.#preloaded !== null) this.#withdraw(subjectName, this.#preloaded);
    if (signIn === null) return;
    this.users.set(subjectName, signIn.user);
    this.signIn ??= signIn;
    this.actorName ??= subjectName;
  }

  #withdraw(subjectName: string, preloaded: { readonly names: Set<string>; signIn: SignIn | null }): void {
    if (preloaded.names.delete(subjectName)) this.users.delete(subjectName);
    if (this.signIn === preloaded.signIn) this.signIn = null;
    preloaded.signIn = null;
  }
}

/** The operation behind a context that this library handed out. */
export function operationOf(ctx: AuthContext): Operation {
  if (ctx instanceof Operation) return ctx;
  if (OPERATION in ctx && ctx[OPERATION] instanceof Operation) return ctx[OPERATION];
  throw new TypeError('Expected the AuthContext that the callback was given, got another object');
}
