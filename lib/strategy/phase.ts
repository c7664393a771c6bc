import type { Fields, InputOf } from './fields.js';
import type { Flows } from './flows.js';
import type { Outcome } from './outcome.js';
import type { StrategyContext } from './strategy-context.js';

export type Method = 'GET' | 'POST' | 'DELETE';

/** One step of a way in: one route, one activity, one thing that code can perform. */
export interface Phase<U, F extends Fields = Fields> {
  /** kebab-case; the same word in the route, the activity, the log and the docs. */
  readonly name: string;
  /** Below the strategy's own path; `''` for that path itself. @default the name */
  readonly path?: string | undefined;
  readonly methods: readonly [Method, ...Method[]];
  /** From the body, or for GET from the query; never both. */
  readonly fields: F;
  /** Who may: enforced by the runner, for every caller. `pending` is somebody whose second factor is still asked for. */
  readonly actor: 'anyone' | 'pending' | 'user' | 'fresh-user';
  /**
   * It enrols a second factor, or is a step of that: where the resource requires one and the user has none, whoever has the first step
   * of a sign-in behind them may run it as well as the actor; then `ctx.signIn` is null and `ctx.pending` says who. For phases of the
   * actor `fresh-user`, and not for backups. @default false
   */
  readonly enrols?: boolean | undefined;
  /** `bound-by-state` is for phases that another site sends the browser to; such a phase must spend a flow. @default 'refused' */
  readonly crossSite?: 'refused' | 'bound-by-state' | undefined;
  /** `refused`: its GET starts something, and HEAD, which runs a GET handler in Nest, must not. @default HEAD is as GET */
  readonly head?: 'refused' | undefined;
  /**
   * The account that the input speaks of, canonical as stored: for limits and audit. Asked before anything is counted, so it
   * looks at what came with the request, a flow included, and at no row. @default the subject in force
   */
  identity?(input: InputOf<F>, flows: Pick<Flows, 'read'>): string | null | Promise<string | null>;
  /** What the limiter counts: a guess at a secret, or a message sent. @default nothing */
  readonly guess?: 'secret' | 'message' | undefined;
  run(ctx: StrategyContext<U>, input: InputOf<F>): Promise<Outcome<U>>;
}

/** Lets a phase infer its input from its fields, and erases that type in a list of phases. */
export function definePhase<U, F extends Fields>(phase: Phase<U, F>): Phase<U> {
  return phase; // the runner parses by `fields` before it calls `run`
}
