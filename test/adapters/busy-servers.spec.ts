import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { sqlDataLayer, type SqlDataLayerOptions } from 'nest-auth-plug/adapters/sql';
import type { OpenDataLayer } from 'nest-auth-plug';
import { addThing, dataLayerContractModels, things } from '../../lib/testing/contracts/data-layer-models.js';
import { mariadbAnswers, temporaryMariadb } from './temporary-mariadb.js';
import { postgresAnswers, temporaryPostgres } from './temporary-postgres.js';

/** For what is to succeed: a machine may be as slow as it likes. */
const LONG_MS = 30_000;
/** For what is not to: three quarters of it are for a connection, which takes a machine that is busy with all tests a while. */
const SHORT_MS = 3000;

/** A server, and a database of its own on it. */
interface Place {
  readonly url: string;
  readonly drop: () => Promise<void>;
  readonly session: () => Promise<{ query(text: string): Promise<unknown>; end(): Promise<void> }>;
}

const servers: readonly (readonly [string, boolean, () => Promise<Place>])[] = [
  ['PostgreSQL', await postgresAnswers(), temporaryPostgres],
  ['MariaDB', await mariadbAnswers(), temporaryMariadb],
];

describe.each(servers)('%s that is busy', (_name, answers, makePlace) => {
  if (!answers) {
    it.skip('is not there', () => undefined);
    return;
  }
  let place: Place;
  const opened: OpenDataLayer[] = [];

  beforeAll(async () => {
    place = await makePlace();
  });
  afterEach(async () => {
    for (const layer of opened.splice(0)) await layer.close();
  });
  afterAll(() => place.drop());

  const open = async (options: Partial<SqlDataLayerOptions>) => {
    const layer = await sqlDataLayer({ url: place.url, migrate: true, ...options }).open(dataLayerContractModels);
    opened.push(layer);
    return layer;
  };

  /** Holds the row of a thing until the returned function is called. */
  const hold = async (id: string) => {
    const foreign = await place.session();
    await foreign.query(`begin; select id from contract_things where id = '${id}' for update`);
    return () => foreign.end();
  };

  it('lets every one of many transactions have the same row in its turn', async () => {
    const layer = await open({ timeoutMs: LONG_MS });
    const id = await addThing(layer, { count: 0 });
    const add = (index: number) =>
      layer.transaction(async (tx) => {
        await tx.update(things, { id }, { groupName: id });
        await pause(5);
        const row = await tx.findOne(things, { id }, ['count']);
        await tx.update(things, { id }, { count: Number(row?.['count']) + 1 });
        return index;
      });

    await Promise.all(Array.from({ length: 100 }, (_, index) => add(index)));

    expect(await layer.findOne(things, { id }, ['count'])).toEqual({ count: 100 });
  }, 60_000);

  it('waits for a row that somebody holds for longer than a transaction may be open', async () => {
    const layer = await open({ timeoutMs: LONG_MS });
    const id = await addThing(layer, { count: 1 });
    const release = await hold(id);

    const waiting = layer.transaction((tx) => tx.update(things, { id }, { count: 2 }));
    await pause(1000);
    await release();

    expect(await waiting).toBe(1);
  }, 60_000);

  it('waits for a connection for most of the time a call may take', async () => {
    const layer = await open({ maxConnections: 1, timeoutMs: 6000 });
    const id = await addThing(layer, { count: 1 });
    const release = await hold(id);

    const waiting = [layer.update(things, { id }, { count: 2 }), layer.update(things, { id: 'none' }, { count: 2 })];
    await pause(2000);
    await release();

    expect(await Promise.all(waiting)).toEqual([1, 0]);
  }, 60_000);

  it('gives up while the row is still held, changes nothing and goes on', async () => {
    const layer = await open({ maxConnections: 1, timeoutMs: SHORT_MS });
    const id = await addThing(layer, { count: 1 });
    const release = await hold(id);

    const late = [
      layer.update(things, { id }, { count: 2 }),
      layer.update(things, { id }, { count: 3 }),
      layer.update(things, { id }, { count: 4 }),
      layer.transaction((tx) => tx.update(things, { id }, { count: 5 })),
    ];
    expect(await Promise.allSettled(late)).toMatchObject(late.map(() => ({ reason: { name: 'StoreUnavailable' } })));
    await release();

    expect(await layer.findOne(things, { id }, ['count'])).toEqual({ count: 1 });
    expect(await layer.update(things, { id }, { count: 6 })).toBe(1);
  }, 60_000);

  it('gives a transaction up that only waits for its row', async () => {
    const layer = await open({ timeoutMs: SHORT_MS });
    const id = await addThing(layer, { count: 1 });
    const release = await hold(id);

    const late = layer.transaction((tx) => tx.update(things, { id }, { count: 2 }));

    await expect(late).rejects.toMatchObject({ name: 'StoreUnavailable' });
    await release();
    expect(await layer.findOne(things, { id }, ['count'])).toEqual({ count: 1 });
  }, 60_000);
});
