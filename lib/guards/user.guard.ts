import {
  Inject,
  Injectable,
  UnauthorizedException,
  type CanActivate,
  type ExecutionContext,
  type OnModuleInit,
} from '@nestjs/common';
import { HttpAdapterHost, ModuleRef, Reflector } from '@nestjs/core';
import { bindCore, type AuthCore, type ResourceRuntime } from '../activities/index.js';
import { operationIn, responseOf, sendCookies, type HttpAdapter } from '../contexts/index.js';
import { ConfigurationInvalid } from '../errors/index.js';
import type { Accepts, Loaded, Operation } from '../sessions/index.js';
import type { SignIn } from '../strategy/index.js';
import type { AssuranceRule } from './assurance.js';
import { findCore } from './find-core.js';
import { KnownRoutes } from './route-facts.js';
import { hasScopes, refuseScopes } from './scopes.js';
import { StepUpRequired, stepUpFor, stepUpHeader, type StepUpChallenge } from './step-up.js';
import { unavailable } from './unavailable.js';

/** What a guard class accepts, and from whom. */
export interface GuardScope {
  readonly accepts: readonly Accepts[];
  /** Null: the app's only resource. */
  readonly subjectName: string | null;
  /** The name of the `OtpApp`. Null: the only one. */
  readonly app: string | null;
}

/**
 * Lets signed-in users through and refuses everybody else with 401. The user is loaded once per request, however many guards
 * ask, and is fresh from the data store.
 *
 * `UserGuard.accepting('session', 'bearer').for('admin')` is a guard class for `@UseGuards` or `APP_GUARD`; subclasses may
 * override the protected steps.
 */
@Injectable()
export class UserGuard implements CanActivate, OnModuleInit {
  static readonly scope: GuardScope = { accepts: ['bearer', 'session'], subjectName: null, app: null };
  #found: { core: AuthCore; runtime: ResourceRuntime; adapter: HttpAdapter } | null = null;

  readonly #routes: KnownRoutes;

  constructor(
    @Inject(ModuleRef) protected readonly modules: ModuleRef,
    @Inject(Reflector) protected readonly reflector: Reflector,
  ) {
    this.#routes = new KnownRoutes(reflector);
  }

  /** A guard that takes these credentials. Where a bearer token is present and taken, it alone decides. */
  static accepting(...accepts: readonly [Accepts, ...Accepts[]]): typeof UserGuard {
    return narrowed(this, { accepts: accepts.toSorted() });
  }

  /** The guard of one resource: needed where the app has several. */
  static for(subjectName: string): typeof UserGuard {
    return narrowed(this, { subjectName });
  }

  /** The guard of one `OtpApp`: needed where a Nest app has several. */
  static of(app: { readonly name: string }): typeof UserGuard {
    return narrowed(this, { app: app.name });
  }

