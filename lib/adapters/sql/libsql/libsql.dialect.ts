import { open } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type Libsql from 'libsql';
import { setTimeout as pause } from 'node:timers/promises';
import { addSeconds, systemClock } from '../../../time/index.js';
import type { Scalar } from '../../../resources/data-layer.js';
import type { ConnectOptions, Dialect, KeyMatch, SqlDatabase } from '../dialect.js';
import { plain } from '../comparisons.js';
import { loadPackage } from '../load.js';
import { returning } from '../inserts.js';
import { quotedName } from '../names.js';
import { unusable } from '../sql.options.js';
import { LibsqlDatabase } from './libsql-database.js';
import { isBusy } from './libsql.errors.js';
import { LibsqlHandle } from './libsql-handle.js';
import { canHold, nativeTime } from './libsql.types.js';

const packages = ['kysely', 'libsql'];

/** SQLite's wait blocks the event loop, so most of the waiting is done outside of it. */
const BUSY_TIMEOUT_MS = 5;

/** A file with SQLite in the process: what starts without a server. */
export const libsqlDialect: Dialect = {
  name: 'libsql',
  protocols: ['file:'],
  packages,
  inserts: returning,
  comparisons: plain,
  ddl: {
    typeOf: ({ type }) => (type === 'text' ? 'text' : type === 'bytes' ? 'blob' : 'integer'),
    numbered: '', // `integer` as the only key numbers itself
    quoted: quotedName,
    indexesInTable: false,
    tableOptions: '',
  },
  saysNullsFirst: false,
  limitedDelete: 'choose',
  nativeTime,
  canHold,
  encode,
  keyEquals,
  connect,
};

// libsql aborts the process when a boolean is bound.
function encode(value: Scalar): unknown {
  if (typeof value === 'boolean') return value ? 1 : 0;
  return value instanceof Date ? value.getTime() : value;
}

// `cast` makes a number of any text ('12 monkeys' is 12), so the number is compared as text once more.
function keyEquals({ sql, key, text, column }: KeyMatch) {
  if (column.type === 'text') return sql<boolean>`${key} = ${text}`;
  return sql<boolean>`${key} = cast(${text} as integer) and cast(${key} as text) = ${text}`;
}

async function connect({ url, timeoutMs }: ConnectOptions): Promise<SqlDatabase> {
  const kysely = await loadPackage(() => import('kysely'), 'kysely', packages);
  const { default: Driver } = await loadPackage(() => import('libsql'), 'libsql', packages);
  const path = pathOf(url);
  await checkWritable(path);
  const writer = await openFile(Driver, path, timeoutMs);
  const reader = await openFile(Driver, path, timeoutMs);
  const hastyWriter = await openFile(Driver, path, timeoutMs, 'normal');
  const compiler = new kysely.Kysely<Record<string, Record<string, unknown>>>({
    dialect: {
      createAdapter: () => new kysely.SqliteAdapter(),
      createDriver: () => new kysely.DummyDriver(),
      createIntrospector: (database) => new kysely.SqliteIntrospector(database),
      createQueryCompiler: () => new kysely.SqliteQueryCompiler(),
    },
  });
  return new LibsqlDatabase({ compiler, sql: kysely.sql, reader, writer, hastyWriter, timeoutMs });
}

/** @throws {ConfigurationInvalid} */
function pathOf(url: string): string {
  try {
    const path = url.startsWith('file://') ? fileURLToPath(url) : url.slice('file:'.length);
    if (path !== '' && !path.startsWith(':')) return path;
  } catch {
    // falls through to the one line below
  }
  throw unusable(
    'url',
    'a file: URL without a usable path',
    'write `file:auth.db`, or `file:///` and an absolute path',
  );
}

// Secrets are in it: what we make, only its owner reads.
const OWNER_ONLY = 0o600;

async function checkWritable(path: string): Promise<void> {
  try {
    const file = await open(path, 'a', OWNER_ONLY);
    await file.close();
  } catch {
    throw unusableFile(path);
  }
}

// Two processes that start at once both switch to WAL, and one of them finds the file locked.
async function openFile(
  Driver: typeof Libsql,
  path: string,
  timeoutMs: number,
  synchronous: 'full' | 'normal' = 'full', // an answer means that the row is on the disk, a power cut included
): Promise<LibsqlHandle> {
  const started = systemClock.now();
  for (;;) {
    try {
      const database = new Driver(path, { timeout: BUSY_TIMEOUT_MS });
      database.exec('pragma journal_mode = wal');
      database.exec(`pragma synchronous = ${synchronous}`);
      return new LibsqlHandle(database);
    } catch (error) {
      if (!isBusy(error) || systemClock.now() > addSeconds(started, timeoutMs / 1000)) throw unusableFile(path);
      await pause(5);
    }
  }
}

function unusableFile(path: string): Error {
  return unusable(
    'url',
    `the file "${path}" cannot be opened for writing`,
    'make its folder, and let this process write there',
  );
}
