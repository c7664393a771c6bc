import { addSeconds, type Clock } from '../time/index.js';

interface Repeated {
  readonly intervalSeconds: number;
  readonly work: () => void;
  due: Date;
}

/** A clock that stands still until it is moved. */
export class FakeClock implements Clock {
  #now: Date;
  readonly #repeated = new Set<Repeated>();

  /** @param start @default 2026-01-01T00:00:00Z */
  constructor(start: Date = new Date(Date.UTC(2026, 0, 1))) {
    this.#now = start;
  }

  now(): Date {
    return new Date(this.#now.getTime());
  }

  advance(seconds: number): void {
    this.#now = addSeconds(this.#now, seconds);
    for (const repeated of this.#repeated) {
      if (repeated.due > this.#now) continue;
      repeated.due = addSeconds(this.#now, repeated.intervalSeconds);
      repeated.work();
    }
  }

  /** Called when the clock is moved by the interval or more: once, however far. */
  every(intervalSeconds: number, work: () => void): () => void {
    const repeated = { intervalSeconds, work, due: addSeconds(this.#now, intervalSeconds) };
    this.#repeated.add(repeated);
    return () => void this.#repeated.delete(repeated);
  }
}
