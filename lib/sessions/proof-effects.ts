import type { DataLayer, Subject } from '../resources/index.js';
import type { Proof } from '../strategy/index.js';
import { Credentials } from './credentials.js';
import type { Operation } from './operation.js';
import type { SessionParts } from './session-parts.js';

/** What a proof changes: its own effect, and what follows from the mailbox that it shows. */
export class ProofEffects<U extends object> {
  readonly #credentials: Credentials<U>;

  constructor(private readonly parts: SessionParts<U>) {
    this.#credentials = new Credentials(parts);
  }

  /** The user as the proof leaves the account: who may sign in may hang on a mailbox that it shows. */
  userAfter(operation: Operation, subject: Subject, proof: Proof<U>): Promise<U> {
    return this.#credentials.userAfter(proof, subject, this.parts.data(operation));
  }

  /** A first step uses up its token as a whole sign-in does, though it makes no row. @returns the epoch after it */
  async takeEffect(operation: Operation, subject: Subject, proof: Proof<U>): Promise<number> {
    const { effect, mailbox } = proof;
    if (effect === undefined && mailbox === undefined) return epochAfter(operation, subject, proof);
    return this.transaction(operation, subject, (tx) => {
      if (mailbox !== undefined) return this.settle(operation, subject, proof, tx);
      return this.#takeEffect(operation, subject, proof, tx);
    });
  }

  /**
   * In the transaction that makes the sign-in, first.
   *
   * @returns the epoch from now on: until the end of the transaction nobody else raises it
   * @throws {AuthenticationFailed} reason `credentials_changed` @throws {InvalidToken} reason `mailbox_changed`
   */
  async settle(operation: Operation, subject: Subject, proof: Proof<U>, tx: DataLayer): Promise<number> {
    const subjectEpoch = await this.#takeEffect(operation, subject, proof, tx);
    // A change of its credentials waits for us, or has made this throw.
    await this.parts.subjects.lock(subject, subjectEpoch, tx);
    const { mailbox } = proof;
    if (mailbox === undefined) return subjectEpoch;
    return this.#credentials.mailboxShown(operation, subject, mailbox, subjectEpoch, tx);
  }

  /** Where the data layer runs it again, what the run before raised was rolled back. */
  transaction<T>(operation: Operation, subject: Subject, work: (tx: DataLayer) => Promise<T>): Promise<T> {
    const { raisedEpochs } = operation;
    const before = raisedEpochs.get(subject);
    return this.parts.data(operation).transaction((tx) => {
      if (before === undefined) raisedEpochs.delete(subject);
      else raisedEpochs.set(subject, before);
      return work(tx);
    });
  }

  async #takeEffect(operation: Operation, subject: Subject, proof: Proof<U>, tx: DataLayer): Promise<number> {
    await proof.effect?.(tx);
    return epochAfter(operation, subject, proof);
  }
}

/** The epoch that the proof was taken under, or the next one where its own effect raised it. */
function epochAfter<U>({ raisedEpochs }: Operation, subject: Subject, { subjectEpoch }: Proof<U>): number {
  return raisedEpochs.get(subject) === subjectEpoch + 1 ? subjectEpoch + 1 : subjectEpoch;
}
