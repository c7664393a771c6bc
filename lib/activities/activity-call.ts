import { MethodNotAllowed } from '../errors/index.js';
import type { Operation } from '../sessions/index.js';
import type { AuthReply, Outcome, Phase, Proof, RawInput, Room, SignIn } from '../strategy/index.js';
import { refuseCrossSite, type SiteFacts } from './cross-site.js';

/** How an activity ended, when it ended well. */
export type Ending<U> =
  | { readonly kind: 'signed-in'; readonly signIn: SignIn<U> }
  | { readonly kind: 'done' }
  | { readonly kind: 'reply'; readonly reply: AuthReply };

/** One activity to run. */
export interface ActivityCall<U> {
  readonly room: Room<U>;
  readonly phase: Phase<U>;
  readonly input: RawInput;
  /** The HTTP method as it came; null for code. */
  readonly method: string | null;
}

function isSafe(method: string | null): boolean {
  return method === 'GET' || method === 'HEAD'; // RFC 9110 §9.2.1, of those that phases have
}

function isBound<U>(phase: Phase<U>): boolean {
  return phase.crossSite === 'bound-by-state';
}

/** @throws {CrossSiteRefused} @throws {MethodNotAllowed} */
export function requireOwnSite<U>(operation: Operation, { phase, method }: ActivityCall<U>, site: SiteFacts): void {
  // HEAD runs a GET handler in Nest; where GET spends a flow, that would spend it on a link preview.
  if ((isBound(phase) || phase.head === 'refused') && method === 'HEAD')
    throw new MethodNotAllowed(phase.methods.join(', '));
  if (!isBound(phase) && method !== null && !isSafe(method)) refuseCrossSite(operation, site);
}

/**
 * A proof as the phase is allowed to make it. Following a link signs nobody in, and what another site may start has to spend
 * a flow that was started here: without that it would be a door for login CSRF.
 *
 * @throws {Error} for a phase that breaks these rules: a bug of its room
 */
export function provenBy<U>({ room, phase, method }: ActivityCall<U>, operation: Operation, proof: Proof<U>): Proof<U> {
  const name = `${room.name}.${phase.name}`;
  if (!isBound(phase)) {
    if (isSafe(method)) throw new Error(`${name} answers GET, so it must not prove who somebody is`);
    return proof;
  }
  const effect: Proof<U>['effect'] = async (tx) => {
    await proof.effect?.(tx);
    if (!operation.flowSpent) throw new Error(`${name} is 'bound-by-state', so it must spend a flow`);
  };
  return { ...proof, effect };
}

/**
 * The sign-in that a phase may renew: that of whoever asks, by a request that no other site makes and no link.
 *
 * @throws {Error} for a phase that breaks these rules: a bug of its room
 */
export function renewedBy<U>({ room, phase, method }: ActivityCall<U>, signIn: SignIn<U> | null): SignIn<U> {
  if (signIn !== null && !isSafe(method) && !isBound(phase)) return signIn;
  throw new Error(`${room.name}.${phase.name} renews a sign-in, so it must be a POST of somebody who is signed in`);
}

/** @throws {Error} as {@link provenBy} does, for what is done without a proof */
export function requireSpentFlow<U>(
  { room, phase }: ActivityCall<U>,
  operation: Operation,
  { kind }: Outcome<U>,
): void {
  if (isBound(phase) && kind === 'done' && !operation.flowSpent) {
    throw new Error(`${room.name}.${phase.name} is 'bound-by-state', so it must spend a flow`);
  }
}
