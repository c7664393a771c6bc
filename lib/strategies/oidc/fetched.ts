import { addSeconds, type Clock } from '../../time/index.js';

/** How long a failure stands before anybody asks again. */
const FAILURE_SECONDS = 5;
/** How long a document stands, whatever is missed in it: a flood of tokens that name unknown keys is no flood for the provider. */
const COOL_DOWN_SECONDS = 60;

interface Answer<T> {
  readonly promise: Promise<T>;
  readonly askedAt: Date;
  staleAt: Date;
}

/** A document of the provider: asked for when it is needed, once for all who wait for it, and kept for a while. */
export class Fetched<T> {
  #last: Answer<T> | null = null;

  constructor(private readonly lifetimeSeconds: number) {}

  get(clock: Clock, request: () => Promise<T>): Promise<T> {
    const last = this.#last;
    return last !== null && clock.now() < last.staleAt ? last.promise : this.#ask(clock, request);
  }

  /** A newer one, where the present one is not from a moment ago. */
  newer(clock: Clock, request: () => Promise<T>): Promise<T> {
    const last = this.#last;
    const isRecent = last !== null && clock.now() < addSeconds(last.askedAt, COOL_DOWN_SECONDS);
    return isRecent ? last.promise : this.#ask(clock, request);
  }

  #ask(clock: Clock, request: () => Promise<T>): Promise<T> {
    const askedAt = clock.now();
    const answer: Answer<T> = { promise: request(), askedAt, staleAt: addSeconds(askedAt, this.lifetimeSeconds) };
    this.#last = answer;
    answer.promise.catch(() => (answer.staleAt = addSeconds(askedAt, FAILURE_SECONDS)));
    return answer.promise;
  }
}
