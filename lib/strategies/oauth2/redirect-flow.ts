import { safeEqual } from '../../crypto/index.js';
import type { Subject } from '../../resources/index.js';
import type { Flow, JsonObject, StrategyContext } from '../../strategy/index.js';
import { MINUTE } from '../../time/index.js';
import { fail } from './oauth2.errors.js';
import type { Intent } from './provider.js';

const KIND = 'redirect';
/** From leaving to coming back (RFC 9700 §4.7). */
const LIFETIME_SECONDS = 10 * MINUTE;

/** What a browser left with. What it comes back with is compared with this, and not with what is configured by then. */
export interface Departure {
  readonly intent: Intent;
  /** Who links or steps up; null where somebody signs in. */
  readonly subject: Subject | null;
  /** The subject's epoch at that time. */
  readonly subjectEpoch: number;
  readonly strategy: string;
  readonly namespace: string;
  readonly clientId: string;
  readonly redirectUri: string;
  /** RFC 7636 §4.1; null without PKCE. */
  readonly verifier: string | null;
  readonly nonce: string | null;
}

/** @returns the `state` that the browser has to bring back: 256 random bits, sealed into its cookie, and good for once */
export async function depart<U>(ctx: StrategyContext<U>, departure: Departure): Promise<string> {
  const options = { lifetimeSeconds: LIFETIME_SECONDS, boundTo: 'browser' } as const;
  const { id } = await ctx.flows.start(KIND, { ...departure }, options);
  return id;
}

/** What this browser left with; null where it never did, or is back. Consumes nothing. */
export async function departureOf<U>(ctx: StrategyContext<U>): Promise<Departure | null> {
  const flow = await ctx.flows.read(KIND);
  return flow === null ? null : departureIn(flow);
}

/**
 * Takes the browser's departure back: good for once, from here on, whatever becomes of it.
 *
 * @param state as it came
 * @throws {AuthenticationFailed} where the browser left with another, or never: that consumes nothing
 * @throws {InvalidToken} where it was back already
 */
export async function comeBack<U>(
  ctx: StrategyContext<U>,
  state: string | undefined,
): Promise<{ readonly state: string; readonly departure: Departure }> {
  const flow = await ctx.flows.read(KIND);
  if (flow === null) return fail('no_flow');
  if (!safeEqual(flow.id, state ?? '')) return fail('state_mismatch');
  await ctx.flows.spend(flow);
  return { state: flow.id, departure: departureIn(flow) };
}

function departureIn({ data }: Pick<Flow, 'data'>): Departure {
  return data as JsonObject & Departure; // sealed: only `depart` above wrote it
}
