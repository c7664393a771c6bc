import { UnauthorizedException } from '@nestjs/common';
import { safeReturnTo, waysToStepUp, type ResourceRuntime, type WaysToStepUp } from '../activities/index.js';
import type { HttpRequest } from '../contexts/index.js';
import type { Operation } from '../sessions/index.js';
import type { SignIn } from '../strategy/index.js';
import { assuranceOf, isAssured, type Assurance, type AssuranceRule } from './assurance.js';

/** What a route asks for and how to get it: the body of the 401. */
export interface StepUpChallenge extends Assurance, WaysToStepUp {
  readonly code: 'ERR_STEP_UP_REQUIRED';
  /** For people. */
  readonly message: string;
  /** Where to come back to: the path of this request, if it was a GET. */
  readonly returnTo: string | null;
}

/** Somebody is signed in, and must show more first, or once more. For an exception filter that sends browsers to a page of its own. */
export class StepUpRequired extends UnauthorizedException {
  constructor(readonly challenge: StepUpChallenge) {
    super(challenge);
  }
}

/** @returns null where the sign-in is good for all that is asked */
export async function stepUpFor(
  runtime: ResourceRuntime,
  operation: Operation,
  signIn: SignIn,
  rules: readonly AssuranceRule[],
): Promise<StepUpChallenge | null> {
  const { resource, services } = runtime;
  const { freshSeconds } = resource.sessions;
  if (isAssured(signIn, rules, freshSeconds, services.clock.now())) return null;
  const assurance = assuranceOf(rules, freshSeconds);
  const ways = await waysOf(runtime, operation, signIn, assurance);
  const message = assurance.secondFactor ? 'Show a second factor first' : 'Show once more that it is you';
  return {
    code: 'ERR_STEP_UP_REQUIRED',
    message,
    ...assurance,
    ...ways,
    returnTo: pathOf(operation, services.publicUrl),
  };
}

/** RFC 9470 §3. */
export function stepUpHeader({ maxAgeSeconds, secondFactor }: Assurance): string {
  const description = secondFactor ? 'A second factor is required' : 'More recent authentication is required';
  const maxAge = maxAgeSeconds === null ? '' : `, max_age="${maxAgeSeconds}"`;
  return `Bearer error="insufficient_user_authentication", error_description="${description}"${maxAge}`;
}

/** A key enters no phase: there is nothing that it could show. */
const NO_WAYS: WaysToStepUp = { activities: [], enrolments: [] };

async function waysOf(
  runtime: ResourceRuntime,
  operation: Operation,
  { credential, user }: SignIn,
  { secondFactor }: Assurance,
): Promise<WaysToStepUp> {
  if (credential !== null) return NO_WAYS;
  return waysToStepUp(runtime, operation, user as object, secondFactor); // every user is one
}

function pathOf(operation: Operation, publicUrl: URL): string | null {
  const { request } = operation.native<{ readonly request: HttpRequest }>();
  return request.method === 'GET' ? safeReturnTo(request.originalUrl ?? request.url, publicUrl) : null;
}
