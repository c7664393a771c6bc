import { AsyncLocalStorage } from 'node:async_hooks';
import { StoreUnavailable } from '../errors/index.js';
import { systemClock } from '../time/index.js';
import { rerun } from './reruns.js';
import { Contention } from './row-store.js';
import type { RowStore, StartedTransaction, Store } from './row-store.js';

/** A transaction holds locks that others wait for. */
export const MAX_OPEN_MS = 250;

/** A transaction in the hands of `work`. What failed in it once cannot be committed: PostgreSQL would roll back in silence. */
export class OpenTransaction {
  #open = true;
  #failure: { readonly error: unknown } | null = null;
  #calls = 0;
  #waitsSince = 0;
  #waitedMs = 0;

  constructor(private readonly rows: StartedTransaction) {}

  get open(): boolean {
    return this.#open;
  }

  get failure(): { readonly error: unknown } | null {
    return this.#failure;
  }

  /** How long the database was waited for until now. */
  get waitedMs(): number {
    return this.#waitedMs + (this.#calls > 0 ? now() - this.#waitsSince : 0);
  }

  close(): void {
    this.#open = false;
  }

  fail(error: unknown): void {
    this.#failure ??= { error };
  }

  /** Runs one call in it; its error spoils the transaction. */
  async use<T>(call: (rows: RowStore) => Promise<T>): Promise<T> {
    if (this.#failure?.error instanceof StoreUnavailable) throw this.#failure.error;
    if (!this.#open) throw new Error('The transaction has ended: await everything that uses tx inside its work');
    if (this.#failure) throw new Error('A call in this transaction has failed: the only thing left is to leave it');
    if (this.#calls++ === 0) this.#waitsSince = now();
    try {
      return await call(this.rows);
    } catch (error) {
      this.fail(error);
      throw error;
    } finally {
      if (--this.#calls === 0) this.#waitedMs += now() - this.#waitsSince;
    }
  }
}

/**
 * Who is inside which transactions. One for the process, and off while none is open: Node 20 tells each AsyncLocalStorage that was ever
 * entered of each promise, which slows down every request, also long after its database was closed.
 */
const inside = new AsyncLocalStorage<ReadonlyMap<Transactions, OpenTransaction>>();
let entered = 0;

async function enter<T>(transactions: Transactions, open: OpenTransaction, work: () => Promise<T>): Promise<T> {
  entered += 1;
  try {
    return await inside.run(new Map(inside.getStore()).set(transactions, open), work);
  } finally {
    entered -= 1;
    if (entered === 0) inside.disable();
  }
}

/** Begins, commits, rolls back, runs again; and knows who is inside. One for each open database. */
export class Transactions {
  constructor(
    private readonly store: Store,
    private readonly timeoutMs: number,
  ) {}

  /** @throws {Error} when the caller is inside a transaction of this database: it would wait for itself. */
  refuseInside(): void {
    if (inside.getStore()?.get(this)?.open) {
      throw new Error('The outer data layer was used inside a transaction: use the tx that work is given');
    }
  }

  async run<T>(work: (open: OpenTransaction) => Promise<T>): Promise<T> {
    return rerun(this.timeoutMs, (leftMs) => this.#once(work, leftMs));
  }

  async #once<T>(work: (open: OpenTransaction) => Promise<T>, leftMs: number): Promise<T> {
    const rows = await this.store.begin(leftMs);
    const open = new OpenTransaction(rows);
    const result = await this.#work(open, work).catch(async (error: unknown) => {
      open.close();
      await rows.rollback();
      // What `work` threw is the answer, unless it hides that the work is to be run again or came too late.
      throw open.failure?.error instanceof Contention ? open.failure.error : error;
    });
    await rows.commit();
    return result;
  }

  async #work<T>(open: OpenTransaction, work: (open: OpenTransaction) => Promise<T>): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const abort = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => {
        // A database that is slow may be quicker the next time; work that dawdles will not.
        const error = open.waitedMs > MAX_OPEN_MS / 2 ? new Contention() : new StoreUnavailable('transaction_timeout');
        open.fail(error);
        reject(error);
      }, MAX_OPEN_MS);
    });
    try {
      const result = await Promise.race([enter(this, open, () => work(open)), abort]);
      if (open.failure) throw open.failure.error;
      open.close();
      return result;
    } finally {
      clearTimeout(timer);
    }
  }
}

function now(): number {
  return systemClock.now().getTime();
}
