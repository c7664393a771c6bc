import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import Driver from 'libsql';
import { sqlDataLayer } from 'nest-auth-plug/adapters/sql';
import { addThing, dataLayerContractModels, freshId, things } from '../../lib/testing/contracts/data-layer-models.js';
import { temporaryFolder } from './temporary-file.js';
import { mariadbAnswers, temporaryMariadb } from './temporary-mariadb.js';
import type { TemporaryMariadb } from './temporary-mariadb.js';
import { postgresAnswers, temporaryPostgres } from './temporary-postgres.js';
import type { TemporaryPostgres } from './temporary-postgres.js';

const SHORT_MS = 200;

describe('libsql that does not answer', () => {
  const file = `${temporaryFolder()}/a.db`;

  it('gives up after the time-out, changes nothing, and answers readers meanwhile', async () => {
    const layer = await sqlDataLayer({ url: `file:${file}`, migrate: true, timeoutMs: SHORT_MS }).open(
      dataLayerContractModels,
    );
    const id = await addThing(layer, { count: 1 });
    const foreign = new Driver(file);
    foreign.exec('begin immediate');

    const late = [
      layer.update(things, { id }, { count: 2 }),
      layer.insert(things, { id: freshId(), groupName: id }),
      layer.transaction((tx) => tx.delete(things, { id })),
    ];
    const reasons = Promise.allSettled(late);
    expect(await layer.findOne(things, { id }, ['count'])).toEqual({ count: 1 });
    expect(await reasons).toMatchObject(late.map(() => ({ reason: { name: 'StoreUnavailable', reason: 'timeout' } })));
    foreign.exec('rollback');
    foreign.close();

    expect(await layer.findMany(things, {}, { orderBy: 'id', limit: 9 }, ['count'])).toEqual([{ count: 1 }]);
    expect(await layer.update(things, { id }, { count: 3 })).toBe(1);
    await layer.close();
  });
});

((await postgresAnswers()) ? describe : describe.skip)('PostgreSQL that does not answer', () => {
  let postgres: TemporaryPostgres;

  beforeAll(async () => {
    postgres = await temporaryPostgres();
  });
  afterAll(() => postgres.drop());

  it('gives up after the time-out and changes nothing', async () => {
    const layer = await sqlDataLayer({ url: postgres.url, migrate: true, timeoutMs: 5 * SHORT_MS }).open(
      dataLayerContractModels,
    );
    const id = await addThing(layer, { count: 1 });
    const foreign = await postgres.session();
    await foreign.query('begin; lock table contract_things');

    const calls = [layer.findOne(things, { id }), layer.update(things, { id }, { count: 2 })];
    expect(await Promise.allSettled(calls)).toMatchObject(
      calls.map(() => ({ reason: { name: 'StoreUnavailable', reason: 'timeout' } })),
    );
    await foreign.query('rollback');
    await foreign.end();

    expect(await layer.findOne(things, { id }, ['count'])).toEqual({ count: 1 });
    await layer.close();
  });

  it('lives through the end of its connections, idle and busy', async () => {
    const layer = await sqlDataLayer({ url: postgres.url, migrate: true }).open(dataLayerContractModels);
    const id = await addThing(layer, { count: 1 });
    // Connected before the transaction begins, which may be open for 250 ms.
    const foreign = await postgres.session();
    const endAll = () =>
      foreign.query(
        `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'nest-auth-plug' and datname = current_database()`,
      );

    const busy = layer.transaction(async (tx) => {
      await tx.update(things, { id }, { count: 2 });
      await endAll();
      return tx.update(things, { id }, { count: 3 });
    });

    await expect(busy).rejects.toMatchObject({ name: 'StoreUnavailable', reason: 'connection' });
    expect(await layer.findOne(things, { id }, ['count'])).toEqual({ count: 1 });
    await foreign.end();
    await layer.close();
  });

  it('names the fields and nothing that the server said', async () => {
    const layer = await sqlDataLayer({ url: postgres.url, migrate: true }).open(dataLayerContractModels);
    await postgres.query(`alter table contract_things add constraint small check (count < 100)`);
    const id = await addThing(layer, { code: 'secret' });

    const refused = layer.update(things, { id }, { count: 4711 });

    await expect(refused).rejects.toThrow('The database refused a statement on "contract_things" (23514)');
    await expect(refused).rejects.not.toHaveProperty('cause');
    await postgres.query(`alter table contract_things drop constraint small`);
    await layer.close();
  });
});

