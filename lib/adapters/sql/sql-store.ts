import type { Model } from '../../resources/data-layer.js';
import type { StartedTransaction, Store } from '../row-store.js';
import type { Dialect, SqlDatabase } from './dialect.js';
import { SqlRows } from './sql-rows.js';
import type { SqlRowsContext } from './sql-rows.js';
import { StatementCache } from './statement-cache.js';
import { Statements } from './statements.js';

/** The rows of an open database, outside of transactions and within. */
export class SqlStore extends SqlRows implements Store {
  readonly #context: SqlRowsContext;
  readonly #database: SqlDatabase;

  constructor(dialect: Dialect, database: SqlDatabase) {
    const context: SqlRowsContext = {
      dialect,
      statements: new Statements(database.compiler, database.sql, dialect, () => database.catalog),
      cache: new StatementCache(),
      signInCache: new WeakMap<Model, StatementCache>(),
      catalog: () => database.catalog,
    };
    super(context, database);
    this.#context = context;
    this.#database = database;
  }

  async begin(leftMs: number): Promise<StartedTransaction> {
    const transaction = await this.#database.begin(leftMs);
    return new SqlStartedTransaction(this.#context, transaction);
  }
}

class SqlStartedTransaction extends SqlRows implements StartedTransaction {
  readonly #transaction: Awaited<ReturnType<SqlDatabase['begin']>>;

  constructor(context: SqlRowsContext, transaction: Awaited<ReturnType<SqlDatabase['begin']>>) {
    super(context, transaction);
    this.#transaction = transaction;
  }

  commit(): Promise<void> {
    return this.#transaction.commit();
  }

  rollback(): Promise<void> {
    return this.#transaction.rollback();
  }
}
