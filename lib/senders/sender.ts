import type { Message, MessageOf, MessagePurpose } from './message.js';

/** Sends a message. Whatever it answers is waited for and not looked at; throwing is reported, and nobody is told. */
export type Send<P extends MessagePurpose = MessagePurpose> = (message: MessageOf<P>) => unknown;

/** A way to reach people: a Nest provider, so that it has what it needs injected. */
export interface Sender<P extends MessagePurpose = MessagePurpose> {
  /** True for a sender that reaches nobody, such as an outbox: an app with one does not start in production. */
  readonly developmentOnly?: boolean | undefined;
  /** Called after commit and after the answer, three times at most, each for 30 seconds at most. */
  readonly send: Send<P>;
}

/**
 * Something that the app brings: itself, a function for its only method, its class or its injection token. A class is looked up among the
 * app's providers, else made with their help.
 */
export type Brought<T, F> = T | F | (abstract new (...dependencies: never[]) => T) | string | symbol;

/** A sender of messages of these purposes. */
export type SenderRef<P extends MessagePurpose = MessagePurpose> = Brought<Sender<P>, Send<P>>;

/** Takes a message over from this library, and sees to it that the sender gets it. */
export type Deliver = (message: Message, sender: Sender) => unknown;

/** What stands between this library and the senders: a queue. */
export interface MessageDelivery {
  /** Called in the place of `sender.send(message)`, and tried as often. Resolves when the message is in good hands. */
  readonly deliver: Deliver;
}

/** A delivery of the app's own. */
export type DeliveryRef = Brought<MessageDelivery, Deliver>;
