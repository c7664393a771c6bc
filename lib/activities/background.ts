import { TooBusy } from '../errors/index.js';
import { after, type Clock } from '../time/index.js';

const MOST_AT_ONCE = 4;
const MOST_WAITING = 1000;
/** Work that was let in sends a message: there is room for that, whoever else waits. */
const MOST_WITH_MESSAGES = 2 * MOST_WAITING;

/** @returns after how many seconds to do it again; null when it is done */
type Work = () => Promise<number | null>;

/** Some of it at once, and the rest in its turn. */
class Lane {
  readonly waiting: Work[] = [];
  running = 0;
}

/**
 * Work that starts after an answer is out: look-ups and messages that must not show in the time of the answer. Bounded, so
 * that a flood is refused before it is answered, and drained at shutdown. Messages have a lane of their own: a sender that hangs
 * keeps no look-up waiting.
 */
export class Background {
  readonly #work = new Lane();
  readonly #messages = new Lane();
  /** What resumes work before its time. */
  readonly #paused = new Set<() => void>();
  readonly #idle: (() => void)[] = [];
  #reserved = 0;
  #drained: Promise<void> | null = null;

  /** @param report told of what failed; nobody is answered with it */
  constructor(
    private readonly clock: Clock,
    private readonly report: (error: unknown) => void,
  ) {}

  /**
   * Takes a place for `work`, which starts when `start` calls back.
   * @throws {TooBusy} when there is no place
   */
  add(work: () => Promise<void>, start: (begin: () => void) => void): void {
    this.#add(MOST_WAITING, this.#work, once(work), start);
  }

  /** As {@link add}, with room of its own; keeps its place until it is done. @throws {TooBusy} */
  addMessage(send: Work, start: (begin: () => void) => void): void {
    this.#add(MOST_WITH_MESSAGES, this.#messages, send, start);
  }

  #add(most: number, lane: Lane, work: Work, start: (begin: () => void) => void): void {
    if (this.#reserved >= most) throw new TooBusy('background');
    this.#reserved += 1;
    let begun = false;
    start(() => {
      if (begun) return;
      begun = true;
      this.#queue(lane, work);
    });
  }

  /** Resolves when nothing waits or runs, but for what has its time to wait for. */
  async idle(): Promise<void> {
    if (this.#isIdle()) return;
    await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  /** Pauses are over. Resolves when everything is done, after `seconds` at the latest; however often it is called. */
  drain(seconds: number): Promise<void> {
    return (this.#drained ??= this.#drain(seconds));
  }

  async #drain(seconds: number): Promise<void> {
    for (const resume of this.#paused) resume();
    // Whatever else the process had is closed by now: without a timer it would end here.
    const alive = setInterval(() => undefined, 1000);
    let stop = (): void => undefined;
    const late = new Promise<void>((resolve) => (stop = after(this.clock, seconds, resolve)));
    await Promise.race([this.idle(), late]);
    stop();
    clearInterval(alive);
  }

  #queue(lane: Lane, work: Work): void {
    lane.waiting.push(work);
    this.#next(lane);
  }

  #next(lane: Lane): void {
    while (lane.running < MOST_AT_ONCE) {
      const work = lane.waiting.shift();
      if (work === undefined) return;
      lane.running += 1;
      void this.#run(lane, work);
    }
  }

  async #run(lane: Lane, work: Work): Promise<void> {
    const againSeconds = await this.#done(work);
    lane.running -= 1;
    if (againSeconds === null) this.#reserved -= 1;
    else this.#pause(lane, work, againSeconds);
    this.#next(lane);
    if (this.#isIdle()) for (const resolve of this.#idle.splice(0)) resolve();
  }

  async #done(work: Work): Promise<number | null> {
    try {
      return await work();
    } catch (error) {
      this.report(error);
      return null;
    }
  }

  #pause(lane: Lane, work: Work, seconds: number): void {
    if (this.#drained !== null) return this.#queue(lane, work);
    const resume = (): void => {
      stop();
      this.#paused.delete(resume);
      this.#queue(lane, work);
    };
    const stop = after(this.clock, seconds, resume);
    this.#paused.add(resume);
  }

  #isIdle(): boolean {
    return this.#reserved === this.#paused.size;
  }
}

function once(work: () => Promise<void>): Work {
  return async () => {
    await work();
    return null;
  };
}