  /** @throws {ConfigurationInvalid} when it is not clear whom the guard is to load */
  onModuleInit(): void {
    this.#find();
  }

  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    if (this.isPublic(context)) return true;
    const operation = operationIn(context);
    // A context that is not supported yet has no request that we could read: refuse.
    if (operation === null) throw new UnauthorizedException();
    return this.#decide(context, operation);
  }

  /** Whether the route is open to everybody. @default `@Public()` on the handler or the class */
  protected isPublic(context: ExecutionContext): boolean {
    return this.#routes.of(context).isPublic;
  }

  /** Whether the route takes whoever comes. @default `@OptionalUser()` on the handler or the class */
  protected isOptional(context: ExecutionContext): boolean {
    return this.#routes.of(context).isOptional;
  }

  /** Whether this user may pass, once loaded. @default everybody */
  protected accept(_context: ExecutionContext, _user: unknown): boolean | Promise<boolean> {
    return true;
  }

  /** What a refusal throws. The header `WWW-Authenticate` is set by then. */
  protected refuse(_context: ExecutionContext, _loaded: Loaded<unknown>): Error {
    return new UnauthorizedException();
  }

  /** What is thrown where somebody must show more first. The header `WWW-Authenticate` is set by then. */
  protected stepUp(_context: ExecutionContext, needed: StepUpChallenge): Error {
    return new StepUpRequired(needed);
  }

  async #decide(context: ExecutionContext, operation: Operation): Promise<boolean> {
    const { core, runtime, adapter } = this.#find();
    bindCore(operation, core);
    const response = responseOf(operation);
    let loaded: Loaded<unknown>;
    try {
      loaded = await runtime.sessions.load(operation, this.#scope.accepts);
    } catch (error) {
      throw unavailable(adapter, response, error);
    }
    sendCookies(adapter, response, operation);
    const { signIn } = loaded;
    operation.settle(runtime.resource.subjectName, signIn);
    if (signIn === null) return this.#withoutUser(context, runtime, adapter, response, loaded);
    if (signIn.credential !== null) this.#requireScopes(context, signIn, response);
    const { assurance } = this.#routes.of(context);
    if (assurance.length > 0) await this.#requireAssurance(context, operation, signIn, assurance);
    return this.accept(context, signIn.user);
  }

  /** Here as well as behind all guards: no interceptor sees a request that may not pass. @throws {ForbiddenException} */
  #requireScopes(context: ExecutionContext, signIn: SignIn, response: object): void {
    const { scopes } = this.#routes.of(context);
    if (hasScopes(signIn, scopes)) return;
    const { runtime, adapter } = this.#find();
    const facts = { reason: 'insufficient_scope', subject: signIn.subject, keyId: signIn.credential?.id };
    runtime.hooks.observe({ name: 'guard.refused', outcome: 'refused', facts });
    refuseScopes(adapter, response, scopes);
  }

  /** Here as well as behind all guards, as with scopes. @throws what {@link stepUp} answers */
  async #requireAssurance(
    context: ExecutionContext,
    operation: Operation,
    signIn: SignIn,
    rules: readonly AssuranceRule[],
  ): Promise<void> {
    const { runtime, adapter } = this.#find();
    const response = responseOf(operation);
    const needed = await stepUpFor(runtime, operation, signIn, rules).catch((error: unknown) => {
      throw unavailable(adapter, response, error);
    });
    if (needed === null) return;
    const facts = { reason: 'step_up_required', subject: signIn.subject };
    runtime.hooks.observe({ name: 'guard.refused', outcome: 'refused', facts });
    adapter.setHeader(response, 'WWW-Authenticate', stepUpHeader(needed));
    throw this.stepUp(context, needed);
  }

  #withoutUser(
    context: ExecutionContext,
    runtime: ResourceRuntime,
    adapter: HttpAdapter,
    response: object,
    loaded: Loaded<unknown>,
  ): true {
    const { refused, reason } = loaded;
    if (refused !== null) runtime.hooks.observe({ name: 'guard.refused', outcome: 'refused', facts: { reason } });
    if (this.isOptional(context)) return true;
    adapter.setHeader(response, 'WWW-Authenticate', challenge(refused));
    throw this.refuse(context, loaded);
  }

  get #scope(): GuardScope {
    return (this.constructor as typeof UserGuard).scope; // a guard is made by its class
  }

  #find() {
    if (this.#found === null) {
      const { app, subjectName } = this.#scope;
      const core = findCore(this.modules, app, { where: this.#where, name: this.constructor.name });
      const { httpAdapter } = this.modules.get(HttpAdapterHost, { strict: false });
      this.#found = { core, runtime: this.#runtime(core, subjectName), adapter: httpAdapter };
    }
    return this.#found;
  }

  #runtime(core: AuthCore, subjectName: string | null): ResourceRuntime {
    const [only, ...others] = core.resources.values();
    const found = subjectName === null ? only : core.resources.get(subjectName);
    if (found !== undefined && (subjectName !== null || others.length === 0)) return this.#accepted(found);
    const wrong = subjectName === null ? 'the app has more than one resource' : `there is no resource "${subjectName}"`;
    const cures = [...core.resources.keys()].map((name) => `${this.constructor.name}.for('${name}')`);
    throw this.#invalid(wrong, `write ${cures.join(' or ')}`);
  }

  /** Whatever is neither cookie nor bearer token is the credential of a strategy, which must be there to read it. */
  #accepted(runtime: ResourceRuntime): ResourceRuntime {
    const readers = runtime.resource.strategies.filter(({ readCredential }) => readCredential !== undefined);
    const known = ['session', 'bearer', ...readers.map(({ name }) => name)];
    const unknown = this.#scope.accepts.find((name) => !known.includes(name));
    if (unknown === undefined) return runtime;
    throw this.#invalid(`no strategy reads the credential "${unknown}"`, `accept one of: ${known.join(', ')}`);
  }

  #invalid(wrong: string, cure: string): ConfigurationInvalid {
    return new ConfigurationInvalid([{ where: this.#where, wrong, cure }]);
  }

  get #where(): string {
    return `@UseGuards(${this.constructor.name})`;
  }
}

/** @param name of the class: errors tell it as the app writes it */
function narrowed(base: typeof UserGuard, change: Partial<GuardScope>, name = base.name): typeof UserGuard {
  const scope = { ...base.scope, ...change };
  const named = {
    [name]: class extends base {
      static override readonly scope = scope;
    },
  };
  const guard = named[name] ?? base;
  Injectable()(guard);
  return guard;
}

/** RFC 6750 §3: no error code where no credential was presented. */
function challenge(refused: Loaded<unknown>['refused']): string {
  return refused === null ? 'Bearer' : `Bearer error="${refused}"`;
}

/** Loads users by the session cookie: the model's pipeline `:session_users`, failing closed. */
export const SessionUserGuard = narrowed(UserGuard, { accepts: ['session'] }, 'SessionUserGuard');

/** Loads users by the bearer token (RFC 6750): the model's pipeline `:bearer_users`, failing closed. */
export const BearerUserGuard = narrowed(UserGuard, { accepts: ['bearer'] }, 'BearerUserGuard');
