import { TooBusy } from '../errors/index.js';
import { addressKey } from '../network/index.js';
import { resolveHashQueueOptions, type HashQueueOptions } from './hash-queue.options.js';

export type { HashQueueOptions } from './hash-queue.options.js';

interface Waiting {
  start(): void;
  refuse(): void;
}

/**
 * Bounds what password hashing may take of a process: memory is `parallel` × the memory of one hash, the rest of the machine
 * stays free for requests that hash nothing.
 *
 * Sources take turns, and in a full queue a newcomer takes the place of whoever came last from the source that has the most
 * waiting. So a source that sends a thousand requests delays another's by one hash, and never keeps it out.
 */
export class HashQueue {
  readonly #parallel: number;
  readonly #maxWaiting: number;
  readonly #maxWaitMs: number;
  /** By source, in the order of their turns. Holds no empty list. */
  readonly #waiting = new Map<string, Waiting[]>();
  #waitingCount = 0;
  #running = 0;

  constructor(options: HashQueueOptions = {}) {
    const { parallel, maxWaiting, maxWaitSeconds } = resolveHashQueueOptions(options);
    this.#parallel = parallel;
    this.#maxWaiting = maxWaiting;
    this.#maxWaitMs = maxWaitSeconds * 1000;
  }

  /**
   * @param address Who asks: the client's address, IPv6 counted by /64; null for calls from code, which are one source.
   * @throws {TooBusy} when there is no room, or no turn within the time.
   */
  async run<T>(address: string | null, work: () => Promise<T>): Promise<T> {
    await this.#turn(address === null ? 'code' : addressKey(address));
    try {
      return await work();
    } finally {
      this.#running -= 1;
      this.#next();
    }
  }

  #turn(source: string): Promise<void> {
    if (this.#running < this.#parallel) {
      this.#running += 1;
      return Promise.resolve();
    }
    this.#makeRoom(source);
    return new Promise((resolve, reject) => {
      const refuse = () => reject(new TooBusy('password hashing'));
      const timer = setTimeout(() => {
        this.#remove(source, waiting);
        refuse();
      }, this.#maxWaitMs).unref();
      const settle = (then: () => void) => () => {
        clearTimeout(timer);
        then();
      };
      const waiting: Waiting = { start: settle(resolve), refuse: settle(refuse) };
      this.#waiting.set(source, [...(this.#waiting.get(source) ?? []), waiting]);
      this.#waitingCount += 1;
    });
  }

  #next(): void {
    for (const [source, [first]] of this.#waiting) {
      if (first === undefined) continue;
      this.#remove(source, first);
      this.#toTheEnd(source);
      this.#running += 1;
      first.start();
      return;
    }
  }

  /** @throws {TooBusy} when nobody has a larger share than the newcomer would have. */
  #makeRoom(newcomer: string): void {
    if (this.#waitingCount < this.#maxWaiting) return;
    let [largest, most]: [string, readonly Waiting[]] = ['', []];
    for (const [source, list] of this.#waiting) if (list.length > most.length) [largest, most] = [source, list];

    const last = most.at(-1);
    const share = (this.#waiting.get(newcomer)?.length ?? 0) + 1;
    if (last === undefined || most.length <= share) throw new TooBusy('password hashing');
    this.#remove(largest, last);
    last.refuse();
  }

  #remove(source: string, waiting: Waiting): void {
    const rest = (this.#waiting.get(source) ?? []).filter((other) => other !== waiting);
    if (rest.length === 0) this.#waiting.delete(source);
    else this.#waiting.set(source, rest);
    this.#waitingCount -= 1;
  }

  #toTheEnd(source: string): void {
    const list = this.#waiting.get(source);
    if (list === undefined) return;
    this.#waiting.delete(source);
    this.#waiting.set(source, list);
  }
}
