import { ConfigurationInvalid } from '../../errors/index.js';
import type { Problem } from '../../errors/index.js';
import type { DataLayerAdapter, Model, OpenDataLayer } from '../../resources/data-layer.js';
import { BoundDataLayer, outside } from '../bound-data-layer.js';
import { Transactions } from '../transactions.js';
import { ddlStatements } from './ddl.js';
import type { Dialect, SqlDatabase } from './dialect.js';
import { dialectOf } from './dialects.js';
import { libsqlDialect } from './libsql/libsql.dialect.js';
import { mariadbDialect } from './mariadb/mariadb.dialect.js';
import { migrationOf, problemsOf } from './migrate.js';
import { postgresDialect } from './postgres/postgres.dialect.js';
import { resolveSqlDataLayerOptions, unusable } from './sql.options.js';
import type { SqlDataLayerOptions } from './sql.options.js';
import { SqlStore } from './sql-store.js';

/**
 * Rows in a libsql (SQLite) file, in PostgreSQL, or in MariaDB or MySQL, by the URL. The packages it needs are optional
 * peers: `kysely` with `libsql`, `pg` or `mysql2`.
 *
 * @throws {ConfigurationInvalid} for a URL of another database.
 * @throws {RangeError} for an option out of range.
 */
export function sqlDataLayer(options: SqlDataLayerOptions): DataLayerAdapter {
  const resolved = resolveSqlDataLayerOptions(options);
  const dialect = dialectOf(resolved.url);
  return {
    name: dialect.name,
    durable: true,
    async open(models) {
      const database = await dialect.connect(resolved);
      try {
        if (resolved.migrate) await migrate(dialect, database, models);
        database.catalog = await database.describe(models.map(({ table }) => table));
        return new OpenSqlDataLayer(dialect, database, models, resolved.timeoutMs);
      } catch (error) {
        await database.close();
        throw error instanceof ConfigurationInvalid
          ? error
          : unusable(dialect.name, 'it cannot be read', 'check its rights');
      }
    },
  };
}

const DIALECTS = { sqlite: libsqlDialect, postgres: postgresDialect, mariadb: mariadbDialect };

/** What {@link ddlFor} speaks; `mariadb` is what MySQL speaks too. */
export type DdlName = keyof typeof DIALECTS;

/** The DDL of `models`, ready to be run by hand or by another tool. Runs twice without harm. */
export function ddlFor(dialect: DdlName, models: readonly Model[]): string {
  return ddlStatements(DIALECTS[dialect].ddl, models)
    .map((statement) => `${statement};\n`)
    .join('');
}

class OpenSqlDataLayer extends BoundDataLayer implements OpenDataLayer {
  constructor(
    private readonly dialect: Dialect,
    private readonly database: SqlDatabase,
    private readonly models: readonly Model[],
    timeoutMs: number,
  ) {
    const store = new SqlStore(dialect, database);
    super(outside(store, new Transactions(store, timeoutMs)), null);
  }

  async check(): Promise<readonly Problem[]> {
    const catalog = await this.database.describe(this.models.map(({ table }) => table));
    return problemsOf(this.dialect, this.models, catalog);
  }

  close(): Promise<void> {
    return this.database.close();
  }
}

async function migrate(dialect: Dialect, database: SqlDatabase, models: readonly Model[]): Promise<void> {
  try {
    await database.migrate(async (run, describe) => {
      const catalog = await describe(models.map(({ table }) => table));
      for (const statement of migrationOf(dialect.ddl, models, catalog)) await run(statement);
    });
  } catch {
    const wrong =
      'the tables cannot be migrated: rights are missing, or rows with the same values stand where a unique index is to be';
    throw unusable(`${dialect.name}.migrate`, wrong, 'run the statements of `ddlFor` by hand to see which one fails');
  }
}
