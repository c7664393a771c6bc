import type { AuthError } from '../errors/index.js';

/** What is being done: which strategy (or add-on) and which phase of it. `[null, null]` is a route that nobody knows. */
export type Activity = readonly [strategy: string | null, phase: string | null];

declare const PERFORMED: unique symbol;

/** What a room, a resource or an app does, for the compiler alone: never there at run time. */
export interface Performs<A extends Activity, E extends AuthError = never> {
  readonly [PERFORMED]?: { readonly activity: A; readonly reason: E };
}

/** The activities of one room: a pair of its name and each of its phases. */
export type RoomActivity<N extends string, P extends string> = P extends string
  ? readonly [strategy: N, phase: P]
  : never;

/** The activities that a type says it has; of one that says nothing, any. */
export type ActivityIn<T> = T extends unknown
  ? typeof PERFORMED extends keyof T
    ? T extends Performs<infer A, AuthError>
      ? A
      : never
    : RoomActivity<string, string>
  : never;

/** The refusals of its own that a type says it has. */
export type ReasonIn<T> = T extends unknown
  ? typeof PERFORMED extends keyof T
    ? T extends Performs<Activity, infer E>
      ? E
      : never
    : never
  : never;
