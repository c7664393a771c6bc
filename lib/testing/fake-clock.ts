import type { Clock } from '../time/index.js';

/** A clock that stands still until it is moved. */
export class FakeClock implements Clock {
  #now: Date;

  /** @param start @default 2026-01-01T00:00:00Z */
  constructor(start: Date = new Date(Date.UTC(2026, 0, 1))) {
    this.#now = start;
  }

  now(): Date {
    return new Date(this.#now.getTime());
  }

  advance(seconds: number): void {
    this.#now = new Date(this.#now.getTime() + seconds * 1000);
  }
}
