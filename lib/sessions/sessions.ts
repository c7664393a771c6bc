import { keyOf, type Subject } from '../resources/index.js';
import type { Account, Ended, Pending, Proof, SignIn, SignInSummary } from '../strategy/index.js';
import { SignInMaker } from './complete.js';
import { SignInLoader, type Accepts } from './load.js';
import type { Loaded } from './loaded.js';
import { signInsModel } from './models.js';
import type { Operation } from './operation.js';
import { sessionCookieName, subjectOfUser, type SessionParts } from './session-parts.js';
import { present } from './user-rows.js';
import type { SignInKeeper } from './sign-in-keeper.js';
import { StatelessSignIns } from './stateless-sign-ins.js';
import { StoredSignIns } from './stored-sign-ins.js';
import { endSignIn, listIdOf, liveSignIns } from './sign-in-rows.js';
import type { Tenancy } from './tenants.js';
import { askHooks } from './user-changes.js';

/** The sign-ins of one resource: made, loaded, stored in the browser, listed, ended. */
export class Sessions<U extends object> {
  readonly #maker: SignInMaker<U>;
  readonly #loader: SignInLoader<U>;
  readonly #keeper: SignInKeeper<U>;

  constructor(private readonly parts: SessionParts<U>) {
    this.#keeper = parts.resource.isStateless ? new StatelessSignIns(parts) : new StoredSignIns(parts);
    this.#maker = new SignInMaker(parts, this.#keeper);
    this.#loader = new SignInLoader(parts, this.#keeper, (operation) => this.#offered(operation));
  }

  complete(operation: Operation, proof: Proof<U>, pending: Pending | null = null): Promise<SignIn<U> | Pending> {
    return this.#maker.complete(operation, proof, pending);
  }

  stepUp(operation: Operation, current: SignIn<U>, proof: Proof<U>, byFactor: boolean): Promise<SignIn<U>> {
    return this.#maker.stepUp(operation, current, proof, byFactor);
  }

  readPending(operation: Operation, handle: string | undefined): Promise<Pending | null> {
    return this.#maker.pending.read(operation, handle);
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
    const handle = made === null ? null : this.#maker.handleOf(made);
    if (made === null || handle === null || made.subject !== subjectOfUser(this.parts.resource, user)) {
      throw new Error(
        'storeInSession: this operation did not sign this user in. Pass the user that handleSuccess got.',
      );
    }
    await this.#replaceStored(operation, made.id);
    const seconds = Math.floor((made.expiresAt.getTime() - this.parts.clock.now().getTime()) / 1000);
    operation.cookies.set(this.#cookieName(this.parts.tenants.of(operation)), handle, seconds);
  }

  /** Where the tenant is not known nothing is cleared: the cookies are another tenant's. */
  clearSession(operation: Operation): void {
    const tenancy = this.parts.tenants.known(operation);
    if (tenancy !== null && operation.cookies.writable) operation.cookies.clear(this.#cookieName(tenancy));
  }

  /** @returns how many sign-ins ended. `others` spares `current`, which is required for it and for `this`. */
  async end(operation: Operation, subject: Subject, which: Ended['which'], current: string | null): Promise<number> {
    const { subjects, hooks, clock } = this.parts;
    const signInId = which === 'all' ? null : current;
    const ended = await this.parts.data(operation).transaction(async (tx) => {
      const endedAt = clock.now();
      if (which !== 'this') await subjects.raiseAnyway(subject, tx);
      const count =
        which === 'this'
          ? Number(current !== null && (await endSignIn(current, subject, endedAt, tx)))
          : await this.#endAll(subject, which === 'others' ? current : null, endedAt, tx);
      if (count > 0) await hooks.signedOut(operation, { subject, which, signInId }, tx);
      return count;
    });
    this.#loader.forget(operation);
    return ended;
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
   * Ends the sign-in that the request has a handle of, whether or not its user may sign in by now.
   *
   * @returns how many: none where the handle is of no live sign-in
   */
  async endPresented(operation: Operation, by: 'session' | 'bearer'): Promise<number> {
    if ((await this.parts.tenants.find(operation)) === null) return 0;
    const presented = await this.#keeper.presented(operation, by);
    return presented === null ? 0 : this.end(operation, presented.subject, 'this', presented.id);
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
      await this.#endAll(subject, null, clock.now(), tx);
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
      await this.#endAll(subject, null, clock.now(), tx);
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

  /** An add-on knows this browser (`loadUser`): its proof makes a sign-in like any other. */
  async #offered(operation: Operation): Promise<SignIn<U> | null> {
    // Whoever has just signed in is known already.
    if (!operation.cookies.writable || operation.made !== null) return null;
    const proof = await this.parts.hooks.loadUser(operation);
    const completed = proof === null ? null : await this.#maker.complete(operation, proof, null);
    if (completed === null || !('id' in completed)) return null;
    operation.made = completed;
    await this.storeInSession(operation, completed.user);
    return completed;
  }

  async #replaceStored(operation: Operation, newId: string): Promise<void> {
    // Whoever stepped up with the cookie has ended its sign-in by that.
    if (operation.replaced?.token === null) return;
    const stored = await this.#keeper.presented(operation, 'session');
    if (stored !== null && stored.id !== newId) await this.end(operation, stored.subject, 'this', stored.id);
  }

  async #endAll(subject: Subject, spared: string | null, endedAt: Date, tx: Parameters<typeof endSignIn>[3]) {
    const live = { subject, endedAt: null };
    if (spared === null) return tx.update(signInsModel, live, { endedAt });
    const below = await tx.update(signInsModel, { ...live, id: { lt: spared } }, { endedAt });
    return below + (await tx.update(signInsModel, { ...live, id: { gt: spared } }, { endedAt }));
  }

  #cookieName({ tenant }: Tenancy): string {
    return sessionCookieName(this.parts.resource.subjectName, tenant);
  }
}
