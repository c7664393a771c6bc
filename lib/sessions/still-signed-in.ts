import { SignInRequired } from '../errors/index.js';
import { subjectNameOf, type AnyResource, type DataLayer, type Subject } from '../resources/index.js';
import type { SignIn } from '../strategy/index.js';
import { signInsModel } from './models.js';
import type { Operation } from './operation.js';
import type { Subjects } from './subjects.js';

/** What is asked about whoever acts. */
export interface ActingParts {
  readonly resource: AnyResource;
  readonly subjects: Subjects;
}

/** Who acts, locked to the end of the transaction. */
export interface Acting {
  readonly subject: Subject;
  readonly subjectEpoch: number;
}

/**
 * Whoever is signed in, or has a first step behind them and enrols a factor, if that still stands.
 *
 * @throws {SignInRequired}
 */
export async function requireStillSignedIn(
  { resource, subjects }: ActingParts,
  operation: Operation,
  tx: DataLayer,
): Promise<Acting> {
  const enrolling = enrollingHere(resource, operation);
  if (enrolling !== null) {
    if (!(await subjects.touch(enrolling.subject, enrolling.subjectEpoch, tx)))
      throw new SignInRequired('flow_expired');
    return enrolling;
  }
  const signIn = signInHere(resource, operation);
  if (signIn === null) throw new SignInRequired();
  const { subject } = signIn;
  const subjectEpoch = await subjects.epochOf(subject, tx);
  const isHeld = await subjects.touch(subject, subjectEpoch, tx);
  if (!isHeld || !(await isLive(resource, signIn, tx))) throw new SignInRequired('sign_in_ended');
  return { subject, subjectEpoch };
}

/** By a first step, under the epoch that it was made under. */
function enrollingHere(resource: AnyResource, { signIn, pending, firstStep }: Operation): Acting | null {
  const enrols = signIn === null && pending !== null && pending.enrolments.length > 0;
  if (!enrols || firstStep === null || !isOurs(resource, pending.subject)) return null;
  return { subject: pending.subject, subjectEpoch: firstStep.epoch };
}

/** A person's: what came in a header is nobody who signed in. */
function signInHere(resource: AnyResource, { signIn }: Operation): SignIn | null {
  return signIn?.credential === null && isOurs(resource, signIn.subject) ? signIn : null;
}

/** Asked under the lock: whatever ended it has committed by then, or waits. Nothing ends one without a row. */
async function isLive({ isStateless }: AnyResource, { id, subject }: SignIn, tx: DataLayer): Promise<boolean> {
  if (isStateless) return true;
  return (await tx.findOne(signInsModel, { id, subject, endedAt: null }, ['id'])) !== null;
}

function isOurs({ subjectName }: AnyResource, subject: Subject): boolean {
  return subjectNameOf(subject) === subjectName;
}
