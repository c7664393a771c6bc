import { StoreUnavailable } from '../errors/index.js';

/** One at a time, first come first served: for a database with a single writer. */
export class Turns {
  #taken = false;
  /** Insertion-ordered; each starts one waiter. */
  readonly #waiting = new Set<() => void>();

  constructor(private readonly timeoutMs: number) {}

  /**
   * Waits for a turn. Whoever has it calls `done` once.
   *
   * @throws {StoreUnavailable} `timeout` when none came; nothing was done.
   */
  async take(waitMs = this.timeoutMs): Promise<() => void> {
    if (this.#taken) await this.#wait(waitMs);
    this.#taken = true;
    return () => this.#next();
  }

  async use<T>(work: () => T | Promise<T>): Promise<T> {
    const done = await this.take();
    try {
      return await work();
    } finally {
      done();
    }
  }

  #wait(waitMs: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const start = (): void => {
        clearTimeout(timer);
        resolve();
      };
      const timer = setTimeout(() => {
        this.#waiting.delete(start);
        reject(new StoreUnavailable('timeout'));
      }, waitMs);
      this.#waiting.add(start);
    });
  }

  // The turn is handed on without being free in between, so that nobody who comes now gets ahead.
  #next(): void {
    const [start] = this.#waiting;
    if (!start) {
      this.#taken = false;
      return;
    }
    this.#waiting.delete(start);
    start();
  }
}
