/** What is being done: which strategy (or add-on) and which phase of it. `[null, null]` is a route that nobody knows. */
export type Activity = readonly [strategy: string | null, phase: string | null];
