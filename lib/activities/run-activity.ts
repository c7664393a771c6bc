import { AuthError, CrossSiteRefused, SecondFactorRequired } from '../errors/index.js';
import type { Subject } from '../resources/index.js';
import type { Operation } from '../sessions/index.js';
import type { JsonObject, Outcome, Phase, Proof, Room, SignIn, Strategy } from '../strategy/index.js';
import {
  provenBy,
  renewedBy,
  requireOwnSite,
  requireSpentFlow,
  type ActivityCall,
  type Ending,
} from './activity-call.js';
import { requireActor, type Actor } from './actors.js';
import { Attempts, type Guesser } from './attempts.js';
import type { SiteFacts } from './cross-site.js';
import { identityDigest } from './identity-digest.js';
import { readInput, readRiders } from './read-input.js';
import { describeError, runPart } from './report.js';
import type { ResourceRuntime } from './resource-runtime.js';
import { safeReturnTo } from './return-to.js';
import { sayingHow } from './step-up.js';

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
    operation.identity = null;
    operation.firstStep = null;
    operation.flowSpent = false;
    void operation.client; // asked while whoever sent the request is connected
    try {
      await this.runtime.enter(operation);
      const ending = await this.#steps(operation, call);
      this.#observe(operation, 'ok', {});
      return ending;
    } catch (error) {
      if (error instanceof AuthError) this.#observe(operation, 'refused', factsOf(error));
      else this.#observe(operation, 'error', { error: describeError(error) });
      throw error;
    }
  }

  async clearGuesses(operation: Operation, subject: Subject): Promise<void> {
    for (const room of this.runtime.rooms.keys()) await this.#attempts.forget(operation, room, subject);
  }

  async #steps(operation: Operation, call: ActivityCall<U>): Promise<Ending<U>> {
    const { room, phase } = call;
    requireOwnSite(operation, call, this.#ownSite(operation));
    const input = this.#read(operation, call);
    const actor = await requireActor(this.runtime, operation, phase, readRiders(call.input, []).flow);
    this.#adopt(operation, actor);
    const context = this.runtime.contextFor(room, operation);
    const typed = await phase.identity?.(input, context.flows);
    operation.identity = typed ?? actor.pending?.subject ?? operation.signIn?.subject ?? null;
    const guesser = guesserOf(call, operation.identity);
    if (guesser !== null) await this.#attempts.count(operation, guesser);
    await this.#askAddOns(operation, phase);

    const outcome = await sayingHow(this.runtime, operation, actor.signIn, () => phase.run(context, input));
    requireSpentFlow(call, operation, outcome);
    return this.#end(operation, call, actor, outcome);
  }

  /** A tenant's own pages are as good as the app's. */
  #ownSite(operation: Operation): SiteFacts {
    const { services, tenants } = this.runtime;
    const { tenant } = tenants.of(operation);
    if (tenant === null) return this.site;
    return { ...this.site, origins: new Set([...this.site.origins, services.publicUrlOf(tenant).origin]) };
  }

  #read(operation: Operation, { phase, input }: ActivityCall<U>) {
    const { resource, services } = this.runtime;
    const wishes = resource.addOns.flatMap((addOn) => addOn.carries ?? []);
    const { carried, returnTo } = readRiders(input, wishes);
    operation.carried = { ...operation.carried, ...carried };
    operation.returnTo = returnTo === undefined ? null : safeReturnTo(returnTo, services.publicUrl);
    return readInput(input, phase.fields, resource);
  }

  async #askAddOns(operation: Operation, phase: Phase<U>): Promise<void> {
    const attempt = { activity: operation.activity, identity: operation.identity, guess: phase.guess ?? null };
    for (const addOn of this.runtime.resource.addOns) {
      const part = this.runtime.partName(addOn, 'beforeActivity');
      const context = this.runtime.contextFor(addOn, operation);
      await runPart(part, this.runtime.services.log, () => addOn.beforeActivity?.(context, attempt));
    }
  }

  async #end(operation: Operation, call: ActivityCall<U>, actor: Actor<U>, outcome: Outcome<U>): Promise<Ending<U>> {
    switch (outcome.kind) {
      case 'reply':
        return outcome;
      case 'done':
        if (showsSomething(call)) await this.#beginAnew(() => this.#forgetOldSecrets(operation, call.room));
        operation.result = outcome.result ?? null;
        return { kind: 'done' };
      case 'renewed': {
        const current = renewedBy(call, actor.signIn);
        const { signIn, result } = await this.runtime.sessions.renew(operation, current, outcome.effect);
        return this.#signedIn(operation, signIn, result);
      }
      case 'proved': {
        const adding = outcome.stepsUp === true ? await this.#inForce(operation, call) : actor;
        const signIn = await this.#signIn(operation, call.room, adding, provenBy(call, operation, outcome.proof));
        await this.#beginAnew(() => this.#succeeded(operation, call));
        return this.#signedIn(operation, signIn, {});
      }
    }
  }

  #signedIn(operation: Operation, signIn: SignIn<U>, result: JsonObject): Ending<U> {
    operation.made = signIn;
    operation.result = { ...result, ...signIn.issued };
    this.#adopt(operation, { signIn, pending: null });
    return { kind: 'signed-in', signIn };
  }

  /** Whoever is signed in by now, in a phase that anyone may enter. @throws {SignInRequired} */
  #inForce(operation: Operation, { phase }: ActivityCall<U>): Promise<Actor<U>> {
    return requireActor(this.runtime, operation, { ...phase, actor: 'user' }, undefined);
  }

  /** A proof by somebody who is signed in adds to that sign-in; any other makes one. */
  async #signIn(operation: Operation, room: Room<U>, actor: Actor<U>, proof: Proof<U>): Promise<SignIn<U>> {
    const { sessions, hooks } = this.runtime;
    if (actor.signIn !== null) return sessions.stepUp(operation, actor.signIn, proof, canBeSecond(room));
    const completed = await sessions.complete(operation, proof, actor.pending);
    if ('id' in completed) return completed;
    hooks.observe({ name: 'second-factor.asked', outcome: 'ok', facts: { subject: completed.subject } });
    throw new SecondFactorRequired(completed.factors, completed.flow, completed.enrolments);
  }

  /** Counts begin anew. Where that fails they stay as they are, and so does what has been done. */
  async #beginAnew(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.runtime.services.log.warn(`Counts of guesses could not begin anew: ${describeError(error)}`);
    }
  }

  /** A right guess, and that of the step before. */
  async #succeeded(operation: Operation, call: ActivityCall<U>): Promise<void> {
    const firstStep = operation.firstStep === null ? null : { ...operation.firstStep, guess: 'secret' as const };
    const guessers = [guesserOf(call, operation.identity), firstStep].filter((guesser) => guesser !== null);
    await this.#attempts.succeeded(operation, guessers);
    await this.#forgetOldSecrets(operation, call.room);
  }

  /** Guesses at a secret that is no more say nothing of the new one. */
  async #forgetOldSecrets(operation: Operation, room: Room<U>): Promise<void> {
    for (const subject of operation.raisedEpochs.keys()) await this.#attempts.forget(operation, room.name, subject);
  }

  #adopt(operation: Operation, { signIn, pending }: Actor<U>): void {
    operation.pending = pending;
    if (pending !== null) operation.signIn = null; // whom a middleware loaded is not who goes on here
    if (signIn === null) return;
    operation.signIn = signIn;
    operation.users.set(this.runtime.resource.subjectName, signIn.user);
  }

  /** Subjects are ids; what somebody typed as a name is a digest, for it may have been a password. */
  #observe(operation: Operation, outcome: 'ok' | 'refused' | 'error', facts: JsonObject): void {
    const { transport, client, activity, identity } = operation;
    const tenant = this.runtime.tenants.known(operation)?.tenant ?? null;
    const subject = operation.signIn?.subject ?? operation.pending?.subject ?? null;
    const digest = identity === null ? null : identityDigest(this.runtime.services.identityKey(), tenant, identity);
    const who = {
      ...(tenant !== null && { tenant }),
      transport,
      address: client.address,
      subject,
      identityDigest: digest,
    };
    this.runtime.hooks.observe({ name: activity.join('.'), outcome, facts: { ...who, ...facts } });
  }
}

/** Why, for the log: of a refused origin both the one that came and those that may. */
function factsOf(error: AuthError): JsonObject {
  const { code, reason } = error;
  return { code, reason, ...(error instanceof CrossSiteRefused && error.facts) };
}

function guesserOf<U>({ room, phase }: ActivityCall<U>, identity: string | null): Guesser | null {
  return phase.guess === undefined ? null : { room: room.name, guess: phase.guess, identity };
}

/** Whether whoever got through has a secret or a sign-in: else nobody but the app's own code stands behind it. */
function showsSomething<U>({ phase }: ActivityCall<U>): boolean {
  return phase.guess === 'secret' || phase.actor !== 'anyone';
}

function canBeSecond<U>(room: Room<U> & Pick<Strategy<U>, 'factor'>): boolean {
  return room.factor !== undefined;
}
