import { AuthenticationFailed, SignInNotAllowed } from '../errors/index.js';
import type { DataLayer, Subject } from '../resources/index.js';
import type { JsonObject, Pending, Proof, SignIn } from '../strategy/index.js';
import { addSeconds, MINUTE } from '../time/index.js';
import { SealedFlows } from './flows.js';
import { signInsModel } from './models.js';
import type { Operation } from './operation.js';
import { subjectOfUser, type SessionParts } from './session-parts.js';
import { endSignIn, insertSignIn, liveSignIns, type NewSignIn } from './sign-in-rows.js';

const PENDING = 'pending';
const PENDING_LIFETIME_SECONDS = 10 * MINUTE;
/** RFC 8176: more than one factor was shown. */
const MULTIPLE_FACTORS = 'mfa';

interface PendingFlow {
  readonly subject: Subject;
  readonly epoch: number;
  readonly methods: readonly string[];
  readonly carried: Readonly<Record<string, string>>;
}

/** The only door through which a credential comes into being. */
export class SignInMaker<U extends object> {
  /** The cookie value of a sign-in made here: known until the operation is over, kept nowhere else. */
  readonly #handles = new WeakMap<object, string>();

  constructor(private readonly parts: SessionParts<U>) {}

  /**
   * Makes a sign-in of a proof, or the pending state where a second factor stands in the way.
   *
   * @throws {SignInNotAllowed} when `maySignIn` says no
   * @throws {AuthenticationFailed} reason `credentials_changed` when the account changed since the proof was taken
   */
  async complete(operation: Operation, proof: Proof<U>): Promise<SignIn<U> | Pending> {
    const { pending } = operation;
    const subject = subjectOfUser(this.parts.resource, proof.user);
    if (pending !== null && pending.subject !== subject) throw new AuthenticationFailed('another_user');
    await this.#requireAllowed(proof.user);

    if (proof.factors === 1 && pending === null) {
      const factors = await this.parts.hooks.factors(operation, proof.user);
      if (factors.length > 0) return this.#startPending(operation, subject, proof, factors);
    }
    const before = pending === null ? [] : pending.methods;
    const row = this.#newRow(operation, subject, proof, before, pending !== null || proof.factors === 2);
    return this.#make(operation, subject, proof, row, async (tx) => this.#spendPending(operation, proof, tx));
  }

