import { keyOf, type DataLayer, type Subject } from '../resources/index.js';
import type { Account, Ended, JsonObject, Pending, Proof, SignIn, SignInSummary } from '../strategy/index.js';
import { SignInMaker } from './complete.js';
import { endAll, endSignIns } from './end-sign-ins.js';
import { SignInLoader, type Accepts } from './load.js';
import type { Loaded } from './loaded.js';
import { NewSignIns } from './new-sign-ins.js';
import { Offers } from './offers.js';
import type { Operation } from './operation.js';
import { Replacements } from './replacements.js';
import { sessionCookieName, subjectOfUser, type SessionParts } from './session-parts.js';
import { present } from './user-rows.js';
import type { SignInKeeper } from './sign-in-keeper.js';
import { StatelessSignIns } from './stateless-sign-ins.js';
import { StoredSignIns } from './stored-sign-ins.js';
import { endSignIn, listIdOf, liveSignIns } from './sign-in-rows.js';
import type { Tenancy } from './tenants.js';
import { askHooks } from './user-changes.js';

const NOT_SIGNED_IN = 'storeInSession: this operation did not sign this user in. Pass the user that handleSuccess got.';

/** The sign-ins of one resource: made, loaded, stored in the browser, listed, ended. */
export class Sessions<U extends object> {
  readonly #made: NewSignIns<U>;
  readonly #maker: SignInMaker<U>;
  readonly #replacements: Replacements<U>;
  readonly #loader: SignInLoader<U>;
  readonly #keeper: SignInKeeper<U>;

