import { keyedDigest } from '../crypto/index.js';
import {
  AuthenticationFailed,
  AuthError,
  FreshSignInRequired,
  MethodNotAllowed,
  SecondFactorRequired,
  SignInRequired,
} from '../errors/index.js';
import { addSeconds } from '../time/index.js';
import type { Accepts, Operation } from '../sessions/index.js';
import type {
  AuthReply,
  JsonObject,
  Outcome,
  Phase,
  Proof,
  RawInput,
  Room,
  SignIn,
  Strategy,
} from '../strategy/index.js';
import { Attempts, type Guesser } from './attempts.js';
import { refuseCrossSite, type SiteFacts } from './cross-site.js';
import { readInput, readRiders } from './read-input.js';
import { describeError, runPart } from './report.js';
import { safeReturnTo } from './return-to.js';
import type { ResourceRuntime } from './resource-runtime.js';

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

/** What a person signs in with. Credentials of other natures, such as API keys, enter no phase. */
const PERSONAL: readonly Accepts[] = ['bearer', 'session'];

/**
 * The one runner: whatever is done, over HTTP or by code, goes through these steps in this order.
 */
export class ActivityRunner<U extends object> {
  readonly #attempts: Attempts;

  constructor(
    private readonly runtime: ResourceRuntime<U>,
    private readonly site: SiteFacts,
  ) {
    this.#attempts = new Attempts(runtime as unknown as ResourceRuntime); // counts, and never sees a user
  }

  /** @throws {AuthError} for a refusal @throws {Outage} when something did not answer */
  async run(operation: Operation, call: ActivityCall<U>): Promise<Ending<U>> {
    operation.subjectName = this.runtime.resource.subjectName;
    operation.activity = [call.room.name, call.phase.name];
    let identity: string | null = null;
    try {
      this.#requireOwnSite(operation, call);
      const input = this.#read(operation, call);
      await this.#requireActor(operation, call);
      identity = call.phase.identity?.(input) ?? operation.pending?.subject ?? operation.signIn?.subject ?? null;
      const guesser = this.#guesser(call, identity);
      if (guesser !== null) await this.#attempts.count(operation, guesser);
      await this.#askAddOns(operation, call.phase, identity);

      const outcome = await call.phase.run(this.runtime.contextFor(call.room, operation), input);
      const ending = await this.#end(operation, call, outcome);
      if (guesser !== null && ending.kind === 'signed-in') await this.#attempts.succeeded(operation, guesser);
      this.#observe(operation, call, 'ok', this.#facts(operation, identity));
      return ending;
    } catch (error) {
      const refusal = error instanceof AuthError ? { code: error.code, reason: error.reason } : null;
      const facts = { ...this.#facts(operation, identity), ...(refusal ?? { error: describeError(error) }) };
      this.#observe(operation, call, refusal === null ? 'error' : 'refused', facts);
      throw error;
    }
  }

  #requireOwnSite(operation: Operation, { phase, method }: ActivityCall<U>): void {
    const bound = phase.crossSite === 'bound-by-state';
    // HEAD runs a GET handler in Nest; where GET spends a flow, that would spend it on a link preview.
    if (bound && method === 'HEAD') throw new MethodNotAllowed(phase.methods.join(', '));
    if (!bound && method !== null && method !== 'GET' && method !== 'HEAD') refuseCrossSite(operation, this.site);
  }

