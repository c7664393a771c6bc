import type { Dialect } from './dialect.js';
import { libsqlDialect } from './libsql/libsql.dialect.js';
import { mariadbDialect } from './mariadb/mariadb.dialect.js';
import { postgresDialect } from './postgres/postgres.dialect.js';
import { unusable } from './sql.options.js';

const dialects: readonly Dialect[] = [libsqlDialect, postgresDialect, mariadbDialect];

/** @throws {ConfigurationInvalid} for a URL of no database that this adapter knows. */
export function dialectOf(url: string): Dialect {
  const dialect = dialects.find(({ protocols }) => protocols.some((protocol) => url.startsWith(protocol)));
  if (dialect) return dialect;
  const known = dialects.flatMap(({ protocols }) => protocols).join(', ');
  throw unusable('url', 'it names no database that this adapter knows', `begin it with one of ${known}`);
}
