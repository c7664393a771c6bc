import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { sqlDataLayer } from 'nest-auth-plug/adapters/sql';
import type { OpenDataLayer } from '../../lib/resources/index.js';
import { addThing, dataLayerContractModels, things } from '../../lib/testing/contracts/data-layer-models.js';
import type { DataTask } from './processes/data.process.js';
import { inTwoProcesses, TestProcess } from './two-processes.js';

const SCRIPT = 'test/adapters/processes/data.process.ts';
const TIMEOUT_MS = 60_000;

/** What two processes on one database see of each other. The database is empty when the tests begin. */
export function describeTwoProcesses(makeUrl: () => string): void {
  const task = (work: DataTask['work'], id: string = randomUUID()): DataTask => ({ url: makeUrl(), work, id });

  describe('with two processes', () => {
    let layer: OpenDataLayer;

    // The first thing that happens to the empty database.
    let migrated: readonly unknown[];
    beforeAll(async () => {
      migrated = await inTwoProcesses(SCRIPT, task('migrate'));
      layer = await sqlDataLayer({ url: makeUrl() }).open(dataLayerContractModels);
    }, TIMEOUT_MS);
    afterAll(() => layer.close());

    const running: TestProcess[] = [];
    const start = async (): Promise<TestProcess> => {
      const started = await TestProcess.start(SCRIPT);
      running.push(started);
      return started;
    };
    afterEach(() => Promise.all(running.splice(0).map((started) => started.stop())));

    it('makes the tables once when both start at the same time', async () => {
      expect(migrated).toEqual([[], []]);
      expect(await layer.check()).toEqual([]);
    });

    it(
      'has one winner for whatever may happen once',
      async () => {
        const [left, right] = await inTwoProcesses(SCRIPT, task('race'));

        const total: Record<string, number> = {};
        for (const [name, count] of [left, right].flatMap((result) => Object.entries(result ?? {}))) {
          total[name] = (total[name] ?? 0) + Number(count);
        }
        // Each of the fifty increments answered another number.
        expect(total).toMatchObject({ insertIfAbsent: 1, update: 1, transaction: 1, increments: (50 * 51) / 2 });
        expect(total['insert']).toBe(total['delete']);
      },
      TIMEOUT_MS,
    );

    it(
      'keeps every row that was acknowledged before kill -9',
      async () => {
        const { id: groupName, ...rest } = task('insertForEver');
        const acknowledged: unknown[] = [];
        const killed = await start();
        await killed.killDuring({ id: groupName, ...rest }, (step) => acknowledged.push(step) === 100);

        const rows = await layer.findMany(things, { groupName }, { orderBy: 'id', limit: 1000 }, ['id']);

        const ids = new Set(rows.map(({ id }) => id));
        expect(acknowledged.filter((index) => !ids.has(`${groupName}-${String(index)}`))).toEqual([]);
        expect(await layer.insertIfAbsent(things, { id: groupName, groupName })).toBe(true);
      },
      TIMEOUT_MS,
    );

    it(
      'answers readers, and makes writers wait, while the other holds a transaction open',
      async () => {
        const id = await addThing(layer);
        const holder = await start();
        await holder.ask(task('hold', id));

        expect(await layer.findOne(things, { id }, ['code'])).toEqual({ code: null });
        expect(await layer.update(things, { id, code: null }, { code: 'mine' })).toBe(0);
        expect(await layer.findOne(things, { id }, ['code'])).toEqual({ code: 'held' });
      },
      TIMEOUT_MS,
    );
  });
}