  constructor(private readonly parts: SessionParts<U>) {
    this.#keeper = parts.resource.isStateless ? new StatelessSignIns(parts) : new StoredSignIns(parts);
    this.#made = new NewSignIns(parts, this.#keeper);
    this.#maker = new SignInMaker(parts, this.#made);
    this.#replacements = new Replacements(parts, this.#keeper, this.#made);
    const store = (operation: Operation, signIn: SignIn<U>) => this.#store(operation, signIn);
    const offers = new Offers(parts, this.#maker, this.#keeper, store);
    this.#loader = new SignInLoader(parts, this.#keeper, (operation) => offers.take(operation));
  }

  complete(operation: Operation, proof: Proof<U>, pending: Pending | null = null): Promise<SignIn<U> | Pending> {
    return this.#maker.complete(operation, proof, pending, operation.activity[0]);
  }

  stepUp(operation: Operation, current: SignIn<U>, proof: Proof<U>, byFactor: boolean): Promise<SignIn<U>> {
    return this.#replacements.stepUp(operation, current, proof, byFactor);
  }

  renew(operation: Operation, current: SignIn<U>, effect: (tx: DataLayer) => Promise<JsonObject>) {
    return this.#replacements.renew(operation, current, effect);
  }

  /** @param isFor what the first step has to be good for */
  readPending(
    operation: Operation,
    handle: string | undefined,
    isFor: (pending: Pending) => boolean,
  ): Promise<Pending | null> {
    return this.#maker.pending.read(operation, handle, isFor);
  }

  load(operation: Operation, accepts: readonly Accepts[]): Promise<Loaded<U>> {
    return this.#loader.load(operation, accepts);
  }

  /**
   * Puts the handle of the sign-in that this operation made into the session cookie, and ends the one that was there.
   *
   * @throws {Error} when there is no such sign-in, or it is somebody else's
   */
  async storeInSession(operation: Operation, user: U): Promise<void> {
    const { made } = operation;
    if (made === null || made.subject !== subjectOfUser(this.parts.resource, user)) throw new Error(NOT_SIGNED_IN);
    await this.#store(operation, made);
  }

  /** Where the tenant is not known nothing is cleared: the cookies are another tenant's. */
  clearSession(operation: Operation): void {
    const tenancy = this.parts.tenants.known(operation);
    if (tenancy !== null && operation.cookies.writable) operation.cookies.clear(this.#cookieName(tenancy));
  }

  /** @returns how many sign-ins ended. `others` spares `current`, which is required for it and for `this`. */
  async end(operation: Operation, subject: Subject, which: Ended['which'], current: string | null): Promise<number> {
    const ended = { subject, which, signInId: which === 'all' ? null : current };
    const { count } = await this.parts
      .data(operation)
      .transaction((tx) => endSignIns(this.parts, operation, ended, tx));
    return count;
  }

  /** Ends a sign-in whose answer failed, so that nobody has got it. An add-on that throws does not keep it alive. */
  async takeBack(operation: Operation, { subject, id }: SignIn): Promise<void> {
    try {
      await this.end(operation, subject, 'this', id);
    } catch {
      await endSignIn(id, subject, this.parts.clock.now(), this.parts.data(operation));
    }
  }

  /**
   * Ends the sign-in that the request has a handle of, whether or not its user may sign in by now. With the session goes whatever
   * else the browser is known by.
   *
   * @returns how many: none where the handle is of no live sign-in
   */
  async endPresented(operation: Operation, by: 'session' | 'bearer'): Promise<number> {
    if ((await this.parts.tenants.find(operation)) === null) return 0;
    const presented = await this.#keeper.presented(operation, by);
    const ended = presented === null ? 0 : await this.end(operation, presented.subject, 'this', presented.id);
    if (by === 'session') await this.parts.hooks.forgetBrowser(operation);
    return ended;
  }

  /** Ends one sign-in out of the list; false when the subject has no such live sign-in. */
  async endListed(operation: Operation, subject: Subject, listId: string): Promise<boolean> {
    const live = await this.#live(operation, subject);
    const row = live.find(({ id }) => listIdOf(id) === listId);
    return row !== undefined && (await this.end(operation, subject, 'this', row.id)) === 1;
  }

  /** Nobody signs in as this subject until it is enabled again. Ends everything it has. */
  async disable(operation: Operation, subject: Subject): Promise<void> {
    const { subjects, hooks, clock } = this.parts;
    await this.parts.data(operation).transaction(async (tx) => {
      await subjects.raiseAnyway(subject, tx, clock.now());
      await endAll(subject, null, clock.now(), tx);
      await hooks.signedOut(operation, { subject, which: 'all', signInId: null }, tx);
      await hooks.disabled(subject, tx);
    });
  }

  /**
   * Deletes a user with everything that signs in as it. The subject's epoch stays, raised: whoever gets the same key later
   * inherits no link and no cookie. Where rows have a time of deletion, that is set, and what rooms keep stays with the row: all
   * of it is nobody's for as long.
   *
   * @returns false where nobody is there
   */
  async deleteUser(operation: Operation, { subject, user }: Account<U>): Promise<boolean> {
    const { subjects, hooks, clock, resource } = this.parts;
    const where = keyOf(resource.subjectName, resource.key, subject);
    return this.parts.data(operation).transaction(async (tx) => {
      await subjects.raiseAnyway(subject, tx);
      await endAll(subject, null, clock.now(), tx);
      await hooks.signedOut(operation, { subject, which: 'all', signInId: null }, tx);
      await askHooks(hooks, operation, { kind: 'delete', before: user, values: {}, credentials: true, tx });
      if (where === null) return false;
      if (resource.deletedAt !== null) {
        const deleted = { [resource.deletedAt]: clock.now() };
        return (await tx.update(resource.model, { ...where, ...present(resource) }, deleted)) === 1;
      }
      await hooks.forget(subject, tx);
      return (await tx.delete(resource.model, where)) === 1;
    });
  }

  async enable(operation: Operation, subject: Subject): Promise<void> {
    await this.parts.data(operation).transaction((tx) => this.parts.subjects.raiseAnyway(subject, tx, null));
  }

  /** Newest first. */
  async list(operation: Operation, subject: Subject, current: string | null): Promise<readonly SignInSummary[]> {
    const live = await this.#live(operation, subject);
    const { deviceName } = await import('../devices/index.js'); // only lists need the names of all browsers
    return live.toReversed().map(({ id, createdAt, lastSeenAt, userAgent }) => ({
      listId: listIdOf(id),
      createdAt,
      lastSeenAt,
      userAgent,
      deviceName: deviceName(userAgent),
      current: id === current,
    }));
  }

  #live(operation: Operation, subject: Subject) {
    const { clock, resource } = this.parts;
    return liveSignIns(subject, clock.now(), resource.sessions.idleLifetimeSeconds, this.parts.data(operation));
  }

  async #store(operation: Operation, made: SignIn): Promise<void> {
    const handle = this.#made.handleOf(made);
    if (handle === null) throw new Error(NOT_SIGNED_IN);
    await this.#replaceStored(operation, made.id);
    const seconds = Math.floor((made.expiresAt.getTime() - this.parts.clock.now().getTime()) / 1000);
    operation.cookies.set(this.#cookieName(this.parts.tenants.of(operation)), handle, seconds);
  }

  async #replaceStored(operation: Operation, newId: string): Promise<void> {
    // Whoever stepped up with the cookie has ended its sign-in by that.
    if (operation.replaced?.token === null) return;
    const stored = await this.#keeper.presented(operation, 'session');
    if (stored !== null && stored.id !== newId) await this.end(operation, stored.subject, 'this', stored.id);
  }

  #cookieName({ tenant }: Tenancy): string {
    return sessionCookieName(this.parts.resource.subjectName, tenant);
  }
}
