import { InvalidToken } from '../errors/index.js';
import { keyOf, type DataLayer, type Resource, type Row, type Subject, type Where } from '../resources/index.js';
import type { Mailbox, Proof } from '../strategy/index.js';
import type { Clock } from '../time/index.js';
import type { Hooks } from './hooks.js';
import { signInsModel } from './models.js';
import type { Operation } from './operation.js';
import type { Subjects } from './subjects.js';
import { present } from './user-rows.js';

/** What {@link Credentials} work with. */
export interface CredentialsParts<U extends object> {
  readonly resource: Resource<U>;
  readonly subjects: Subjects;
  readonly hooks: Hooks<U>;
  readonly clock: Clock;
  /** Runs once a transaction has committed. */
  readonly afterCommit: (tx: DataLayer, work: () => void) => void;
}

/** What becomes of everything that a subject has, when one of its credentials changes or its mailbox is shown. */
export class Credentials<U extends object> {
  constructor(private readonly parts: CredentialsParts<U>) {}

  /**
   * Raises the epoch from `since` and ends every sign-in.
   *
   * @returns the new epoch
   * @throws {AuthenticationFailed} reason `credentials_changed`
   */
  async endAll(operation: Operation, subject: Subject, since: number, tx: DataLayer): Promise<number> {
    const epoch = await this.parts.subjects.raise(subject, since, tx);
    const endedAt = this.parts.clock.now();
    await tx.update(signInsModel, { subject, endedAt: null }, { endedAt });
    await this.parts.hooks.signedOut(operation, { subject, which: 'all', signInId: null }, tx);
    operation.raisedEpochs.set(subject, epoch);
    return epoch;
  }

  /**
   * What a shown mailbox does to its account. Whoever is the first to show it may not be who made the account, and set its
   * credentials: of these none is left then, unless the account was made by showing it.
   *
   * @param since the present epoch, locked
   * @returns the epoch from now on
   * @throws {InvalidToken} reason `mailbox_changed`
   */
  async mailboxShown(
    operation: Operation,
    subject: Subject,
    { field, address }: Mailbox,
    since: number,
    tx: DataLayer,
  ): Promise<number> {
    const { model, confirmed } = this.parts.resource;
    const where = this.#rowOf(subject);
    const holder: Where | null = where === null ? null : { ...where, [field]: address };
    const time = confirmed.get(field);
    if (holder !== null && time !== undefined) {
      const changes = { [time]: this.parts.clock.now() };
      const isFirst = (await tx.update(model, { ...holder, [time]: null }, changes)) === 1;
      if (isFirst && !operation.madeAccounts.has(subject)) return this.#forgetAll(operation, subject, since, tx);
    }
    const isHolder = holder !== null && (await tx.findOne(model, holder, [field])) !== null;
    if (!isHolder) throw new InvalidToken('mailbox_changed');
    return since;
  }

  /** The user as a proof leaves the account: with the mailbox confirmed that it shows. The same where there is none yet. */
  async userAfter({ user, mailbox }: Proof<U>, subject: Subject, data: DataLayer): Promise<U> {
    const { model, confirmed, publicFields } = this.parts.resource;
    const time = mailbox === undefined ? undefined : confirmed.get(mailbox.field);
    const where = time === undefined ? null : this.#rowOf(subject);
    if (time === undefined || where === null) return user;
    const row = await data.findOne(model, where, publicFields);
    if (row === null || row[time] !== null) return user;
    return this.parts.hooks.toUser({ ...row, [time]: this.parts.clock.now() });
  }

  async #forgetAll(operation: Operation, subject: Subject, since: number, tx: DataLayer): Promise<number> {
    const { resource, hooks } = this.parts;
    const epoch = await this.endAll(operation, subject, since, tx);
    await hooks.forget(subject, tx);
    const [where, nothing] = [this.#rowOf(subject), noCredentials(resource)];
    if (where !== null && Object.keys(nothing).length > 0) await tx.update(resource.model, where, nothing);
    const facts = { subject, activity: operation.activity.join('.') };
    this.parts.afterCommit(tx, () => hooks.observe({ name: 'mailbox.first-shown', outcome: 'ok', facts }));
    return epoch;
  }

  #rowOf(subject: Subject): Where | null {
    const { resource } = this.parts;
    const key = keyOf(resource.subjectName, resource.key, subject);
    return key === null ? null : { ...key, ...present(resource) };
  }
}

/** Null for each column of the users' table that is a way in. */
function noCredentials<U extends object>({ rooms }: Pick<Resource<U>, 'rooms'>): Row {
  const columns = rooms.flatMap((room) => Object.entries(room.columns ?? {}));
  return Object.fromEntries(columns.filter(([, { credential }]) => credential).map(([field]) => [field, null]));
}
