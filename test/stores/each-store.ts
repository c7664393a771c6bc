import { join } from 'node:path';
import { afterAll, describe } from '@jest/globals';
import type { DataLayerAdapter } from 'nest-auth-plug';
import { memoryDataLayer } from 'nest-auth-plug/adapters/memory';
import { sqlDataLayer } from 'nest-auth-plug/adapters/sql';
import { temporaryFolder } from '../adapters/temporary-file.js';
import { mariadbAnswers, temporaryMariadb, type TemporaryMariadb } from '../adapters/temporary-mariadb.js';
import { postgresAnswers, temporaryPostgres, type TemporaryPostgres } from '../adapters/temporary-postgres.js';

/** A kind of store, and how to get an empty one of it. */
export interface Store {
  readonly name: string;
  /** An empty store, gone after the tests of this file. */
  empty(): Promise<DataLayerAdapter>;
}

const [postgres, mariadb] = [await postgresAnswers(), await mariadbAnswers()];

/** Describes the same visits on each store; a server's are skipped where none answers. */
export function describeEachStore(title: string, body: (store: Store) => void): void {
  describe(`${title} in memory`, () => body({ name: 'memory', empty: () => Promise.resolve(memoryDataLayer()) }));

  describe(`${title} on libsql`, () => {
    const folder = temporaryFolder();
    let files = 0;
    body({
      name: 'libsql',
      empty: () => Promise.resolve(sqlDataLayer({ url: `file:${join(folder, `${(files += 1)}.db`)}`, migrate: true })),
    });
  });

  (postgres ? describe : describe.skip)(`${title} on PostgreSQL`, () => {
    const databases: TemporaryPostgres[] = [];
    afterAll(() => Promise.all(databases.map((database) => database.drop())));
    body({
      name: 'postgres',
      async empty() {
        const database = await temporaryPostgres();
        databases.push(database);
        return sqlDataLayer({ url: database.url, migrate: true });
      },
    });
  });

  (mariadb ? describe : describe.skip)(`${title} on MariaDB`, () => {
    const databases: TemporaryMariadb[] = [];
    afterAll(() => Promise.all(databases.map((database) => database.drop())));
    body({
      name: 'mariadb',
      async empty() {
        const database = await temporaryMariadb();
        databases.push(database);
        return sqlDataLayer({ url: database.url, migrate: true });
      },
    });
  });
}
