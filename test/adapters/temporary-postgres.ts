import { randomBytes } from 'node:crypto';
import { Client } from 'pg';

const SERVER = process.env['NEST_AUTH_PLUG_TEST_POSTGRES'] ?? 'postgres://postgres@127.0.0.1:5432';

/** A database of its own, under a name that nobody else has. */
export interface TemporaryPostgres {
  readonly url: string;
  /** Runs statements of a test's own. */
  readonly query: (text: string) => Promise<readonly unknown[]>;
  /** A connection of its own, for locks; the caller ends it. */
  readonly session: () => Promise<Client>;
  readonly drop: () => Promise<void>;
}

function urlOf(database: string): string {
  const url = new URL(SERVER);
  url.pathname = `/${database}`;
  return url.href;
}

async function ask(url: string, text: string): Promise<readonly unknown[]> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 2000 });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(text)).rows;
  } finally {
    await client.end();
  }
}

/** Whether a server answers; says so once where none does. */
export async function postgresAnswers(): Promise<boolean> {
  try {
    await ask(urlOf('postgres'), 'select 1');
    return true;
  } catch {
    const place = new URL(SERVER).host;
    process.stderr.write(`No PostgreSQL answers at ${place}: its tests are skipped (NEST_AUTH_PLUG_TEST_POSTGRES)\n`);
    return false;
  }
}

export async function temporaryPostgres(): Promise<TemporaryPostgres> {
  const name = `nest_auth_plug_${randomBytes(6).toString('hex')}`;
  await ask(urlOf('postgres'), `create database ${name}`);
  return {
    url: urlOf(name),
    query: (text) => ask(urlOf(name), text),
    session: async () => {
      const client = new Client({ connectionString: urlOf(name) });
      await client.connect();
      return client;
    },
    drop: async () => void (await ask(urlOf('postgres'), `drop database if exists ${name} with (force)`)),
  };
}
