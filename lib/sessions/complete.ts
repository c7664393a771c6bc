import { AuthenticationFailed } from '../errors/index.js';
import type { DataLayer, Subject } from '../resources/index.js';
import type { Pending, Proof, SignIn } from '../strategy/index.js';
import type { Trust } from './hooks.js';
import type { NewSignIns } from './new-sign-ins.js';
import type { Operation } from './operation.js';
import { PendingSteps } from './pending.js';
import { isOffered, SecondFactors, type Demand } from './second-factors.js';
import { subjectOfUser, type SessionParts } from './session-parts.js';

/** The only door through which a sign-in comes into being that takes no other's place. */
export class SignInMaker<U extends object> {
  readonly pending: PendingSteps<U>;
  readonly #factors: SecondFactors<U>;

  constructor(
    private readonly parts: SessionParts<U>,
    private readonly made: NewSignIns<U>,
  ) {
    this.pending = new PendingSteps(parts);
    this.#factors = new SecondFactors(parts);
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
    const allowed = await this.made.allowed(operation, subject, given, async () => {
      if (given.effectStands) await this.made.effects.takeEffect(operation, subject, given);
    });
    const proof = { ...allowed, origin: await this.#originOf(operation, subject, given) };
    if (pending !== null) return this.#completePending(operation, subject, proof, pending);
    const demand = await this.#demandOf(operation, proof, provenBy);
    if (demand === null) return this.#makeNew(operation, subject, proof);
    const trust = await this.#trustFor(operation, subject, proof, demand);
    // The first proof of a mailbox leaves neither factors nor trust: whether it was one shows when it has taken effect.
    if (trust !== null && proof.mailbox === undefined) return this.#makeTrusted(operation, subject, proof, trust);
    return this.#askForMore(operation, subject, proof, { demand, provenBy });
  }

  /** Whoever is remembered is in by what was shown then. */
  async #originOf(
    operation: Operation,
    subject: Subject,
    { origin, remembered }: Proof<U>,
  ): Promise<string | undefined> {
    if (origin !== undefined || remembered?.before === undefined) return origin;
    return (await this.made.originOf(operation, remembered.before, subject)) ?? undefined;
  }

  /** A cookie beside a cookie is no second factor, and nobody who acts for somebody has theirs. */
  async #trustFor(operation: Operation, subject: Subject, proof: Proof<U>, demand: Demand): Promise<Trust | null> {
    const { remembered, actor, subjectEpoch } = proof;
    if (remembered !== undefined || actor !== undefined || demand.factors.length === 0) return null;
    return this.parts.hooks.trustsBrowser(operation, subject, subjectEpoch);
  }

  #demandOf(operation: Operation, proof: Proof<U>, provenBy: string | null): Promise<Demand | null> {
    return this.#factors.after(operation, proof, provenBy, this.parts.data(operation));
  }

  /** Only a factor that was asked for completes a first step, or one that was enrolled for it, and only that of the same user. */
  #completePending(operation: Operation, subject: Subject, proof: Proof<U>, pending: Pending): Promise<SignIn<U>> {
    if (pending.subject !== subject) throw new AuthenticationFailed('another_user');
    const enrols = isOffered(pending.enrolments, operation.activity);
    const asked = enrols || pending.factors.some(({ strategy }) => strategy === operation.activity[0]);
    const isAnother = proof.methods.some((method) => !pending.methods.includes(method));
    if (!asked || !isAnother) throw new AuthenticationFailed('another_factor');
    const fresh = this.made.rowOf(operation, subject, proof, pending.methods, true);
    const { actor = null, origin = null } = operation.firstStep ?? {};
    const row = { ...fresh, actor: proof.actor ?? actor, origin: origin ?? fresh.origin };
    const claims = { ...operation.firstStep?.claims, ...proof.claims };
    const first = async (tx: DataLayer) => {
      await this.pending.spend(operation, pending, proof, tx);
      if (enrols) await this.#factors.requireEnrolled(operation, proof.user, tx);
    };
    return this.made.make(operation, subject, { ...proof, claims }, { row, replaces: null, first });
  }

  #makeNew(operation: Operation, subject: Subject, proof: Proof<U>): Promise<SignIn<U>> {
    const row = this.made.rowOf(operation, subject, proof, [], proof.factors === 2);
    return this.made.make(operation, subject, proof, { row, replaces: null, first: async () => undefined });
  }

  /** The factor counts, and is as old as it is: nobody has shown it now. */
  #makeTrusted(operation: Operation, subject: Subject, proof: Proof<U>, { by, since }: Trust): Promise<SignIn<U>> {
    const counted = { ...proof, methods: [...proof.methods, by] as const };
    const row = { ...this.made.rowOf(operation, subject, counted, [], false), secondFactorAt: since };
    const first = (_tx: DataLayer, subjectEpoch: number): Promise<void> => {
      if (subjectEpoch === proof.subjectEpoch) return Promise.resolve();
      throw new AuthenticationFailed('trust_ended'); // with the epoch that it was made under
    };
    return this.made.make(operation, subject, proof, { row, replaces: null, first });
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
    { demand, provenBy }: Asked,
  ): Promise<SignIn<U> | Pending> {
    // Asking for more would say that the first step was right.
    if (await this.parts.subjects.isDisabled(subject, this.parts.data(operation))) {
      throw new AuthenticationFailed('disabled');
    }
    const begun = proof.remembered && (await this.pending.find(operation, subject, proof.subjectEpoch));
    if (begun) return begun;
    const taken = { ...proof, subjectEpoch: await this.made.effects.takeEffect(operation, subject, proof) };
    if (proof.mailbox === undefined) return this.pending.start(operation, subject, taken, demand);
    return this.#afterMailbox(operation, subject, { ...taken, effect: undefined, mailbox: undefined }, provenBy);
  }

  async #afterMailbox(
    operation: Operation,
    subject: Subject,
    proof: Proof<U>,
    provenBy: string | null,
  ): Promise<SignIn<U> | Pending> {
    const left = await this.#demandOf(operation, proof, provenBy);
    if (left === null) return this.#makeNew(operation, subject, proof);
    const trust = await this.#trustFor(operation, subject, proof, left);
    if (trust !== null) return this.#makeTrusted(operation, subject, proof, trust);
    return this.pending.start(operation, subject, proof, left);
  }
}

/** What a first step is asked for, and who made it. */
interface Asked {
  readonly demand: Demand;
  readonly provenBy: string | null;
}
