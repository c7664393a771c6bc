import type { Connection, ResultSetHeader } from 'mysql2';
import { StoreUnavailable } from '../../../errors/index.js';
import type { Result } from '../dialect.js';

/** How long an answer is waited for, in milliseconds. */
export interface Patience {
  /** Then the server is asked to give the statement up; it answers what became of it. */
  readonly interruptAfterMs: number;
  /** Then nobody waits any more, and the connection is closed. */
  readonly giveUpAfterMs: number;
}

type Start = (done: (error: Error | null, answer: unknown) => void) => void;

/** One statement after the other on a connection that is held by one caller, none of them waited for without end. */
export class MariadbSession {
  #running: Promise<unknown> = Promise.resolve();
  #pending = 0;
  #interruption: Promise<void> | null = null;
  #gaveUp = false;

  /** @param kill ends the statement of the connection with this id, by another connection */
  constructor(
    private readonly connection: Connection,
    private readonly kill: (threadId: number) => Promise<void>,
  ) {}

  /** Not to be used by anybody else: what is under way would meet their statement. */
  get spoiled(): boolean {
    return this.#gaveUp || this.#interruption !== null;
  }

  /** A prepared statement; the driver keeps it for the next time. */
  async run(text: string, parameters: readonly unknown[], patience: Patience): Promise<Result> {
    return resultOf(
      await this.#ask((done) => {
        // mysql2 takes bigints, and its types leave them out.
        const values = [...parameters] as string[];
        this.connection.execute(text, values, (error, answer) => done(error, answer));
      }, patience),
    );
  }

  /** Text of ours without parameters; several statements, where they belong together. */
  async tell(text: string, patience: Patience): Promise<void> {
    await this.#ask((done) => this.connection.query(text, (error, answer) => done(error, answer)), patience);
  }

  /** Ends the statement that is under way, and waits for it. One that cannot be ended is given up in its time. */
  async interrupt(): Promise<void> {
    if (this.#pending === 0) return;
    this.#interruption ??= this.kill(this.connection.threadId)
      .catch(() => undefined)
      .finally(() => {
        this.#interruption = null;
      });
    await this.#interruption;
    await this.#running.catch(() => undefined);
  }

  async #ask(start: Start, patience: Patience): Promise<unknown> {
    if (this.#interruption) await this.#interruption; // which was for the statement before
    if (this.#gaveUp) throw new StoreUnavailable('timeout');
    return this.#answerOf(start, patience);
  }

  #answerOf(start: Start, { interruptAfterMs, giveUpAfterMs }: Patience): Promise<unknown> {
    const answer = new Promise((resolve, reject) => {
      const patient = setTimeout(() => void this.interrupt(), interruptAfterMs);
      const end = setTimeout(() => {
        this.#gaveUp = true;
        settle(() => reject(new StoreUnavailable('timeout')));
      }, giveUpAfterMs);
      let settled = false;
      const settle = (tell: () => void): void => {
        if (settled) return; // given up, and answered after all
        settled = true;
        clearTimeout(patient);
        clearTimeout(end);
        this.#pending--;
        tell();
      };
      this.#pending++;
      start((error, value) => settle(() => (error ? reject(error) : resolve(value))));
    });
    this.#running = answer;
    return answer;
  }
}

function resultOf(answer: unknown): Result {
  if (Array.isArray(answer)) return { rows: answer, matched: 0 };
  const { affectedRows, insertId } = answer as ResultSetHeader; // what mysql2 answers where there are no rows
  return { rows: [], matched: affectedRows, insertId };
}
