import { afterAll } from '@jest/globals';
import Database from 'libsql';
import { join } from 'node:path';
import { temporaryFolder } from './temporary-file.js';
import { mariadbAnswers, temporaryMariadb } from './temporary-mariadb.js';
import { postgresAnswers, temporaryPostgres } from './temporary-postgres.js';

/** A database in which a test makes the tables that an app had before us. */
export interface Place {
  readonly url: string;
  readonly query: (text: string) => Promise<void>;
}

export type Server = 'libsql' | 'postgres' | 'mariadb';

const folder = temporaryFolder();
let files = 0;
const drops: (() => Promise<void>)[] = [];
afterAll(() => Promise.all(drops.map((drop) => drop())));

function file(): Promise<Place> {
  const path = join(folder, `${(files += 1)}.db`);
  const query = async (text: string) => {
    const database = new Database(path);
    database.exec(text);
    database.close();
  };
  return Promise.resolve({ url: `file:${path}`, query });
}

async function server(make: typeof temporaryMariadb | typeof temporaryPostgres): Promise<Place> {
  const { url, query, drop } = await make();
  drops.push(drop);
  return { url, query: async (text) => void (await query(text)) };
}

/** Where tests of tables that were there before run: those servers that answer, each with a way to an empty database. */
export const places: readonly { readonly name: Server; readonly make: () => Promise<Place> }[] = [
  { name: 'libsql', make: file },
  ...((await postgresAnswers()) ? [{ name: 'postgres' as const, make: () => server(temporaryPostgres) }] : []),
  ...((await mariadbAnswers()) ? [{ name: 'mariadb' as const, make: () => server(temporaryMariadb) }] : []),
];
