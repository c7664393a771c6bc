/**
 * Something this library depends on did not answer. It says nothing about who is asking, so it never reaches a
 * callback, never signs anybody out and never clears a cookie: Nest answers 503 with `Retry-After`.
 */
export abstract class Outage extends Error {
  readonly retryAfterSeconds: number = 5;

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** The data layer is gone, too slow, or gave up after retries. Driver texts are dropped: they quote values. */
export class StoreUnavailable extends Outage {
  constructor(
    /** Why, as a snake_case word such as `timeout`, `connection`, `contention`. */
    readonly reason: string,
  ) {
    super(`The data store is unavailable (${reason})`);
  }
}

/** A bounded queue is full. */
export class TooBusy extends Outage {
  constructor(readonly queue: string) {
    super(`Too busy (${queue})`);
  }
}

/** A part that the app brought (an add-on's hook, a hash provider) threw what is neither a refusal nor an outage. */
export class PartFailed extends Outage {
  constructor(
    /** Which part, in the words of the configuration. */
    readonly part: string,
  ) {
    super(`${part} failed`);
  }
}
