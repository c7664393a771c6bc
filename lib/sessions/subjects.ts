import { AuthenticationFailed } from '../errors/index.js';
import { keyOf, type AnyResource, type DataLayer, type Scalar, type Subject } from '../resources/index.js';
import type { Clock } from '../time/index.js';
import { signInsModel, subjectsModel } from './models.js';
import { present } from './user-rows.js';

/** A subject without a row has the first epoch: existing tables of users need no preparation. */
export const FIRST_EPOCH = 0;

/** What {@link Subjects} works with. */
export interface SubjectsParts {
  readonly resource: AnyResource;
  readonly clock: Clock;
  /** Every room drops what it keeps of a subject. */
  forget(subject: Subject, tx: DataLayer): Promise<void>;
}

/** A subject as it was read. */
export interface KnownSubject {
  readonly epoch: number;
  /** When the user was made whom the row is about; null where nobody knows. */
  readonly userCreatedAt: Scalar;
}

const UNKNOWN: KnownSubject = { epoch: FIRST_EPOCH, userCreatedAt: null };

/**
 * The epoch of a subject: a number that every credential carries and that each change of a credential raises. Issuing and
 * changing meet in the same row, so that nothing older than a change is born after it.
 *
 * Where the resource knows when its users were made, the row knows of which of them it speaks: under a key that somebody else
 * has by now, nothing of the one before is left.
 */
export class Subjects {
  constructor(private readonly parts: SubjectsParts) {}

  async find(subject: Subject, data: DataLayer): Promise<KnownSubject> {
    const row = await data.findOne(subjectsModel, { subject }, ['epoch', 'userCreatedAt']);
    return row === null ? UNKNOWN : { epoch: Number(row['epoch']), userCreatedAt: row['userCreatedAt'] ?? null };
  }

  async epochOf(subject: Subject, data: DataLayer): Promise<number> {
    for (;;) {
      const known = await this.find(subject, data);
      const user = known.userCreatedAt === null ? undefined : await this.#creationOf(subject, data);
      if (user === undefined || !this.isAnother(known, user)) return known.epoch;
      const epoch = await this.forgetPredecessor(subject, known, user, data);
      if (epoch !== null) return epoch;
    }
  }

  /** Whether the row is about somebody who had the key before. */
  isAnother({ userCreatedAt }: KnownSubject, user: Scalar): boolean {
    return userCreatedAt !== null && !isSameTime(userCreatedAt, user);
  }

  /**
   * Ends and forgets everything of whoever had the key before.
   *
   * @param user when the one was made who has it now
   * @returns the epoch of that one; null where the row was another by then, and nothing was done
   */
  forgetPredecessor(subject: Subject, known: KnownSubject, user: Scalar, data: DataLayer): Promise<number | null> {
    return data.transaction(async (tx) => {
      const epoch = known.epoch + 1;
      const touchedAt = this.parts.clock.now();
      const changes = { epoch, userCreatedAt: user, disabledAt: null, touchedAt };
      if ((await tx.update(subjectsModel, { subject, ...known }, changes)) !== 1) return null;
      await tx.update(signInsModel, { subject, endedAt: null }, { endedAt: touchedAt });
      await this.parts.forget(subject, tx);
      return epoch;
    });
  }

  /** Notes of whom the row speaks, where it was made before the resource knew. */
  async note(subject: Subject, known: KnownSubject, user: Scalar, data: DataLayer): Promise<void> {
    if (known === UNKNOWN || known.userCreatedAt !== null || user === null) return;
    await data.update(subjectsModel, { subject, userCreatedAt: null }, { userCreatedAt: user });
  }

  /** A row was made under this key: whatever there is of it is of whoever had it before. @returns the epoch from now on */
  async begin(subject: Subject, user: Scalar, tx: DataLayer): Promise<number> {
    for (;;) {
      const known = await this.find(subject, tx);
      if (known === UNKNOWN) return FIRST_EPOCH;
      const epoch = await this.forgetPredecessor(subject, known, user, tx);
      if (epoch !== null) return epoch;
    }
  }

  /** For the row of a sign-in: which user it is of. */
  async markOf(subject: Subject, tx: DataLayer): Promise<Scalar> {
    return this.parts.resource.createdAt === null ? null : (await this.find(subject, tx)).userCreatedAt;
  }

  async isDisabled(subject: Subject, data: DataLayer): Promise<boolean> {
    const row = await data.findOne(subjectsModel, { subject }, ['disabledAt']);
    return row !== null && row['disabledAt'] !== null;
  }

  /** Locks the row until the end of `tx`; false when the epoch has moved on, or the subject is disabled. */
  async touch(subject: Subject, epoch: number, tx: DataLayer): Promise<boolean> {
    return this.#write(subject, epoch, {}, tx);
  }

  /** As {@link touch}. @throws {AuthenticationFailed} reason `credentials_changed` */
  async lock(subject: Subject, epoch: number, tx: DataLayer): Promise<void> {
    if (!(await this.touch(subject, epoch, tx))) throw new AuthenticationFailed('credentials_changed');
  }

  /**
   * Raises the epoch, from `since` by one.
   * @returns the new epoch.
   * @throws {AuthenticationFailed} reason `credentials_changed` when somebody else was first.
   */
  async raise(subject: Subject, since: number, tx: DataLayer): Promise<number> {
    if (!(await this.#write(subject, since, { epoch: since + 1 }, tx))) {
      throw new AuthenticationFailed('credentials_changed');
    }
    return since + 1;
  }

  /** Raises the epoch whatever it is: for ending everything, which nothing may prevent. @returns the new epoch */
  async raiseAnyway(subject: Subject, tx: DataLayer, disabledAt?: Date | null): Promise<number> {
    await this.epochOf(subject, tx); // what is said of a user is not said of whoever had the key before
    const userCreatedAt = (await this.#creationOf(subject, tx)) ?? null;
    const initial = { touchedAt: this.parts.clock.now(), disabledAt: null, userCreatedAt };
    const epoch = await tx.increment(subjectsModel, { subject }, 'epoch', 1, initial);
    if (disabledAt !== undefined) await tx.update(subjectsModel, { subject }, { disabledAt });
    return epoch;
  }

  async #write(subject: Subject, epoch: number, changes: { epoch?: number }, tx: DataLayer): Promise<boolean> {
    const touchedAt = this.parts.clock.now();
    const where = { subject, epoch, disabledAt: null };
    const found = await tx.update(subjectsModel, where, { ...changes, touchedAt });
    if (found === 1 || epoch !== FIRST_EPOCH) return found === 1;
    const userCreatedAt = (await this.#creationOf(subject, tx)) ?? null;
    const first = { subject, epoch: FIRST_EPOCH, disabledAt: null, touchedAt, userCreatedAt };
    await tx.insertIfAbsent(subjectsModel, first);
    return (await tx.update(subjectsModel, where, { ...changes, touchedAt })) === 1;
  }

  /** Undefined where there is no such user, or nobody knows when it was made. */
  async #creationOf(subject: Subject, data: DataLayer): Promise<Scalar | undefined> {
    const { subjectName, key, model, createdAt } = this.parts.resource;
    const where = createdAt === null ? null : keyOf(subjectName, key, subject);
    if (createdAt === null || where === null) return undefined;
    const row = await data.findOne(model, { ...where, ...present(this.parts.resource) }, [createdAt]);
    return row === null ? undefined : (row[createdAt] ?? null);
  }
}

export function isSameTime(left: Scalar, right: Scalar): boolean {
  return left instanceof Date && right instanceof Date ? left.getTime() === right.getTime() : left === right;
}
