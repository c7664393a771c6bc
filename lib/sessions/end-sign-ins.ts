import type { DataLayer, Subject } from '../resources/index.js';
import type { Ended } from '../strategy/index.js';
import { signInsModel } from './models.js';
import type { Operation } from './operation.js';
import type { SessionParts } from './session-parts.js';
import { endSignIn } from './sign-in-rows.js';

/** What ending sign-ins takes. */
export type EndingParts<U extends object> = Pick<SessionParts<U>, 'subjects' | 'hooks' | 'clock'>;

/** How many ended, and the epoch from now on where it was raised. */
export interface Ending {
  readonly count: number;
  readonly epoch: number | null;
}

/**
 * Ends sign-ins of a subject. More than one at once raises the epoch: whatever was issued before is void, and nothing of it is made
 * later. Nothing prevents it.
 *
 * @param ended `signInId` is the one that ends, for `this`; the one that is spared, for `others`
 */
export async function endSignIns<U extends object>(
  { subjects, hooks, clock }: EndingParts<U>,
  operation: Operation,
  ended: Ended,
  tx: DataLayer,
): Promise<Ending> {
  const { subject, which, signInId } = ended;
  const endedAt = clock.now();
  const epoch = which === 'this' ? null : await subjects.raiseAnyway(subject, tx);
  const count =
    which === 'this'
      ? Number(signInId !== null && (await endSignIn(signInId, subject, endedAt, tx)))
      : await endAll(subject, which === 'others' ? signInId : null, endedAt, tx);
  // Add-ons keep more than sign-ins, and with the epoch all of it has ended.
  if (count > 0 || epoch !== null) await hooks.signedOut(operation, ended, tx);
  operation.loads.delete(subjects); // what it ended it must not find again
  return { count, epoch };
}

/** @param spared the id of one that goes on @returns how many ended */
export async function endAll(subject: Subject, spared: string | null, endedAt: Date, tx: DataLayer): Promise<number> {
  const live = { subject, endedAt: null };
  if (spared === null) return tx.update(signInsModel, live, { endedAt });
  const below = await tx.update(signInsModel, { ...live, id: { lt: spared } }, { endedAt });
  return below + (await tx.update(signInsModel, { ...live, id: { gt: spared } }, { endedAt }));
}
