import { AuthenticationFailed } from '../errors/index.js';
import type { DataLayer, Subject } from '../resources/index.js';
import type { Clock } from '../time/index.js';
import { subjectsModel } from './models.js';

/** A subject without a row has the first epoch: existing tables of users need no preparation. */
export const FIRST_EPOCH = 0;

/**
 * The epoch of a subject: a number that every credential carries and that each change of a credential raises. Issuing and
 * changing meet in the same row, so that nothing older than a change is born after it.
 */
export class Subjects {
  constructor(private readonly clock: Clock) {}

  async epochOf(subject: Subject, data: DataLayer): Promise<number> {
    const row = await data.findOne(subjectsModel, { subject }, ['epoch']);
    return row === null ? FIRST_EPOCH : Number(row['epoch']);
  }

  async isDisabled(subject: Subject, data: DataLayer): Promise<boolean> {
    const row = await data.findOne(subjectsModel, { subject }, ['disabledAt']);
    return row !== null && row['disabledAt'] !== null;
  }

  /** Locks the row until the end of `tx`; false when the epoch has moved on, or the subject is disabled. */
  async touch(subject: Subject, epoch: number, tx: DataLayer): Promise<boolean> {
    return this.#write(subject, epoch, {}, tx);
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

  /** Raises the epoch whatever it is: for ending everything, which nothing may prevent. */
  async raiseAnyway(subject: Subject, tx: DataLayer, disabledAt?: Date | null): Promise<void> {
    const initial = { touchedAt: this.clock.now(), disabledAt: null };
    await tx.increment(subjectsModel, { subject }, 'epoch', 1, initial);
    if (disabledAt !== undefined) await tx.update(subjectsModel, { subject }, { disabledAt });
  }

  async #write(subject: Subject, epoch: number, changes: { epoch?: number }, tx: DataLayer): Promise<boolean> {
    const touchedAt = this.clock.now();
    const where = { subject, epoch, disabledAt: null };
    const found = await tx.update(subjectsModel, where, { ...changes, touchedAt });
    if (found === 1 || epoch !== FIRST_EPOCH) return found === 1;
    const first = { subject, epoch: FIRST_EPOCH, disabledAt: null, touchedAt };
    await tx.insertIfAbsent(subjectsModel, first);
    return (await tx.update(subjectsModel, where, { ...changes, touchedAt })) === 1;
  }
}
