import type { Connection, ConnectionOptions } from 'mysql2';
import type { Scalar } from '../../../resources/data-layer.js';
import type { ConnectOptions, Dialect, SqlDatabase } from '../dialect.js';
import { codeOf } from '../driver-errors.js';
import { loadPackage } from '../load.js';
import { unusable } from '../sql.options.js';
import { keyEquals, mariadbComparisons } from './mariadb.comparisons.js';
import { mariadbDdl } from './mariadb.ddl.js';
import { mariadbInserts } from './mariadb.inserts.js';
import { canHold, nativeTime } from './mariadb.types.js';
import { connectionOf } from './mariadb.url.js';
import { MariadbDatabase } from './mariadb-database.js';
import { MariadbPool } from './mariadb-pool.js';

const packages = ['kysely', 'mysql2'];

/** A server of MariaDB, from 10.5 on, or MySQL, from 8.0.22 on; nothing is asked that one of them lacks. */
export const mariadbDialect: Dialect = {
  name: 'mariadb',
  protocols: ['mariadb:', 'mysql:'],
  packages,
  inserts: mariadbInserts,
  comparisons: mariadbComparisons,
  ddl: mariadbDdl,
  saysNullsFirst: false,
  limitedDelete: 'limit',
  nativeTime,
  canHold,
  encode,
  keyEquals,
  connect,
};

// mysql2 sends a number as floating point, which is no limit to MySQL, and a bigint as it is.
function encode(value: Scalar): unknown {
  if (value instanceof Date) return BigInt(value.getTime());
  if (typeof value === 'number') return BigInt(value);
  return value instanceof Uint8Array ? Buffer.from(value) : value;
}

async function connect({ url, timeoutMs, maxConnections }: ConnectOptions): Promise<SqlDatabase> {
  const kysely = await loadPackage(() => import('kysely'), 'kysely', packages);
  const { default: mysql } = await loadPackage(() => import('mysql2'), 'mysql2', packages);
  const options: ConnectionOptions = {
    ...connectionOf(url),
    ...DRIVER,
    connectTimeout: Math.ceil((3 * timeoutMs) / 4),
  };
  const openAlone = async (): Promise<Connection> => {
    const connection = mysql.createConnection(options);
    connection.on('error', () => undefined); // it is seen by whoever asks next
    await connection.promise().connect();
    return connection;
  };
  await checkReachable(openAlone);
  const connections = mysql.createPool({ ...options, connectionLimit: maxConnections });
  // Connections die with their server; the next call opens another. Without a listener each would end the process.
  connections.on('connection', (connection) => connection.on('error', () => undefined));
  const compiler = new kysely.Kysely<Record<string, Record<string, unknown>>>({
    dialect: {
      createAdapter: () => new kysely.MysqlAdapter(),
      createDriver: () => new kysely.DummyDriver(),
      createIntrospector: (database) => new kysely.MysqlIntrospector(database),
      createQueryCompiler: () => new kysely.MysqlQueryCompiler(),
    },
  });
  const pool = new MariadbPool(connections, openAlone);
  return new MariadbDatabase({ compiler, sql: kysely.sql, pool, timeoutMs, openAlone });
}

const DRIVER: ConnectionOptions = {
  charset: 'utf8mb4_bin',
  timezone: 'Z',
  flags: ['FOUND_ROWS'], // the number of an update is that of the rows that matched
  rowsAsArray: true,
  supportBigNumbers: true, // what a number cannot hold comes as text
  jsonStrings: true,
  multipleStatements: true, // of text without parameters; what is prepared is one statement
  maxPreparedStatements: 500,
};

const CURES: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'start the server, or correct host and port',
  ENOTFOUND: 'correct the host',
  ER_ACCESS_DENIED_ERROR: 'correct user and password',
  ER_DBACCESS_DENIED_ERROR: 'give the user rights on the database, or correct its name',
  ER_BAD_DB_ERROR: 'make the database',
};

async function checkReachable(openAlone: () => Promise<Connection>): Promise<void> {
  try {
    (await openAlone()).destroy();
  } catch (error) {
    const code = codeOf(error);
    const cure = CURES[code] ?? 'see that the server answers at this URL';
    throw unusable('url', `MariaDB lets nobody in (${code || 'no answer'})`, cure);
  }
}
