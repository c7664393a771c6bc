import { AuthenticationFailed, SignInNotAllowed, type OfferedFactor } from '../errors/index.js';
import type { DataLayer, Subject } from '../resources/index.js';
import type { Pending, Proof, SignIn } from '../strategy/index.js';
import type { Operation } from './operation.js';
import { PendingSteps } from './pending.js';
import { ProofEffects } from './proof-effects.js';
import { requireOwnTenant, subjectOfUser, type SessionParts } from './session-parts.js';
import type { Kept, SignInKeeper } from './sign-in-keeper.js';
import { newSignIn, type NewSignIn } from './sign-in-rows.js';

const SECOND = 1000;

/** The only door through which a credential comes into being. */
export class SignInMaker<U extends object> {
  readonly pending: PendingSteps<U>;
  readonly #effects: ProofEffects<U>;
  /** The cookie value of a sign-in made here: known until the operation is over, kept nowhere else. */
  readonly #handles = new WeakMap<object, string>();

  constructor(
    private readonly parts: SessionParts<U>,
    private readonly keeper: SignInKeeper<U>,
  ) {
    this.pending = new PendingSteps(parts);
    this.#effects = new ProofEffects(parts);
  }

  /**
   * Makes a sign-in of a proof, or the pending state where a second factor stands in the way.
   *
   * @param pending the first step that this proof completes, where it is of a second factor
   * @throws {SignInNotAllowed} when `maySignIn` says no
   * @throws {AuthenticationFailed} reason `credentials_changed` when the account changed since the proof was taken
   * @throws {InvalidToken} reason `mailbox_changed` when the address that the proof shows is not the account's any more
   */
  async complete(operation: Operation, given: Proof<U>, pending: Pending | null): Promise<SignIn<U> | Pending> {
    const subject = subjectOfUser(this.parts.resource, given.user);
    const proof = await this.#allowed(operation, subject, given, async () => {
      if (given.effectStands) await this.#effects.takeEffect(operation, subject, given);
    });
    if (pending !== null) return this.#completePending(operation, subject, proof, pending);

    const factors = proof.factors === 1 ? await this.#otherFactors(operation, proof.user) : [];
    return factors.length > 0
      ? this.#askForMore(operation, subject, proof, factors)
      : this.#makeNew(operation, subject, proof);
  }

  /**
   * Replaces the sign-in in force by a new one that also carries this proof: new id, old one dead. It lives no longer.
   *
   * @param byFactor whether the proof is of a factor that can be a second one
   * @throws {AuthenticationFailed} reason `sign_in_ended` when the one in force has ended meanwhile
   */
  async stepUp(operation: Operation, current: SignIn<U>, given: Proof<U>, byFactor: boolean): Promise<SignIn<U>> {
    const subject = subjectOfUser(this.parts.resource, given.user);
    if (current.subject !== subject) throw new AuthenticationFailed('another_user');
    const proof = await this.#allowed(operation, subject, given);
    const secondFactor = proof.factors === 2 || (byFactor && isAnotherFactor(current, proof));
    const fresh = this.#newRow(operation, subject, proof, current.methods, secondFactor);
    const { expiresAt, remembered, actor } = current;
    const lifetimeMs = expiresAt.getTime() - fresh.createdAt.getTime();
    if (lifetimeMs < SECOND) throw new AuthenticationFailed('sign_in_ended'); // shorter than any token can live
    const secondFactorAt = fresh.secondFactorAt ?? current.secondFactorAt;
    const row = { ...fresh, expiresAt, remembered, actor, secondFactorAt };
    const made = await this.#make(operation, subject, proof, row, async (tx, subjectEpoch) => {
      const ended = await this.keeper.replace(current.id, subject, tx);
      const endedByThis = operation.raisedEpochs.get(subject) === subjectEpoch;
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

  #makeNew(operation: Operation, subject: Subject, proof: Proof<U>): Promise<SignIn<U>> {
    const row = this.#newRow(operation, subject, proof, [], proof.factors === 2);
    return this.#make(operation, subject, proof, row, async () => undefined);
  }

  /**
   * Asks for a second factor, unless the proof was the first of the account's mailbox: then none is left to ask for. Its effect is
   * a transaction of its own, after which nothing is in anybody's hands but the mailbox.
   */
  async #askForMore(
    operation: Operation,
    subject: Subject,
    proof: Proof<U>,
    factors: readonly OfferedFactor[],
  ): Promise<SignIn<U> | Pending> {
    // Asking for more would say that the first step was right.
    if (await this.parts.subjects.isDisabled(subject, this.parts.data(operation))) {
      throw new AuthenticationFailed('disabled');
    }
    const taken = { ...proof, subjectEpoch: await this.#effects.takeEffect(operation, subject, proof) };
    const left = proof.mailbox === undefined ? factors : await this.#otherFactors(operation, proof.user);
    if (left.length > 0) return this.pending.start(operation, subject, taken, left);
    return this.#makeNew(operation, subject, { ...taken, effect: undefined, mailbox: undefined });
  }

  async #make(
    operation: Operation,
    subject: Subject,
    proof: Proof<U>,
    row: NewSignIn,
    first: (tx: DataLayer, subjectEpoch: number) => Promise<void>,
  ): Promise<SignIn<U>> {
    const { hooks } = this.parts;
    const claims = await hooks.claims(operation, proof.user, proof.claims ?? {});
    const { signIn, handle } = await this.#effects.transaction(operation, subject, async (tx) => {
      const subjectEpoch = await this.#effects.settle(operation, subject, proof, tx);
      await first(tx, subjectEpoch);
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

  /** @returns the proof, of the user as it leaves the account */
  async #allowed(
    operation: Operation,
    subject: Subject,
    proof: Proof<U>,
    before: () => Promise<void> = () => Promise.resolve(),
  ): Promise<Proof<U>> {
    requireOwnTenant(this.parts.resource, proof.user, this.parts.tenants.of(operation).tenant);
    const user = await this.#effects.userAfter(operation, subject, proof);
    if (await this.parts.hooks.maySignIn(user)) return { ...proof, user };
    await before();
    throw new SignInNotAllowed('may_not_sign_in');
  }
}

/** The factor that somebody signed in with, shown again, is no second one. */
function isAnotherFactor<U>(current: SignIn<U>, proof: Proof<U>): boolean {
  return current.secondFactorAt !== null || proof.methods.some((method) => !current.methods.includes(method));
}
