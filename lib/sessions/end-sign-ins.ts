import type { DataLayer, Subject } from '../resources/index.js';
import type { Ended } from '../strategy/index.js';
import { signInsModel } from './models.js';
import type { Operation } from './operation.js';
import type { SessionParts } from './session-parts.js';
import { endSignIn, signInsOfOrigin } from './sign-in-rows.js';

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
  operation.loads.forget(subjects); // what it ended it must not find again
  return { count, epoch };
}

/**
 * Ends those of a subject that came of one session elsewhere. Where none did, one may be on its way, behind a second factor say: then
 * everything ends, whatever is on its way included.
 */
export async function endThoseOf<U extends object>(
  parts: EndingParts<U>,
  operation: Operation,
  { subject, origin }: { readonly subject: Subject; readonly origin: string },
  tx: DataLayer,
): Promise<Ending> {
  const { subjects } = parts;
  // Whoever makes one has the subject's row locked: they are done by now, or begin when this is.
  const isHeld = await subjects.touch(subject, await subjects.epochOf(subject, tx), tx);
  const made = isHeld ? await signInsOfOrigin(subject, origin, tx) : []; // where its epoch moved on meanwhile, one may be on its way
  if (made.length === 0) return endSignIns(parts, operation, { subject, which: 'all', signInId: null }, tx);
  let count = 0;
  for (const { id: signInId } of made.filter(({ endedAt }) => endedAt === null)) {
    count += (await endSignIns(parts, operation, { subject, which: 'this', signInId }, tx)).count;
  }
  return { count, epoch: null };
}

/** @param spared the id of one that goes on @returns how many ended */
export async function endAll(subject: Subject, spared: string | null, endedAt: Date, tx: DataLayer): Promise<number> {
  const live = { subject, endedAt: null };
  if (spared === null) return tx.update(signInsModel, live, { endedAt });
  const below = await tx.update(signInsModel, { ...live, id: { lt: spared } }, { endedAt });
  return below + (await tx.update(signInsModel, { ...live, id: { gt: spared } }, { endedAt }));
}
