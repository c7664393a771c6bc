import { AuthenticationFailed, type OfferedFactor, type OfferedPhase } from '../errors/index.js';
import type { DataLayer, Subject } from '../resources/index.js';
import type { Flow, JsonObject, Pending, Proof } from '../strategy/index.js';
import { MINUTE } from '../time/index.js';
import { extraClaims } from '../tokens/index.js';
import { SealedFlows } from './flows.js';
import type { FirstStep, Operation } from './operation.js';
import type { Demand } from './second-factors.js';
import type { SessionParts } from './session-parts.js';

const KIND = 'pending';
const LIFETIME_SECONDS = 10 * MINUTE;

interface Sealed {
  readonly subject: Subject;
  readonly methods: readonly string[];
  readonly factors: readonly OfferedFactor[];
  readonly enrolments: readonly OfferedPhase[];
  readonly firstStep: FirstStep;
}

/** First steps that wait for a second factor: sealed, kept by the client, worth nothing by themselves. */
export class PendingSteps<U extends object> {
  constructor(private readonly parts: Pick<SessionParts<U>, 'flows' | 'clock' | 'tenants'>) {}

  async start(
    operation: Operation,
    subject: Subject,
    { methods, subjectEpoch: epoch, actor, origin, claims = {} }: Proof<U>,
    { factors, enrolments }: Demand,
  ): Promise<Pending> {
    const step = { room: operation.activity[0] ?? '', identity: operation.identity, actor: actor ?? null };
    const firstStep = { ...step, origin: origin ?? null, claims: extraClaims(claims), epoch };
    const data: JsonObject & Sealed = { subject, methods, factors, enrolments, firstStep };
    const options = { lifetimeSeconds: LIFETIME_SECONDS, boundTo: 'holder' } as const;
    return pendingIn(await this.#flows(operation).start(KIND, data, options));
  }

  /**
   * The first step that the client has behind it, by its cookie or by the `flow` value that it sends.
   *
   * @param isFor what it has to be good for
   */
  async read(
    operation: Operation,
    handle: string | undefined,
    isFor: (pending: Pending) => boolean,
  ): Promise<Pending | null> {
    const flow = await this.#flows(operation).read(KIND, handle);
    const pending = flow === null ? null : pendingIn(flow);
    if (flow === null || pending === null || !isFor(pending)) return null;
    operation.firstStep = sealedIn(flow).firstStep;
    return pending;
  }

  /** The first step of this subject that the browser has begun already, under the same epoch. */
  async find(operation: Operation, subject: Subject, epoch: number): Promise<Pending | null> {
    const flow = await this.#flows(operation).read(KIND);
    const begun = flow === null ? null : sealedIn(flow);
    if (flow === null || begun?.subject !== subject || begun.firstStep.epoch !== epoch) return null;
    return pendingIn(flow);
  }

  /**
   * Uses it up for a second proof.
   *
   * @throws {AuthenticationFailed} reason `flow_expired` also when a credential changed between the two steps
   * @throws {InvalidToken} when it was used before
   */
  async spend(operation: Operation, pending: Pending, proof: Proof<U>, tx: DataLayer): Promise<void> {
    const flows = this.#flows(operation);
    const flow = await flows.read(KIND, pending.flow);
    // The second proof was taken under the present epoch; the first step must have been as well.
    if (flow === null || sealedIn(flow).firstStep.epoch !== proof.subjectEpoch) {
      throw new AuthenticationFailed('flow_expired');
    }
    await flows.spend(flow, tx);
  }

  #flows(operation: Operation): SealedFlows {
    return new SealedFlows(this.parts.flows, operation, this.parts.tenants.of(operation), this.parts.clock);
  }
}

function pendingIn(flow: Flow): Pending {
  const { subject, methods, factors, enrolments } = sealedIn(flow);
  return { subject, methods, factors, enrolments, flow: flow.handle };
}

function sealedIn({ data }: Flow): Sealed {
  return data as unknown as Sealed; // authenticated: only `start` above seals this kind
}
