import { setImmediate } from 'node:timers/promises';

/**
 * Brings requests into step. A store in memory answers at once, so that one request is done before the next is read, and whoever looks first
 * and takes afterwards gets away with it: here none goes on until all are there, and from then on each gives way before each call.
 */
export class Race {
  readonly #waiting: (() => void)[] = [];
  #missing = 0;
  #isOn = false;

  /** For so many requests. */
  start(count: number): void {
    this.#missing = count;
    this.#isOn = true;
  }

  /** A request came in. */
  arrived(): void {
    if (!this.#isOn) return;
    this.#missing -= 1;
    if (this.#missing === 0) for (const goOn of this.#waiting.splice(0)) goOn();
  }

  /** Before each call of the data layer. @returns undefined where there is no race */
  turn(): Promise<void> | undefined {
    return this.#isOn ? this.#turn() : undefined;
  }

  async #turn(): Promise<void> {
    if (this.#missing > 0) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    await setImmediate();
  }
}