  #read(operation: Operation, { phase, input }: ActivityCall<U>) {
    const { resource, services } = this.runtime;
    const { carried, returnTo } = readRiders(
      input,
      resource.addOns.flatMap((addOn) => addOn.carries ?? []),
    );
    operation.carried = { ...operation.carried, ...carried };
    operation.returnTo = returnTo === undefined ? null : safeReturnTo(returnTo, services.publicUrl);
    return readInput(input, phase.fields, resource);
  }

  async #requireActor(operation: Operation, { phase, input }: ActivityCall<U>): Promise<void> {
    if (phase.actor === 'anyone') return;
    if (phase.actor === 'pending') {
      operation.pending = await this.runtime.sessions.readPending(operation, readRiders(input, []).flow);
      if (operation.pending === null) throw new AuthenticationFailed('no_pending_flow');
      return;
    }
    const { signIn, reason } = await this.runtime.sessions.load(operation, PERSONAL);
    if (signIn === null) throw new SignInRequired(reason);
    this.#adopt(operation, signIn);
    const { freshSeconds } = this.runtime.resource.sessions;
    const isFresh = addSeconds(signIn.authenticatedAt, freshSeconds) > this.runtime.services.clock.now();
    if (phase.actor === 'fresh-user' && !isFresh) throw new FreshSignInRequired();
  }

  async #askAddOns(operation: Operation, phase: Phase<U>, identity: string | null): Promise<void> {
    const attempt = { activity: operation.activity, identity, guess: phase.guess ?? null };
    for (const addOn of this.runtime.resource.addOns) {
      const part = this.runtime.partName(addOn, 'beforeActivity');
      const context = this.runtime.contextFor(addOn, operation);
      await runPart(part, this.runtime.services.log, () => addOn.beforeActivity?.(context, attempt));
    }
  }

  #guesser({ room, phase }: ActivityCall<U>, identity: string | null): Guesser | null {
    return phase.guess === undefined ? null : { room: room.name, guess: phase.guess, identity };
  }

  async #end(operation: Operation, call: ActivityCall<U>, outcome: Outcome<U>): Promise<Ending<U>> {
    if (outcome.kind === 'reply') return outcome;
    if (outcome.kind === 'done') {
      operation.result = outcome.result ?? null;
      return { kind: 'done' };
    }
    const signIn = await this.#signIn(operation, call, outcome.proof);
    operation.made = signIn;
    operation.result = signIn.issued;
    this.#adopt(operation, signIn);
    return { kind: 'signed-in', signIn };
  }

  /** A proof by somebody who is signed in adds to that sign-in; any other makes one. */
  async #signIn(operation: Operation, { room, phase }: ActivityCall<U>, proof: Proof<U>): Promise<SignIn<U>> {
    const { sessions, hooks } = this.runtime;
    if (phase.actor === 'user' || phase.actor === 'fresh-user') {
      const { signIn } = await sessions.load(operation, PERSONAL);
      if (signIn === null) throw new SignInRequired();
      return sessions.stepUp(operation, signIn, proof, isSecondFactor(room));
    }
    const completed = await sessions.complete(operation, proof);
    if ('id' in completed) return completed;
    hooks.observe({ name: 'second-factor.asked', outcome: 'ok', facts: { subject: completed.subject } });
    throw new SecondFactorRequired(completed.factors, completed.flow);
  }

  #adopt(operation: Operation, signIn: SignIn<U>): void {
    operation.signIn = signIn;
    operation.users.set(this.runtime.resource.subjectName, signIn.user);
  }

  #observe(
    operation: Operation,
    { room, phase }: ActivityCall<U>,
    outcome: 'ok' | 'refused' | 'error',
    facts: JsonObject,
  ) {
    const where = { transport: operation.transport, address: operation.client.address };
    this.runtime.hooks.observe({ name: `${room.name}.${phase.name}`, outcome, facts: { ...where, ...facts } });
  }

  /** Subjects are ids; what somebody typed as a name is a digest, for it may have been a password. */
  #facts(operation: Operation, identity: string | null): JsonObject {
    const key = this.runtime.services.identityKey;
    const subject = operation.signIn?.subject ?? operation.pending?.subject ?? null;
    return { subject, identityDigest: identity === null ? null : keyedDigest(key, identity) };
  }
}

function isSecondFactor<U>(room: Room<U> & Pick<Strategy<U>, 'factor'>): boolean {
  return room.factor !== undefined;
}
