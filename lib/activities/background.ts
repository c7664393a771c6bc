import { TooBusy } from '../errors/index.js';

const MOST_AT_ONCE = 4;
const MOST_WAITING = 1000;
/** Work that was let in sends a message: there is room for that, whoever else waits. */
const MOST_WITH_MESSAGES = 2 * MOST_WAITING;

/**
 * Work that starts after an answer is out: look-ups and messages that must not show in the time of the answer. Bounded, so
 * that a flood is refused before it is answered, and drained at shutdown.
 */
export class Background {
  readonly #waiting: (() => Promise<void>)[] = [];
  readonly #idle: (() => void)[] = [];
  #reserved = 0;
  #running = 0;

  /** @param report told of what failed; nobody is answered with it */
  constructor(private readonly report: (error: unknown) => void) {}

  /**
   * Takes a place for `work`, which starts when `start` calls back.
   * @throws {TooBusy} when there is no place
   */
  add(work: () => Promise<void>, start: (begin: () => void) => void): void {
    this.#add(MOST_WAITING, work, start);
  }

  /** As {@link add}, soon, and with room of its own. @throws {TooBusy} */
  addMessage(send: () => Promise<void>): void {
    this.#add(MOST_WITH_MESSAGES, send, (begin) => void setImmediate(begin));
  }

  #add(most: number, work: () => Promise<void>, start: (begin: () => void) => void): void {
    if (this.#reserved >= most) throw new TooBusy('background');
    this.#reserved += 1;
    let begun = false;
    start(() => {
      if (begun) return;
      begun = true;
      this.#waiting.push(work);
      this.#next();
    });
  }

  /** Resolves when nothing waits or runs. */
  async idle(): Promise<void> {
    if (this.#reserved === 0) return;
    await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  #next(): void {
    while (this.#running < MOST_AT_ONCE) {
      const work = this.#waiting.shift();
      if (work === undefined) return;
      this.#running += 1;
      void this.#run(work);
    }
  }

  async #run(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.report(error);
    } finally {
      this.#running -= 1;
      this.#reserved -= 1;
      this.#next();
      if (this.#reserved === 0) for (const resolve of this.#idle.splice(0)) resolve();
    }
  }
}
