import type { Message, Sender } from '../senders/index.js';

/** A sender that keeps what it is given: for tests, and for the development outbox. Holds working links: never in production. */
export class Outbox implements Sender {
  readonly developmentOnly = true;
  readonly #messages: Message[] = [];

  /** Oldest first. */
  get messages(): readonly Message[] {
    return this.#messages;
  }

  send(message: Message): Promise<void> {
    this.#messages.push(message);
    return Promise.resolve();
  }

  /** The newest message to an address. @throws {Error} when there is none */
  last(to?: string): Message {
    const found = this.#messages.findLast((message) => to === undefined || message.to === to);
    if (found === undefined) throw new Error(`The outbox holds no message${to === undefined ? '' : ` to ${to}`}`);
    return found;
  }

  clear(): void {
    this.#messages.length = 0;
  }
}
