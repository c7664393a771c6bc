import type { Deliver, Message, Sender } from '../senders/index.js';
import { within, type Clock } from '../time/index.js';
import type { Background } from './background.js';
import { describeError, type Log } from './report.js';

/** Before the second try, and before the third. */
const PAUSES_SECONDS = [10, 60] as const;
const MOST_TRIES = PAUSES_SECONDS.length + 1;
const TRY_SECONDS = 30;

/** A message on its way, and how to speak of it: never by its address. */
export interface Parcel {
  readonly message: Message;
  readonly sender: Sender;
  /** Its sender, in the words of the configuration. */
  readonly part: string;
  /** Of the address: the same as in events. */
  readonly addressDigest: string;
  /** Called once, when it will not be sent any more. */
  readonly onLost: () => void;
}

export interface DeliveryParts {
  readonly deliver: Deliver;
  readonly background: Background;
  readonly clock: Clock;
  readonly log: Log;
}

/** Hands messages to their senders: three tries each, of bounded time, outside of any request. */
export class Deliveries {
  readonly #unsent = new Set<Parcel>();

  constructor(private readonly parts: DeliveryParts) {}

  /** @param start calls back when the answer is out */
  add(parcel: Parcel, start: (begin: () => void) => void): void {
    let tries = 0;
    this.#unsent.add(parcel);
    try {
      this.parts.background.addMessage(() => this.#try(parcel, (tries += 1)), start);
    } catch (error) {
      this.#lose(parcel, `was not sent: ${describeError(error)}`); // what it is about is committed: nobody can be refused any more
    }
  }

  /** What is on its way now, is lost. */
  giveUp(): void {
    for (const parcel of this.#unsent) this.#lose(parcel, 'was not sent before the app closed');
  }

  /** @returns after how many seconds to try again; null for never */
  async #try(parcel: Parcel, count: number): Promise<number | null> {
    const { deliver, clock, log } = this.parts;
    if (!this.#unsent.has(parcel)) return null; // given up while it waited
    try {
      const delivered = Promise.resolve(deliver(parcel.message, parcel.sender));
      await within(clock, TRY_SECONDS, delivered);
      this.#unsent.delete(parcel);
      return null;
    } catch (error) {
      if (!this.#unsent.has(parcel)) return null;
      const failed = `failed, try ${count} of ${MOST_TRIES}: ${describeError(error)}`;
      const pauseSeconds = PAUSES_SECONDS[count - 1];
      if (pauseSeconds === undefined) this.#lose(parcel, failed);
      else log.warn(lineOf(parcel, failed));
      return pauseSeconds ?? null;
    }
  }

  #lose(parcel: Parcel, what: string): void {
    this.#unsent.delete(parcel);
    this.parts.log.error(lineOf(parcel, what));
    parcel.onLost();
  }
}

function lineOf({ part, addressDigest }: Parcel, what: string): string {
  return `${part} to ${addressDigest} ${what}`;
}
