import type { Connection } from 'mysql2';
import { StoreUnavailable } from '../../../errors/index.js';
import { systemClock } from '../../../time/index.js';
import { rerun } from '../../reruns.js';
import { MAX_OPEN_MS } from '../../transactions.js';
import type { Catalog } from '../catalog.js';
import type { Compiler, Result, RunText, Sql, SqlDatabase, SqlTransaction, Statement } from '../dialect.js';
import { describeTables } from './mariadb.catalog.js';
import { contentionOf, errorInTransaction, errorOf, isLost, outageOf, spoilsConnection } from './mariadb.errors.js';
import { SESSION } from './mariadb-pool.js';
import type { Lease, MariadbPool } from './mariadb-pool.js';
import type { Patience } from './mariadb-session.js';

export interface MariadbParts {
  readonly compiler: Compiler;
  readonly sql: Sql;
  readonly pool: MariadbPool;
  readonly timeoutMs: number;
  /** Connected, of no pool and without time-outs: an index on a large table takes its time. */
  readonly openAlone: () => Promise<Connection>;
}

// In every transaction, whatever the connection was told before: a proxy may have given it to somebody else meanwhile.
const BEGIN = 'set transaction isolation level read committed; start transaction';

// Whoever waits for a lock gives up before its transaction is too old, and is run again. MariaDB does that by itself, told by a
// comment that is none to it; on MySQL the statement is ended from outside, as is whatever did not hear.
const MAX_WAIT_MS = MAX_OPEN_MS / 2;
const INTERRUPT_AFTER_MS = MAX_WAIT_MS + MAX_OPEN_MS / 4;
const LIMITED = `/*M! set statement max_statement_time = ${MAX_WAIT_MS / 1000} for */ `;

const LOCK_SECONDS = 31_536_000; // a year: the wait for another process that migrates
const LOCK = `concat('nest_auth_plug.', left(sha2(database(), 256), 32))`; // locks are the server's, not the database's

/** Tables on a server of MariaDB or MySQL. */
export class MariadbDatabase implements SqlDatabase {
  readonly compiler: Compiler;
  readonly sql: Sql;
  catalog: Catalog = new Map();
  readonly #pool: MariadbPool;
  readonly #timeoutMs: number;
  readonly #openAlone: () => Promise<Connection>;

  constructor({ compiler, sql, pool, timeoutMs, openAlone }: MariadbParts) {
    this.compiler = compiler;
    this.sql = sql;
    this.#pool = pool;
    this.#timeoutMs = timeoutMs;
    this.#openAlone = openAlone;
  }

  run(statement: Statement, parameters: readonly unknown[]): Promise<Result> {
    return rerun(this.#timeoutMs, async (leftMs) => {
      const until = now() + leftMs;
      const once = () => this.#once(statement, parameters, until);
      try {
        return await (statement.writes ? once() : againIfLost(once));
      } catch (error) {
        throw errorOf(error, statement.model, this.catalog);
      }
    });
  }

  async begin(leftMs: number): Promise<SqlTransaction> {
    const until = now() + leftMs;
    try {
      return this.#transaction(await againIfLost(() => this.#begun(until)));
    } catch (error) {
      throw outageOf(error);
    }
  }

  async describe(tables: readonly string[]): Promise<Catalog> {
    try {
      return await this.#leased(now() + this.#timeoutMs, async ({ session }, patience) =>
        describeTables(async (text, values) => (await session.run(text, values, patience())).rows, tables),
      );
    } catch (error) {
      throw outageOf(error);
    }
  }

  async migrate(work: (run: RunText, describeNow: (tables: readonly string[]) => Promise<Catalog>) => Promise<void>) {
    const connection = (await this.#openAlone()).promise();
    const ask = async (text: string, values: readonly unknown[]): Promise<readonly (readonly unknown[])[]> => {
      const [rows] = await connection.query<never[][]>({ sql: text, values: [...values], rowsAsArray: true });
      return rows;
    };
    try {
      await connection.query(SESSION);
      const [locked] = await ask(`select get_lock(${LOCK}, ${LOCK_SECONDS})`, []);
      if (Number(locked?.[0]) !== 1) throw new StoreUnavailable('contention');
      await work(
        async (text) => void (await connection.query(text)),
        (tables) => describeTables(ask, tables),
      );
    } finally {
      connection.destroy(); // and with it its lock
    }
  }

  close(): Promise<void> {
    return this.#pool.close();
  }

  #once(statement: Statement, parameters: readonly unknown[], until: number): Promise<Result> {
    return this.#leased(until, ({ session }, patience) => session.run(statement.sql, parameters, patience()));
  }

  /** @throws what the driver throws, or `StoreUnavailable`. */
  async #leased<T>(until: number, work: (lease: Lease, patience: () => Patience) => Promise<T>): Promise<T> {
    const lease = await this.#lease(until);
    try {
      const result = await work(lease, () => this.#patience(until));
      lease.end(true);
      return result;
    } catch (error) {
      lease.end(!spoilsConnection(error));
      throw error;
    }
  }

  // The last quarter of a call's time is for what the connection is wanted for.
  #lease(until: number): Promise<Lease> {
    return this.#pool.lease(until - now() - this.#timeoutMs / 4);
  }

  // The server is to give up before we do: what we call timed out is then rolled back, not still waiting for a lock.
  #patience(until: number): Patience {
    const leftMs = Math.max(2, until - now());
    return { interruptAfterMs: Math.max(1, leftMs - this.#timeoutMs / 8), giveUpAfterMs: leftMs };
  }

  async #begun(until: number): Promise<Lease> {
    const lease = await this.#lease(until);
    try {
      await lease.session.tell(BEGIN, this.#patience(until));
      return lease;
    } catch (error) {
      lease.end(false);
      throw error;
    }
  }

  #transaction(lease: Lease): SqlTransaction {
    const { session } = lease;
    const giveUpAfterMs = INTERRUPT_AFTER_MS + this.#timeoutMs / 4;
    const statementPatience = { interruptAfterMs: INTERRUPT_AFTER_MS, giveUpAfterMs };
    const endPatience = { interruptAfterMs: this.#timeoutMs, giveUpAfterMs: this.#timeoutMs / 2 };
    return {
      run: async (statement, parameters) => {
        try {
          return await session.run(`${LIMITED}${statement.sql}`, parameters, statementPatience);
        } catch (error) {
          throw errorInTransaction(error, statement.model, this.catalog);
        }
      },
      commit: async () => {
        try {
          await session.tell('commit', endPatience);
          lease.end(true);
        } catch (error) {
          lease.end(false);
          throw contentionOf(error) ?? outageOf(error);
        }
      },
      rollback: async () => {
        try {
          await session.interrupt();
          await session.tell('rollback', endPatience);
          lease.end(true);
        } catch {
          lease.end(false); // what is not committed is rolled back with its connection
        }
      },
    };
  }
}

/**
 * A server closes what is idle for long (`wait_timeout`), and the call that meets it has done nothing; so has every call that
 * only reads, or begins. Of a write nobody knows.
 */
async function againIfLost<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (!isLost(error)) throw error;
    return call();
  }
}

function now(): number {
  return systemClock.now().getTime();
}
