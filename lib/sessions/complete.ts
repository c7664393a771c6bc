import { AuthenticationFailed, SignInNotAllowed, type OfferedFactor } from '../errors/index.js';
import type { DataLayer, Subject } from '../resources/index.js';
import type { JsonObject, Pending, Proof, SignIn } from '../strategy/index.js';
import type { Operation } from './operation.js';
import { PendingSteps } from './pending.js';
import { ProofEffects } from './proof-effects.js';
import { requireOwnTenant, subjectOfUser, type SessionParts } from './session-parts.js';
import type { Kept, SignInKeeper } from './sign-in-keeper.js';
import { newSignIn, type NewSignIn } from './sign-in-rows.js';

const SECOND = 1000;
/** Stands where a proof names its methods; the sign-in says what the one before said. */
const NOTHING_SHOWN = ['renewed'] as const;

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
   * @param provenBy the strategy whose proof it is: what was shown a moment ago is no second factor
   * @throws {SignInNotAllowed} when `maySignIn` says no
   * @throws {AuthenticationFailed} reason `credentials_changed` when the account changed since the proof was taken
   * @throws {InvalidToken} reason `mailbox_changed` when the address that the proof shows is not the account's any more
   */
  async complete(
    operation: Operation,
    given: Proof<U>,
    pending: Pending | null,
    provenBy: string | null,
  ): Promise<SignIn<U> | Pending> {
    const subject = subjectOfUser(this.parts.resource, given.user);
    const proof = await this.#allowed(operation, subject, given, async () => {
      if (given.effectStands) await this.#effects.takeEffect(operation, subject, given);
    });
    if (pending !== null) return this.#completePending(operation, subject, proof, pending);

    const factors = proof.factors === 1 ? await this.#otherFactors(operation, proof.user, provenBy) : [];
    if (factors.length === 0) return this.#makeNew(operation, subject, proof);
    return this.#askForMore(operation, subject, proof, { factors, provenBy });
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
    const { expiresAt, actor } = current;
    requireTimeLeft(fresh, expiresAt);
    const secondFactorAt = fresh.secondFactorAt ?? current.secondFactorAt;
    const row = { ...fresh, expiresAt, actor, secondFactorAt };
    const first = async (tx: DataLayer, subjectEpoch: number) => {
      const ended = await this.keeper.replace(current.id, subject, tx);
      const endedByThis = operation.raisedEpochs.get(subject) === subjectEpoch;
      if (!ended && !endedByThis) throw new AuthenticationFailed('sign_in_ended');
    };
    const made = await this.#make(operation, subject, proof, { row, replaces: current.id, first });
    operation.replaced = current;
    return made;
  }

  /**
   * Replaces the sign-in in force by one that says the same: new id, old one dead. Nobody has shown anything, so nothing of it is
   * any fresher, and whatever ended the old one meanwhile keeps the new one from being made.
   *
   * @param effect done first in the same transaction
   * @returns the new one, and what `effect` answered
   * @throws {AuthenticationFailed} reason `sign_in_ended` or `credentials_changed`
   */
  async renew(
    operation: Operation,
    current: SignIn<U>,
    effect: (tx: DataLayer) => Promise<JsonObject>,
  ): Promise<{ readonly signIn: SignIn<U>; readonly result: JsonObject }> {
    const { user, subject, methods, authenticatedAt, secondFactorAt, expiresAt, remembered, actor } = current;
    const subjectEpoch = await this.parts.subjects.epochOf(subject, this.parts.data(operation));
    let result: JsonObject = {};
    const takeEffect = async (tx: DataLayer) => void (result = await effect(tx));
    const proof: Proof<U> = { user, subjectEpoch, methods: NOTHING_SHOWN, factors: 1, effect: takeEffect };
    await this.#allowed(operation, subject, proof);
    const fresh = this.#newRow(operation, subject, proof, [], false);
    requireTimeLeft(fresh, expiresAt);
    const row = { ...fresh, methods, authenticatedAt, secondFactorAt, expiresAt, remembered, actor };
    const first = async (tx: DataLayer) => {
      if (!(await this.keeper.replace(current.id, subject, tx))) throw new AuthenticationFailed('sign_in_ended');
    };
    const signIn = await this.#make(operation, subject, proof, { row, replaces: current.id, first });
    operation.replaced = current;
    return { signIn, result };
  }

  /** The handle that goes into the session cookie. Null for a sign-in that was not made here. */
  handleOf(signIn: SignIn): string | null {
    return this.#handles.get(signIn) ?? null;
  }

  /** What was shown a moment ago is no second factor, and backups alone ask nobody for one. */
  async #otherFactors(operation: Operation, user: U, provenBy: string | null): Promise<readonly OfferedFactor[]> {
    const factors = await this.parts.hooks.factors(operation, user, this.parts.data(operation));
    const others = factors.filter(({ strategy }) => strategy !== provenBy);
    return others.some(({ backup }) => !backup) ? others : [];
  }

  /** Only a factor that was asked for completes a first step, and only that of the same user. */
  #completePending(operation: Operation, subject: Subject, proof: Proof<U>, pending: Pending): Promise<SignIn<U>> {
    if (pending.subject !== subject) throw new AuthenticationFailed('another_user');
    const asked = pending.factors.some(({ strategy }) => strategy === operation.activity[0]);
    const isAnother = proof.methods.some((method) => !pending.methods.includes(method));
    if (!asked || !isAnother) throw new AuthenticationFailed('another_factor');
    const fresh = this.#newRow(operation, subject, proof, pending.methods, true);
    const row = { ...fresh, actor: proof.actor ?? operation.firstStep?.actor ?? null };
    const claims = { ...operation.firstStep?.claims, ...proof.claims };
    const first = (tx: DataLayer) => this.pending.spend(operation, pending, proof, tx);
    return this.#make(operation, subject, { ...proof, claims }, { row, replaces: null, first });
  }

  #makeNew(operation: Operation, subject: Subject, proof: Proof<U>): Promise<SignIn<U>> {
    const row = this.#newRow(operation, subject, proof, [], proof.factors === 2);
    return this.#make(operation, subject, proof, { row, replaces: null, first: async () => undefined });
  }

  /**
   * Asks for a second factor, unless the proof was the first of the account's mailbox: then none is left to ask for. Its effect is
   * a transaction of its own, after which nothing is in anybody's hands but the mailbox. A browser that is known is asked once: each of
   * its requests would take the place of the step that it has begun.
   */
  async #askForMore(
    operation: Operation,
    subject: Subject,
    proof: Proof<U>,
    { factors, provenBy }: Asked,
  ): Promise<SignIn<U> | Pending> {
    // Asking for more would say that the first step was right.
    if (await this.parts.subjects.isDisabled(subject, this.parts.data(operation))) {
      throw new AuthenticationFailed('disabled');
    }
    const begun = proof.remembered && (await this.pending.find(operation, subject, proof.subjectEpoch));
    if (begun) return begun;
    const taken = { ...proof, subjectEpoch: await this.#effects.takeEffect(operation, subject, proof) };
    const left = proof.mailbox === undefined ? factors : await this.#otherFactors(operation, proof.user, provenBy);
    if (left.length > 0) return this.pending.start(operation, subject, taken, left);
    return this.#makeNew(operation, subject, { ...taken, effect: undefined, mailbox: undefined });
  }

  async #make(
    operation: Operation,
    subject: Subject,
    proof: Proof<U>,
    { row, replaces, first }: Making,
  ): Promise<SignIn<U>> {
    const { hooks } = this.parts;
    const claims = await hooks.claims(operation, proof.user, proof.claims ?? {});
    const { signIn, handle } = await this.#effects.transaction(operation, subject, async (tx) => {
      const subjectEpoch = await this.#effects.settle(operation, subject, proof, tx);
      await first(tx, subjectEpoch);
      const kept = await this.keeper.keep(operation, subject, row, tx);
      const facts = this.#signIn(operation, subject, { user: proof.user, claims }, kept, row);
      const issued = await hooks.signedIn(operation, { ...facts, subjectEpoch, replaces }, tx);
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

/** How a sign-in is made. */
interface Making {
  readonly row: NewSignIn;
  /** The id of the one whose place it takes. */
  readonly replaces: string | null;
  /** First in the transaction, once the subject is locked. */
  readonly first: (tx: DataLayer, subjectEpoch: number) => Promise<void>;
}

/** What a first step is asked for more by, and who made it. */
interface Asked {
  readonly factors: readonly OfferedFactor[];
  readonly provenBy: string | null;
}

/** @throws {AuthenticationFailed} reason `sign_in_ended` where less is left than any token can live */
function requireTimeLeft({ createdAt }: NewSignIn, expiresAt: Date): void {
  if (expiresAt.getTime() - createdAt.getTime() < SECOND) throw new AuthenticationFailed('sign_in_ended');
}
