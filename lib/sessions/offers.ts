import { AuthError, Overtaken } from '../errors/index.js';
import { subjectNameOf } from '../resources/index.js';
import type { Proof, SignIn } from '../strategy/index.js';
import { bearerToken } from './bearer.js';
import type { SignInMaker } from './complete.js';
import type { Operation } from './operation.js';
import { subjectOfUser, type SessionParts } from './session-parts.js';
import type { SignInKeeper } from './sign-in-keeper.js';

/** Add-ons that know a browser which brought no live session (`AddOn.loadUser`): their proof makes a sign-in like any other. */
export class Offers<U extends object> {
  /** Whether there is an add-on that knows browsers: else nothing is looked at. */
  readonly #isAsked: boolean;

  /** @param store keeps the sign-in that was made in the browser */
  constructor(
    private readonly parts: SessionParts<U>,
    private readonly maker: SignInMaker<U>,
    private readonly keeper: SignInKeeper<U>,
    private readonly store: (operation: Operation, signIn: SignIn<U>) => Promise<void>,
  ) {
    this.#isAsked = parts.resource.addOns.some((addOn) => addOn.loadUser !== undefined);
  }

  /**
   * Whoever is known. Null for nobody, and where a second factor stands in the way: that is in `operation.pending` then.
   *
   * @throws {AuthError} where somebody is known, and not let in
   */
  async take(operation: Operation): Promise<SignIn<U> | null> {
    if (!this.#isAsked || !operation.cookies.writable || this.#isIn(operation)) return null;
    if (await this.#broughtAnother(operation)) return null;
    try {
      return await this.#take(operation);
    } catch (error) {
      if (!(error instanceof Overtaken)) throw error;
      return this.#take(operation);
    }
  }

  async #take(operation: Operation): Promise<SignIn<U> | null> {
    const proof = await this.parts.hooks.loadUser(operation);
    if (proof === null) return null;
    const shared = await this.#shared(operation, proof);
    if (shared !== null) return shared;
    const completed = await this.maker.complete(operation, proof, null, null);
    if (!('id' in completed)) {
      operation.pending = completed;
      return null;
    }
    operation.made ??= completed; // another resource's stays: the app is about to store it
    await this.store(operation, completed);
    return completed;
  }

  /** Whoever has just signed in is known already. */
  #isIn({ made }: Operation): boolean {
    return made !== null && subjectNameOf(made.subject) === this.parts.resource.subjectName;
  }

  /** What a parallel request was given, as long as it is worth no more than what this one has brought. */
  async #shared(operation: Operation, { user, remembered }: Proof<U>): Promise<SignIn<U> | null> {
    if (remembered?.signInId === undefined) return null;
    const subject = subjectOfUser(this.parts.resource, user);
    const { signIn } = await this.keeper.byId(operation, remembered.signInId, subject);
    return signIn?.remembered === true ? signIn : null;
  }

  /** Who came by another credential is to be known by that. */
  async #broughtAnother(operation: Operation): Promise<boolean> {
    if (bearerToken(operation.headers.get('authorization')).kind !== 'absent') return true;
    for (const { name, readCredential } of this.parts.resource.strategies) {
      if (readCredential !== undefined && (await this.#broughtOneOf(operation, name))) return true;
    }
    return false;
  }

  async #broughtOneOf(operation: Operation, strategy: string): Promise<boolean> {
    try {
      return (await this.parts.hooks.readCredential(operation, strategy)) !== 'absent';
    } catch (error) {
      if (error instanceof AuthError) return true;
      throw error;
    }
  }
}