  /**
   * Replaces the sign-in in force by a new one that also carries this proof: new id, old one dead.
   *
   * @param secondFactor whether the proof is of a second factor, and not the first one over again
   * @throws {AuthenticationFailed} reason `sign_in_ended` when the one in force has ended meanwhile
   */
  async stepUp(operation: Operation, current: SignIn<U>, proof: Proof<U>, secondFactor: boolean): Promise<SignIn<U>> {
    const subject = subjectOfUser(this.parts.resource, proof.user);
    if (current.subject !== subject) throw new AuthenticationFailed('another_user');
    await this.#requireAllowed(proof.user);
    const fresh = this.#newRow(operation, subject, proof, current.methods, secondFactor || proof.factors === 2);
    const { expiresAt, remembered, actor } = current;
    const secondFactorAt = fresh.secondFactorAt ?? current.secondFactorAt;
    const row = { ...fresh, expiresAt, remembered, actor, secondFactorAt };
    return this.#make(operation, subject, proof, row, async (tx) => {
      const ended = await endSignIn(current.id, subject, this.parts.clock.now(), tx);
      const endedByThis = operation.raisedEpochs.get(subject) === proof.subjectEpoch;
      if (!ended && !endedByThis) throw new AuthenticationFailed('sign_in_ended');
    });
  }

  /** The handle that goes into the session cookie. Null for a sign-in that was not made here. */
  handleOf(signIn: SignIn<unknown>): string | null {
    return this.#handles.get(signIn) ?? null;
  }

  /** The first step that the client has behind it, by its cookie or by the `flow` value that it sends. */
  async readPending(operation: Operation, handle: string | undefined): Promise<Pending | null> {
    const flow = await this.#flows(operation).read(PENDING, handle);
    if (flow === null) return null;
    const { subject, methods, carried } = flow.data as unknown as PendingFlow; // sealed by #startPending
    operation.carried = carried;
    return { subject, methods, factors: [], flow: flow.handle };
  }

  async #startPending(
    operation: Operation,
    subject: Subject,
    proof: Proof<U>,
    factors: Pending['factors'],
  ): Promise<Pending> {
    const { methods, subjectEpoch: epoch } = proof;
    const data: JsonObject & PendingFlow = { subject, epoch, methods, carried: operation.carried };
    const options = { lifetimeSeconds: PENDING_LIFETIME_SECONDS, boundTo: 'holder' } as const;
    const flow = await this.#flows(operation).start(PENDING, data, options);
    return { subject, methods, factors, flow: flow.handle };
  }

  async #spendPending(operation: Operation, proof: Proof<U>, tx: DataLayer): Promise<void> {
    if (operation.pending === null) return;
    const flows = this.#flows(operation);
    const flow = await flows.read(PENDING, operation.pending.flow);
    // The second proof was taken under the present epoch; the first step must have been as well.
    if (flow === null || flow.data['epoch'] !== proof.subjectEpoch) throw new AuthenticationFailed('flow_expired');
    await flows.spend(flow, tx);
  }

  async #make(
    operation: Operation,
    subject: Subject,
    proof: Proof<U>,
    row: NewSignIn,
    first: (tx: DataLayer) => Promise<void>,
  ): Promise<SignIn<U>> {
    const { signIn, handle } = await this.parts.data(operation).transaction(async (tx) => {
      // Locks the subject: a change of its credentials waits for us, or has made this count zero.
      if (!(await this.parts.subjects.touch(subject, proof.subjectEpoch, tx))) {
        throw new AuthenticationFailed('credentials_changed');
      }
      await first(tx);
      await this.#makeRoom(subject, tx);
      const { id, handle: made } = await insertSignIn(row, tx);
      const facts = this.#signIn(operation, subject, proof.user, id, row);
      const issued = await this.parts.hooks.signedIn(operation, facts, tx);
      return { signIn: { ...facts, issued }, handle: made };
    });
    this.#handles.set(signIn, handle);
    return signIn;
  }

  /** Ends the oldest sign-ins where there are as many as the resource allows. */
  async #makeRoom(subject: Subject, tx: DataLayer): Promise<void> {
    const now = this.parts.clock.now();
    const live = await liveSignIns(subject, now, tx);
    const surplus = live.slice(0, Math.max(0, live.length + 1 - this.parts.resource.sessions.maxPerSubject));
    if (surplus.length === 0) return;
    const ids = surplus.map(({ id }) => id);
    await tx.update(signInsModel, { id: { in: ids }, endedAt: null }, { endedAt: now });
  }

  #newRow(
    operation: Operation,
    subject: Subject,
    proof: Proof<U>,
    before: readonly string[],
    secondFactor: boolean,
  ): NewSignIn {
    const { resource, clock } = this.parts;
    const now = clock.now();
    const methods = new Set([...before, ...proof.methods, ...(secondFactor ? [MULTIPLE_FACTORS] : [])]);
    return {
      subject,
      userKey: keyText(subject),
      methods: [...methods],
      createdAt: now,
      authenticatedAt: now,
      secondFactorAt: secondFactor ? now : null,
      actor: proof.actor ?? null,
      remembered: false,
      userAgent: operation.client.userAgent?.slice(0, 256) ?? null,
      expiresAt: addSeconds(now, resource.sessions.absoluteLifetimeSeconds),
    };
  }

  #signIn(operation: Operation, subject: Subject, user: U, id: string, row: NewSignIn): SignIn<U> {
    const { tenant } = operation;
    const { createdAt: issuedAt, expiresAt, methods, authenticatedAt, secondFactorAt, remembered } = row;
    const token = this.parts.tokens.issue({ subject, signInId: id, tenant, issuedAt, expiresAt });
    const actor = row.actor === null ? null : (row.actor as Subject); // came from a proof's actor
    const facts = { id, subject, user, tenant, methods, authenticatedAt, secondFactorAt, expiresAt, remembered };
    return { ...facts, actor, token, issued: {} };
  }

  async #requireAllowed(user: U): Promise<void> {
    if (!(await this.parts.resource.maySignIn(user))) throw new SignInNotAllowed('may_not_sign_in');
  }

  #flows(operation: Operation): SealedFlows {
    return new SealedFlows(this.parts.flows, operation, this.parts.data(operation), this.parts.clock);
  }
}

/** The value of a subject's only key field, as text: what the joined read compares. */
function keyText(subject: Subject): string {
  return decodeURIComponent(subject.slice(subject.indexOf('=') + 1));
}
