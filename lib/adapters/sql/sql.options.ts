import { ConfigurationInvalid } from '../../errors/index.js';

/** Options of {@link sqlDataLayer}. */
export interface SqlDataLayerOptions {
  /**
   * Where the rows are. `file:auth.db` is a libsql (SQLite) file, relative to the working directory;
   * `postgres://user:password@host/database` is PostgreSQL; `mariadb://` or `mysql://` is MariaDB or MySQL. Its password
   * is in no message.
   */
  readonly url: string;
  /** Makes missing tables and indexes at the start, and adds missing nullable columns. Drops and changes nothing. @default false */
  readonly migrate?: boolean | undefined;
  /** How long a call may take, in milliseconds. @default 5000 */
  readonly timeoutMs?: number | undefined;
  /** Connections of this process to a server. @default 10 */
  readonly maxConnections?: number | undefined;
}

export interface ResolvedSqlDataLayerOptions {
  readonly url: string;
  readonly migrate: boolean;
  readonly timeoutMs: number;
  readonly maxConnections: number;
}

/** @throws {RangeError} when a value is out of range. */
export function resolveSqlDataLayerOptions({
  url,
  migrate = false,
  timeoutMs = 5000,
  maxConnections = 10,
}: SqlDataLayerOptions): ResolvedSqlDataLayerOptions {
  if (!(timeoutMs > 0)) throw new RangeError(`sqlDataLayer: timeoutMs must be > 0, got ${timeoutMs}`);
  if (!(Number.isSafeInteger(maxConnections) && maxConnections > 0)) {
    throw new RangeError(`sqlDataLayer: maxConnections must be a whole number > 0, got ${maxConnections}`);
  }
  return Object.freeze({ url, migrate, timeoutMs, maxConnections });
}

/** One line about the database's place. Never holds the URL: it has a password. */
export function unusable(where: string, wrong: string, cure: string): ConfigurationInvalid {
  return new ConfigurationInvalid([{ where: `dataLayer.${where}`, wrong, cure }]);
}
