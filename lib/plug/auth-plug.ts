import { coreOf } from '../activities/index.js';
import type { AuthError } from '../errors/index.js';
import { operationOf, type Accepts } from '../sessions/index.js';
import { AuthReply, type Activity, type AuthContext } from '../strategy/index.js';

declare const USER: unique symbol;

/**
 * What the compiler asks of a plug: whose it is. Its callbacks are left out, for their types may speak of the very app that is
 * being made of it.
 */
export interface PlugFor<U extends object> {
  /** Never there: it keeps a plug for one user from being given to resources of another. */
  readonly [USER]?: (user: U) => void;
}

/**
 * The one class that an app writes: what success and failure look like. Everything else about signing in, routes included,
 * is made from the `OtpApp`.
 *
 * It is an ordinary Nest controller: its constructor is injected, class decorators hold for every generated route, and
 * routes of its own win over generated ones.
 *
 * @typeParam U the user: of all resources, as a union, where there are several
 */
export abstract class AuthPlug<U extends object = object> implements PlugFor<U> {
  declare readonly [USER]?: (user: U) => void;

  /**
   * An activity succeeded.
   *
   * @param user null when the activity signs nobody in: a reset was requested, somebody signed out
   * @param token the bearer token of this sign-in; null with `user`
   * @returns a value, promise or Observable for Nest to send, or an `AuthReply`
   */
  async handleSuccess(ctx: AuthContext, _activity: Activity, user: U | null, _token: string | null): Promise<unknown> {
    await this.storeInSession(ctx, user);
    return AuthReply.text('Access granted');
  }

  /**
   * An activity was refused, or nothing is at this place below the plug (`[null, null]`).
   *
   * @param reason compare its `code`, not its message. A `SecondFactorRequired` is a refusal too.
   */
  handleFailure(_ctx: AuthContext, _activity: Activity, _reason: AuthError): unknown {
    return AuthReply.text('Access denied', 401);
  }

  /**
   * Keeps this sign-in in the browser's session cookie and ends the one that was there. Null does nothing, twice is once.
   *
   * @throws {Error} for a user who is not the one of this sign-in
   */
  async storeInSession(ctx: AuthContext, user: U | null): Promise<void> {
    if (user === null) return;
    const operation = operationOf(ctx);
    const { sessions } = coreOf(operation).resource(ctx.subjectName ?? undefined);
    await sessions.storeInSession(operation, user);
  }

  /** Fills `ctx.users` by session cookies, for every resource. Never refuses. */
  async loadFromSession(ctx: AuthContext): Promise<void> {
    await this.#load(ctx, 'session');
  }

  /** Fills `ctx.users` by the bearer token, for every resource. Never refuses. */
  async loadFromBearer(ctx: AuthContext): Promise<void> {
    await this.#load(ctx, 'bearer');
  }

  /** Ends the sign-ins whose session cookie came with the request. @returns how many */
  async revokeSessionTokens(ctx: AuthContext): Promise<number> {
    return this.#revoke(ctx, 'session');
  }

  /** Ends the sign-in whose bearer token came with the request; one that does not verify ends nothing. @returns how many */
  async revokeBearerTokens(ctx: AuthContext): Promise<number> {
    return this.#revoke(ctx, 'bearer');
  }

  /** Takes the session cookies of every resource off the browser. Ends nothing: see {@link revokeSessionTokens}. */
  clearSession(ctx: AuthContext): void {
    const operation = operationOf(ctx);
    for (const { sessions } of coreOf(operation).resources.values()) sessions.clearSession(operation);
  }

  /** Whom `@CurrentUser()` without a name means, for the rest of this operation. */
  setActor(ctx: AuthContext, subjectName: string): void {
    const operation = operationOf(ctx);
    operation.actorName = coreOf(operation).resource(subjectName).resource.subjectName;
  }

  async #load(ctx: AuthContext, by: Accepts): Promise<void> {
    const operation = operationOf(ctx);
    for (const [subjectName, { sessions }] of coreOf(operation).resources) {
      const { signIn } = await sessions.load(operation, [by]);
      if (signIn !== null) operation.users.set(subjectName, signIn.user);
    }
  }

  async #revoke(ctx: AuthContext, by: 'session' | 'bearer'): Promise<number> {
    const operation = operationOf(ctx);
    let ended = 0;
    for (const { sessions } of coreOf(operation).resources.values()) {
      ended += await sessions.endPresented(operation, by);
    }
    return ended;
  }
}
