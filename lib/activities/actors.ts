import {
  AuthenticationFailed,
  FreshSignInRequired,
  SecondFactorRequired,
  SignInRequired,
  type AuthError,
} from '../errors/index.js';
import { subjectNameOf, type AnyResource } from '../resources/index.js';
import { isFresh, isOffered, type Accepts, type Operation } from '../sessions/index.js';
import type { Pending, Phase, SignIn } from '../strategy/index.js';
import type { ResourceRuntime } from './resource-runtime.js';
import { waysToStepUp } from './step-up.js';

/** What a person signs in with. Credentials of other natures, such as API keys, enter no phase. */
const PERSONAL: readonly Accepts[] = ['bearer', 'session'];

/** Who may enter a phase, and what a proof by them adds to. */
export interface Actor<U> {
  /** The sign-in in force, for phases of somebody who is signed in. */
  readonly signIn: SignIn<U> | null;
  /** The first step, for phases of somebody who has it behind them, and for those that enrol what is asked for next. */
  readonly pending: Pending | null;
}

/**
 * @throws {SignInRequired} @throws {SecondFactorRequired} @throws {FreshSignInRequired}
 * @throws {AuthenticationFailed} reason `no_pending_flow`
 */
export async function requireActor<U extends object>(
  runtime: ResourceRuntime<U>,
  operation: Operation,
  phase: Phase<U>,
  flow: string | undefined,
): Promise<Actor<U>> {
  if (phase.actor === 'anyone') return { signIn: null, pending: null };
  if (phase.actor === 'pending') return { signIn: null, pending: await requirePending(runtime, operation, flow) };
  // Whoever sends it means it, also in a browser where somebody is signed in.
  const meant = flow === undefined ? null : await findEnrolment(runtime, operation, phase, flow);
  if (meant !== null) return { signIn: null, pending: meant };
  const { signIn, reason } = await runtime.sessions.load(operation, PERSONAL);
  if (signIn !== null && phase.actor === 'fresh-user') await requireFresh(runtime, operation, signIn);
  if (signIn !== null) return { signIn, pending: null };
  const begun = await findEnrolment(runtime, operation, phase, undefined);
  if (begun !== null) return { signIn: null, pending: begun };
  throw unknownActor(runtime.resource, operation, reason);
}

async function requireFresh<U extends object>(
  runtime: ResourceRuntime<U>,
  operation: Operation,
  signIn: SignIn<U>,
): Promise<void> {
  const { resource, services } = runtime;
  // Whoever acts for somebody else has not shown what is theirs: what outlives the impersonation, such as a key or another address, is the owner's.
  if (signIn.actor !== null) throw new FreshSignInRequired([], 'acts_for_another');
  if (isFresh(signIn, resource.sessions.freshSeconds, services.clock.now())) return;
  const { activities } = await waysToStepUp(runtime, operation, signIn.user, false);
  throw new FreshSignInRequired(activities);
}

/** A first step that is asked for a factor of this strategy: not for the enrolment of one, and not for another's alone. */
async function requirePending<U extends object>(
  runtime: ResourceRuntime<U>,
  operation: Operation,
  flow: string | undefined,
): Promise<Pending> {
  const isAsked = ({ factors }: Pending) => factors.some(({ strategy }) => strategy === operation.activity[0]);
  const pending = await runtime.sessions.readPending(operation, flow, isAsked);
  if (pending === null) throw new AuthenticationFailed('no_pending_flow');
  return pending;
}

/** A first step that is asked to enrol a factor by this phase, among others. */
async function findEnrolment<U extends object>(
  { sessions }: ResourceRuntime<U>,
  operation: Operation,
  { enrols }: Phase<U>,
  flow: string | undefined,
): Promise<Pending | null> {
  if (enrols !== true) return null;
  return sessions.readPending(operation, flow, ({ enrolments }) => isOffered(enrolments, operation.activity));
}

/** A browser that is known, and whose owner has a second factor, is asked for that alone. */
function unknownActor(
  { subjectName }: Pick<AnyResource, 'subjectName'>,
  { pending }: Operation,
  reason: string,
): AuthError {
  const isOurs = pending !== null && subjectNameOf(pending.subject) === subjectName;
  if (!isOurs) return new SignInRequired(reason);
  return new SecondFactorRequired(pending.factors, pending.flow, pending.enrolments);
}
