import { AuthenticationFailed, SignInNotAllowed, type OfferedFactor } from '../errors/index.js';
import type { DataLayer, Subject } from '../resources/index.js';
import type { Pending, Proof, SignIn } from '../strategy/index.js';
import type { Operation } from './operation.js';
import { PendingSteps } from './pending.js';
import { requireOwnTenant, subjectOfUser, type SessionParts } from './session-parts.js';
import type { Kept, SignInKeeper } from './sign-in-keeper.js';
import { newSignIn, type NewSignIn } from './sign-in-rows.js';

const SECOND = 1000;

/** The only door through which a credential comes into being. */
export class SignInMaker<U extends object> {
  readonly pending: PendingSteps<U>;
  /** The cookie value of a sign-in made here: known until the operation is over, kept nowhere else. */
  readonly #handles = new WeakMap<object, string>();

  constructor(
    private readonly parts: SessionParts<U>,
    private readonly keeper: SignInKeeper<U>,
  ) {
    this.pending = new PendingSteps(parts);
  }

  /**
   * Makes a sign-in of a proof, or the pending state where a second factor stands in the way.
   *
   * @param pending the first step that this proof completes, where it is of a second factor
   * @throws {SignInNotAllowed} when `maySignIn` says no
   * @throws {AuthenticationFailed} reason `credentials_changed` when the account changed since the proof was taken
   */
  async complete(operation: Operation, proof: Proof<U>, pending: Pending | null): Promise<SignIn<U> | Pending> {
    const subject = subjectOfUser(this.parts.resource, proof.user);
    await this.#requireAllowed(operation, proof.user, async () => {
      if (proof.effectStands) await this.#takeEffect(operation, subject, proof);
    });
    if (pending !== null) return this.#completePending(operation, subject, proof, pending);

    const factors = proof.factors === 1 ? await this.#otherFactors(operation, proof.user) : [];
    if (factors.length > 0) {
      // Asking for more would say that the first step was right.
      if (await this.parts.subjects.isDisabled(subject, this.parts.data(operation))) {
        throw new AuthenticationFailed('disabled');
      }
      const subjectEpoch = await this.#takeEffect(operation, subject, proof);
      return this.pending.start(operation, subject, { ...proof, subjectEpoch }, factors);
    }
    const row = this.#newRow(operation, subject, proof, [], proof.factors === 2);
    return this.#make(operation, subject, proof, row, async () => undefined);
  }

  /**
   * Replaces the sign-in in force by a new one that also carries this proof: new id, old one dead. It lives no longer.
   *
   * @param byFactor whether the proof is of a factor that can be a second one
   * @throws {AuthenticationFailed} reason `sign_in_ended` when the one in force has ended meanwhile
   */
  async stepUp(operation: Operation, current: SignIn<U>, proof: Proof<U>, byFactor: boolean): Promise<SignIn<U>> {
    const subject = subjectOfUser(this.parts.resource, proof.user);
    if (current.subject !== subject) throw new AuthenticationFailed('another_user');
    await this.#requireAllowed(operation, proof.user);
    const secondFactor = proof.factors === 2 || (byFactor && isAnotherFactor(current, proof));
    const fresh = this.#newRow(operation, subject, proof, current.methods, secondFactor);
    const { expiresAt, remembered, actor } = current;
    const lifetimeMs = expiresAt.getTime() - fresh.createdAt.getTime();
    if (lifetimeMs < SECOND) throw new AuthenticationFailed('sign_in_ended'); // shorter than any token can live
    const secondFactorAt = fresh.secondFactorAt ?? current.secondFactorAt;
    const row = { ...fresh, expiresAt, remembered, actor, secondFactorAt };
    const made = await this.#make(operation, subject, proof, row, async (tx) => {
      const ended = await this.keeper.replace(current.id, subject, tx);
      const endedByThis = operation.raisedEpochs.get(subject) === epochAfter(operation, subject, proof);
      if (!ended && !endedByThis) throw new AuthenticationFailed('sign_in_ended');
    });
    operation.replaced = current;
    return made;
  }

  /** The handle that goes into the session cookie. Null for a sign-in that was not made here. */
  handleOf(signIn: SignIn): string | null {
    return this.#handles.get(signIn) ?? null;
  }

  /** What was shown a moment ago is no second factor. */
  async #otherFactors(operation: Operation, user: U): Promise<readonly OfferedFactor[]> {
    const factors = await this.parts.hooks.factors(operation, user);
    return factors.filter(({ strategy }) => strategy !== operation.activity[0]);
  }

  /** Only a factor that was asked for completes a first step, and only that of the same user. */
  #completePending(operation: Operation, subject: Subject, proof: Proof<U>, pending: Pending): Promise<SignIn<U>> {
    if (pending.subject !== subject) throw new AuthenticationFailed('another_user');
    const asked = pending.factors.some(({ strategy }) => strategy === operation.activity[0]);
    const isAnother = proof.methods.some((method) => !pending.methods.includes(method));
    if (!asked || !isAnother) throw new AuthenticationFailed('another_factor');
    const row = this.#newRow(operation, subject, proof, pending.methods, true);
    const actor = proof.actor ?? operation.firstStep?.actor ?? null;
    const claims = { ...operation.firstStep?.claims, ...proof.claims };
    return this.#make(operation, subject, { ...proof, claims }, { ...row, actor }, (tx) =>
      this.pending.spend(operation, pending, proof, tx),
    );
  }

  /** A first step uses up its token as a whole sign-in does, though it makes no row. @returns the epoch after it */
  async #takeEffect(operation: Operation, subject: Subject, proof: Proof<U>): Promise<number> {
    if (proof.effect !== undefined) await this.parts.data(operation).transaction(proof.effect);
    return epochAfter(operation, subject, proof);
  }

  async #make(
    operation: Operation,
    subject: Subject,
    proof: Proof<U>,
    row: NewSignIn,
    first: (tx: DataLayer) => Promise<void>,
  ): Promise<SignIn<U>> {
    const { subjects, hooks } = this.parts;
    const claims = await hooks.claims(operation, proof.user, proof.claims ?? {});
    const { signIn, handle } = await this.parts.data(operation).transaction(async (tx) => {
      await proof.effect?.(tx);
      const subjectEpoch = epochAfter(operation, subject, proof);
      // Locks the subject: a change of its credentials waits for us, or has made this count zero.
      if (!(await subjects.touch(subject, subjectEpoch, tx))) {
        throw new AuthenticationFailed('credentials_changed');
      }
      await first(tx);
      const kept = await this.keeper.keep(operation, subject, row, tx);
      const facts = this.#signIn(operation, subject, { user: proof.user, claims }, kept, row);
      const issued = await hooks.signedIn(operation, { ...facts, subjectEpoch }, tx);
      return { signIn: { ...facts, issued }, handle: kept.handle ?? facts.token };
    });
    this.#handles.set(signIn, handle);
    return signIn;
  }

  #newRow(
    operation: Operation,
    subject: Subject,
    proof: Proof<U>,
    before: readonly string[],
    secondFactor: boolean,
  ): NewSignIn {
    const { clock, resource } = this.parts;
    const { absoluteLifetimeSeconds } = resource.sessions;
    const { userAgent } = operation.client;
    return newSignIn(subject, proof, { before, secondFactor, userAgent, now: clock.now(), absoluteLifetimeSeconds });
  }

  #signIn(
    operation: Operation,
    subject: Subject,
    { user, claims }: Pick<SignIn<U>, 'user' | 'claims'>,
    { id, sealed }: Kept,
    row: NewSignIn,
  ): SignIn<U> & { readonly token: string } {
    const { tenant } = this.parts.tenants.of(operation);
    const { createdAt: issuedAt, expiresAt, methods, authenticatedAt, secondFactorAt, remembered } = row;
    const token = this.parts.tokens.issue({ subject, signInId: id, tenant, issuedAt, expiresAt, claims, sealed });
    const actor = row.actor === null ? null : (row.actor as Subject); // came from a proof's actor
    const facts = { id, subject, user, tenant, methods, authenticatedAt, secondFactorAt, expiresAt, remembered };
    return { ...facts, actor, token, claims, issued: {}, credential: null };
  }

  async #requireAllowed(
    operation: Operation,
    user: U,
    before: () => Promise<void> = () => Promise.resolve(),
  ): Promise<void> {
    requireOwnTenant(this.parts.resource, user, this.parts.tenants.of(operation).tenant);
    if (await this.parts.hooks.maySignIn(user)) return;
    await before();
    throw new SignInNotAllowed('may_not_sign_in');
  }
}

/** The epoch that the proof was taken under, or the next one where its own effect raised it. */
function epochAfter<U>({ raisedEpochs }: Operation, subject: Subject, { subjectEpoch }: Proof<U>): number {
  return raisedEpochs.get(subject) === subjectEpoch + 1 ? subjectEpoch + 1 : subjectEpoch;
}

/** The factor that somebody signed in with, shown again, is no second one. */
function isAnotherFactor<U>(current: SignIn<U>, proof: Proof<U>): boolean {
  return current.secondFactorAt !== null || proof.methods.some((method) => !current.methods.includes(method));
}
