import type { Client, ClientBase, Pool, PoolClient } from 'pg';
import { setTimeout as pause } from 'node:timers/promises';
import { StoreUnavailable } from '../../../errors/index.js';
import { Contention } from '../../row-store.js';
import { MAX_OPEN_MS } from '../../transactions.js';
import type { Catalog } from '../catalog.js';
import type { Compiler, Result, RunText, Sql, SqlDatabase, SqlTransaction, Statement } from '../dialect.js';
import { describeTables } from './postgres.catalog.js';
import { errorOf, isContention, outageOf, spoilsConnection } from './postgres.errors.js';

export interface PostgresParts {
  readonly compiler: Compiler;
  readonly sql: Sql;
  readonly pool: Pool;
  /** Connected, of no pool and without time-outs: an index on a large table takes its time. */
  readonly openPatientClient: () => Promise<Client>;
}

const MAX_RERUNS = 3;

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
  readonly #openPatientClient: () => Promise<Client>;

  constructor({ compiler, sql, pool, openPatientClient }: PostgresParts) {
    this.compiler = compiler;
    this.sql = sql;
    this.#pool = pool;
    this.#openPatientClient = openPatientClient;
  }

  /** A database set to SERIALIZABLE by default refuses the loser of a race; READ COMMITTED would let it match no row. */
  async run(statement: Statement, parameters: readonly unknown[]): Promise<Result> {
    for (let reruns = 0; ; reruns++) {
      try {
        return await this.#once(statement, parameters);
      } catch (error) {
        if (!(error instanceof Contention)) throw error;
        if (reruns === MAX_RERUNS) throw new StoreUnavailable('contention');
        await pause(Math.random() * 10 * 2 ** reruns);
      }
    }
  }

  async begin(): Promise<SqlTransaction> {
    const client = await this.#connect();
    try {
      await client.query(BEGIN);
    } catch (error) {
      client.release(true);
      throw outageOf(error);
    }
    return this.#transaction(client);
  }

  async describe(tables: readonly string[]): Promise<Catalog> {
    const client = await this.#connect();
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

  async #connect(): Promise<PoolClient> {
    try {
      return await this.#pool.connect();
    } catch (error) {
      throw outageOf(error);
    }
  }

  async #once(statement: Statement, parameters: readonly unknown[]): Promise<Result> {
    const client = await this.#connect();
    try {
      const result = await query(client, statement, parameters);
      client.release();
      return result;
    } catch (error) {
      client.release(spoilsConnection(error));
      throw errorOf(error, statement.model, this.catalog);
    }
  }

  #transaction(client: PoolClient): SqlTransaction {
    return {
      run: async (statement, parameters) => {
        try {
          return await query(client, statement, parameters);
        } catch (error) {
          throw errorOf(error, statement.model, this.catalog);
        }
      },
      commit: () => commit(client),
      rollback: () => rollback(client),
    };
  }
}

async function query(client: PoolClient, statement: Statement, parameters: readonly unknown[]): Promise<Result> {
  const named = statement.name === null ? {} : { name: statement.name };
  const { rows, rowCount } = await client.query<unknown[]>({
    ...named,
    text: statement.sql,
    values: [...parameters],
    rowMode: 'array',
  });
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
    throw isContention(error) ? new Contention() : outageOf(error);
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
