import { randomBytes } from 'node:crypto';
import { createConnection } from 'mysql2/promise';
import type { Connection } from 'mysql2/promise';

const SERVER = process.env['NEST_AUTH_PLUG_TEST_MARIADB'] ?? 'mariadb://root@127.0.0.1:3306';

/** A database of its own, under a name that nobody else has. */
export interface TemporaryMariadb {
  readonly url: string;
  readonly name: string;
  /** Runs statements of a test's own. */
  readonly query: (text: string) => Promise<readonly unknown[]>;
  /** A connection of its own, for locks; the caller ends it. */
  readonly session: () => Promise<Connection>;
  readonly drop: () => Promise<void>;
}

function urlOf(database: string): string {
  const url = new URL(SERVER);
  url.pathname = `/${database}`;
  return url.href;
}

function connect(url: string): Promise<Connection> {
  return createConnection({ uri: url, connectTimeout: 2000, multipleStatements: true });
}

async function ask(url: string, text: string): Promise<readonly unknown[]> {
  const connection = await connect(url);
  try {
    const [rows] = await connection.query(text);
    return Array.isArray(rows) ? rows : [];
  } finally {
    await connection.end();
  }
}

/** Whether a server answers; says so once where none does. */
export async function mariadbAnswers(): Promise<boolean> {
  try {
    await ask(urlOf(''), 'select 1');
    return true;
  } catch {
    const place = new URL(SERVER).host;
    process.stderr.write(`No MariaDB answers at ${place}: its tests are skipped (NEST_AUTH_PLUG_TEST_MARIADB)\n`);
    return false;
  }
}

export async function temporaryMariadb(): Promise<TemporaryMariadb> {
  const name = `nest_auth_plug_${randomBytes(6).toString('hex')}`;
  await ask(urlOf(''), `create database ${name}`);
  return {
    url: urlOf(name),
    name,
    query: (text) => ask(urlOf(name), text),
    session: () => connect(urlOf(name)),
    drop: async () => void (await ask(urlOf(''), `drop database if exists ${name}`)),
  };
}