((await mariadbAnswers()) ? describe : describe.skip)('MariaDB that does not answer', () => {
  let mariadb: TemporaryMariadb;

  beforeAll(async () => {
    mariadb = await temporaryMariadb();
  });
  afterAll(() => mariadb.drop());

  /** Ends the connections that have the database open, ours aside. */
  const endAll = async () => {
    const rows = await mariadb.query(
      `select id from information_schema.processlist where db = '${mariadb.name}' and id <> connection_id()`,
    );
    for (const row of rows) await mariadb.query(`kill ${String(Reflect.get(Object(row), 'id'))}`);
  };
  const open = (timeoutMs = 5000) =>
    sqlDataLayer({ url: mariadb.url, migrate: true, timeoutMs }).open(dataLayerContractModels);

  it('gives up after the time-out and changes nothing, not even later', async () => {
    const layer = await open(5 * SHORT_MS);
    const id = await addThing(layer, { count: 1 });
    const foreign = await mariadb.session();
    await foreign.query('lock tables contract_things write');

    const calls = [layer.findOne(things, { id }), layer.update(things, { id }, { count: 2 })];
    expect(await Promise.allSettled(calls)).toMatchObject(
      calls.map(() => ({ reason: { name: 'StoreUnavailable', reason: /timeout|contention/ } })),
    );
    await foreign.query('unlock tables');
    await foreign.end();

    expect(await layer.findOne(things, { id }, ['count'])).toEqual({ count: 1 });
    await layer.close();
  });

  it('lives through the end of its connections, idle and busy', async () => {
    const layer = await open();
    const id = await addThing(layer, { count: 1 });

    const busy = layer.transaction(async (tx) => {
      await tx.update(things, { id }, { count: 2 });
      await endAll();
      return tx.update(things, { id }, { count: 3 });
    });

    await expect(busy).rejects.toMatchObject({ name: 'StoreUnavailable', reason: 'connection' });
    expect(await layer.findOne(things, { id }, ['count'])).toEqual({ count: 1 });
    await endAll();
    expect(await layer.findOne(things, { id }, ['count'])).toEqual({ count: 1 });
    await endAll();
    expect(await layer.transaction((tx) => tx.update(things, { id }, { count: 2 }))).toBe(1);
    await layer.close();
  });

  it('finishes what is under way when it is closed, and takes nothing new', async () => {
    const layer = await open();
    const id = await addThing(layer, { count: 1 });
    let closed: Promise<void> = Promise.resolve();

    const busy = layer.transaction(async (tx) => {
      await tx.update(things, { id }, { count: 2 });
      closed = layer.close();
      return tx.update(things, { id }, { count: 3 });
    });

    expect(await busy).toBe(1);
    await closed;
    await expect(layer.findOne(things, { id })).rejects.toMatchObject({ name: 'StoreUnavailable' });
    const again = await open();
    expect(await again.findOne(things, { id }, ['count'])).toEqual({ count: 3 });
    await again.close();
  });

  it('names the fields and nothing that the server said', async () => {
    const layer = await open();
    await mariadb.query('alter table contract_things add constraint small check (count < 100)');
    const id = await addThing(layer, { code: 'secret' });

    const refused = layer.update(things, { id }, { count: 4711 });
    const tooLong = layer.insert(things, { id: freshId(), groupName: 'secret'.repeat(200) });

    await expect(refused).rejects.toThrow('refused a statement on "contract_things" (ER_');
    await expect(refused).rejects.not.toHaveProperty('cause');
    await expect(tooLong).rejects.toThrow('refused a statement on "contract_things" (ER_DATA_TOO_LONG)');
    await mariadb.query('alter table contract_things drop constraint small');
    await layer.close();
  });
});
