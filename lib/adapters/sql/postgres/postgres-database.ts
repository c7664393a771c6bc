import type { Client, ClientBase, Pool, PoolClient, QueryArrayConfig, QueryConfig } from 'pg';
import { StoreUnavailable } from '../../../errors/index.js';
import { systemClock } from '../../../time/index.js';
import { rerun } from '../../reruns.js';
import { MAX_OPEN_MS } from '../../transactions.js';
import type { Catalog } from '../catalog.js';
import type { Compiler, Result, RunText, Sql, SqlDatabase, SqlTransaction, Statement } from '../dialect.js';
import { describeTables } from './postgres.catalog.js';
import { contentionOf, errorInTransaction, errorOf, outageOf, spoilsConnection } from './postgres.errors.js';

export interface PostgresParts {
  readonly compiler: Compiler;
  readonly sql: Sql;
  readonly pool: Pool;
  readonly timeoutMs: number;
  /** Connected, of no pool and without time-outs: an index on a large table takes its time. */
  readonly openPatientClient: () => Promise<Client>;
}

// Whoever waits for a lock gives up before its transaction is too old, so that two who wait for each other are run again.
const LOCK_TIMEOUT_MS = MAX_OPEN_MS / 2;
const BEGIN = `begin isolation level read committed;
  set local statement_timeout = ${MAX_OPEN_MS}; set local lock_timeout = ${LOCK_TIMEOUT_MS}`;

/** Any number the same in every version of this library: "nest-auth-plug" in ASCII, its first eight bytes. */
const MIGRATION_LOCK = '7954588201884234096';

/** A pool of connections. */
export class PostgresDatabase implements SqlDatabase {
  readonly compiler: Compiler;
  readonly sql: Sql;
  catalog: Catalog = new Map();
  readonly #pool: Pool;
  readonly #timeoutMs: number;
  /** The `statement_timeout` of connections that have another one than the pool gave them. */
  readonly #limits = new WeakMap<PoolClient, number>();
  readonly #openPatientClient: () => Promise<Client>;

  constructor({ compiler, sql, pool, timeoutMs, openPatientClient }: PostgresParts) {
    this.compiler = compiler;
    this.sql = sql;
    this.#pool = pool;
    this.#timeoutMs = timeoutMs;
    this.#openPatientClient = openPatientClient;
  }

  /** A database set to SERIALIZABLE by default refuses the loser of a race; READ COMMITTED would let it match no row. */
  run(statement: Statement, parameters: readonly unknown[]): Promise<Result> {
    return rerun(this.#timeoutMs, (leftMs) => this.#once(statement, parameters, leftMs));
  }

  async begin(leftMs: number): Promise<SqlTransaction> {
    const until = now() + leftMs;
    const client = await this.#connect(leftMs);
    try {
      await ask(client, BEGIN, until - now());
    } catch (error) {
      client.release(true);
      throw outageOf(error);
    }
    return this.#transaction(client);
  }

  async describe(tables: readonly string[]): Promise<Catalog> {
    const client = await this.#connect(this.#timeoutMs);
    try {
      return await describe(client, tables);
    } catch (error) {
      throw outageOf(error);
    } finally {
      client.release();
    }
  }

  async migrate(work: (run: RunText, describeNow: (tables: readonly string[]) => Promise<Catalog>) => Promise<void>) {
    const client = await this.#openPatientClient();
    try {
      await client.query(`begin; select pg_advisory_xact_lock(${MIGRATION_LOCK})`);
      await work(
        async (text) => void (await client.query(text)),
        (tables) => describe(client, tables),
      );
      await client.query('commit');
    } finally {
      await client.end(); // what is not committed is rolled back with its connection
    }
  }

  async close(): Promise<void> {
    await this.#pool.end();
  }

  // The last quarter of a call's time is for what the connection is wanted for.
  #connect(leftMs: number): Promise<PoolClient> {
    return new Promise((resolve, reject) => {
      let late = false;
      const timer = setTimeout(
        () => {
          late = true;
          reject(new StoreUnavailable('timeout'));
        },
        leftMs - this.#timeoutMs / 4,
      );
      this.#pool.connect((error, client) => {
        clearTimeout(timer);
        if (!client) reject(outageOf(error));
        else if (late) client.release();
        else resolve(client);
      });
    });
  }

  async #once(statement: Statement, parameters: readonly unknown[], leftMs: number): Promise<Result> {
    const until = now() + leftMs;
    const client = await this.#connect(leftMs);
    try {
      await this.#limit(client, until - now());
      const result = await query(client, statement, parameters, until - now());
      client.release();
      return result;
    } catch (error) {
      client.release(spoilsConnection(error));
      throw errorOf(error, statement.model, this.catalog);
    }
  }

  // The server is to give up before we do: what we call timed out is then rolled back, not still waiting for a lock.
  async #limit(client: PoolClient, leftMs: number): Promise<void> {
    const usual = Math.ceil(this.#timeoutMs / 2);
    const limit = Math.max(1, Math.min(usual, Math.floor(leftMs - this.#timeoutMs / 8)));
    if (limit === (this.#limits.get(client) ?? usual)) return;
    await ask(client, `set statement_timeout = ${limit}`, leftMs);
    this.#limits.set(client, limit);
  }

  #transaction(client: PoolClient): SqlTransaction {
    return {
      run: async (statement, parameters) => {
        try {
          return await query(client, statement, parameters);
        } catch (error) {
          throw errorInTransaction(error, statement.model, this.catalog);
        }
      },
      commit: () => commit(client),
      rollback: () => rollback(client),
    };
  }
}

function now(): number {
  return systemClock.now().getTime();
}

/** What pg takes and its types leave out: how long to wait for the answer. */
interface Timed {
  readonly query_timeout?: number;
}

async function ask(client: PoolClient, text: string, leftMs: number): Promise<void> {
  const timed: Timed & QueryConfig = { text, query_timeout: Math.max(1, leftMs) };
  await client.query(timed);
}

async function query(
  client: PoolClient,
  statement: Statement,
  parameters: readonly unknown[],
  leftMs?: number,
): Promise<Result> {
  const timed: Timed & QueryArrayConfig<unknown[]> = {
    ...(statement.name !== null && { name: statement.name }),
    ...(leftMs !== undefined && { query_timeout: Math.max(1, leftMs) }),
    text: statement.sql,
    values: [...parameters],
    rowMode: 'array',
  };
  const { rows, rowCount } = await client.query<unknown[]>(timed);
  return { rows, matched: rowCount ?? 0 };
}

function describe(client: ClientBase, tables: readonly string[]): Promise<Catalog> {
  return describeTables(async (text, values) => {
    const { rows } = await client.query<unknown[]>({ text, values: [...values], rowMode: 'array' });
    return rows;
  }, tables);
}

async function commit(client: PoolClient): Promise<void> {
  let tag: string;
  try {
    tag = (await client.query('commit')).command;
  } catch (error) {
    client.release(true);
    throw contentionOf(error) ?? outageOf(error);
  }
  client.release();
  // PostgreSQL answers the commit of a failed transaction with a rollback, and no error.
  if (tag !== 'COMMIT') throw new StoreUnavailable('rolled_back');
}

// Waits for the statement that is under way, which `statement_timeout` ends.
async function rollback(client: PoolClient): Promise<void> {
  try {
    await client.query('rollback');
    client.release();
  } catch {
    client.release(true);
  }
}
