// An empty store of each kind, under a name that nobody else has. The variables are those of the tests.
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const POSTGRES = process.env['NEST_AUTH_PLUG_TEST_POSTGRES'] ?? 'postgres://postgres@127.0.0.1:5432';
const MARIADB = process.env['NEST_AUTH_PLUG_TEST_MARIADB'] ?? 'mariadb://root@127.0.0.1:3306';

const runs = {
  async postgres(text) {
    const { default: pg } = await import('pg');
    const client = new pg.Client({
      connectionString: new URL('/postgres', POSTGRES).href,
      connectionTimeoutMillis: 2000,
    });
    await client.connect();
    await client.query(text).finally(() => client.end());
  },
  async mariadb(text) {
    const { createConnection } = await import('mysql2/promise');
    const connection = await createConnection({ uri: MARIADB, connectTimeout: 2000 });
    try {
      await connection.query(text);
    } finally {
      await connection.end();
    }
  },
};

/** @returns `{ url, drop }` */
export async function emptyStore(kind) {
  if (kind === 'libsql') {
    const folder = await mkdtemp(join(tmpdir(), 'nest-auth-plug-bench-'));
    return { url: `file:${join(folder, 'bench.db')}`, drop: () => rm(folder, { recursive: true }) };
  }
  const name = `nest_auth_plug_bench_${randomBytes(6).toString('hex')}`;
  await runs[kind](`create database ${name}`);
  const url = new URL(`/${name}`, kind === 'postgres' ? POSTGRES : MARIADB).href;
  return { url, drop: () => runs[kind](`drop database ${name}${kind === 'postgres' ? ' with (force)' : ''}`) };
}

/** Whether there is what a variant needs: the server answers, or the package is built. */
export async function isThere(kind) {
  try {
    if (kind === 'better-sqlite3') new (await import(kind)).default(':memory:').close();
    else await runs[kind]?.('select 1');
    return true;
  } catch {
    return false;
  }
}
