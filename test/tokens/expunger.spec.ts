import { setTimeout as sleep } from 'node:timers/promises';

import { afterEach, describe, expect, it } from '@jest/globals';

import { memoryDataLayer } from '../../lib/adapters/memory/index.js';
import { StoreUnavailable } from '../../lib/errors/index.js';
import { countersModel } from '../../lib/limits/index.js';
import type { DataLayer, Model, OpenDataLayer } from '../../lib/resources/index.js';
import { addSeconds } from '../../lib/time/index.js';
import { Expunger, tokensModel, type ExpungerOptions } from '../../lib/tokens/index.js';
import { START, testClock } from './kit.js';

const running: Expunger[] = [];
afterEach(async () => {
  for (const expunger of running.splice(0)) await expunger.stop();
});

function fail(error: unknown): never {
  throw error;
}

function expungerOf(data: DataLayer, more: Partial<ExpungerOptions> = {}): Expunger {
  const models = [tokensModel, countersModel];
  const expunger = new Expunger({ data, models, clock: testClock(), report: fail, ...more });
  running.push(expunger);
  return expunger;
}

async function insertTokens(layer: OpenDataLayer, tenant: string, secondsFromNow: readonly number[]): Promise<void> {
  for (const seconds of secondsFromNow) {
    const token = { id: `${tenant}${seconds}`, subject: null, purpose: 'room:purpose', epoch: 0, data: null };
    const times = { issuedAt: addSeconds(START, -600), expiresAt: addSeconds(START, seconds), spentAt: null };
    await layer.forTenant(tenant).insert(tokensModel, { ...token, ...times });
  }
}

async function idsOf(layer: OpenDataLayer): Promise<readonly unknown[]> {
  const everyTenant = { ...tokensModel, tenantField: null };
  const rows = await layer.findMany(everyTenant, {}, { orderBy: 'id', limit: 1000 });
  return rows.map(({ id }) => id);
}

describe('expunging', () => {
  it('[ASVS 14.2.7] deletes what has expired, of every tenant and model, and nothing else', async () => {
    const layer = await memoryDataLayer().open([tokensModel, countersModel]);
    await insertTokens(layer, 'a', [-30, -20, -10, 10, 20, 30]);
    await insertTokens(layer, 'b', [-1, 0, 1]);
    await layer.insert(countersModel, { id: 'x', count: 1, expiresAt: addSeconds(START, -1) });

    const deleted = await expungerOf(layer).expungeNow();

    expect(deleted).toBe(5);
    expect(await idsOf(layer)).toEqual(['a10', 'a20', 'a30', 'b0', 'b1']);
    expect(await layer.findOne(countersModel, { id: 'x' })).toBeNull();
  });

  it('does not wait for the disk, which would hold the event loop: what a power cut brings back is deleted again', async () => {
    const data = await memoryDataLayer().open([tokensModel, countersModel]);
    const asked: Model[] = [];
    const remove = (model: Model) => {
      asked.push(model);
      return Promise.resolve(0);
    };

    await expungerOf({ ...data, delete: remove }).expungeNow();

    expect(asked).toMatchObject([
      { table: tokensModel.table, forgettable: true },
      { table: countersModel.table, forgettable: true },
    ]);
  });

  it('goes in batches until nothing is left', async () => {
    const layer = await memoryDataLayer().open([tokensModel]);
    await insertTokens(
      layer,
      'a',
      Array.from({ length: 25 }, (_, n) => -n - 1),
    );
    const { data, batches } = counting(layer);

    expect(await expungerOf(data, { models: [tokensModel], batchSize: 10 }).expungeNow()).toBe(25);
    expect(batches).toEqual([10, 10, 5]);
  });

  it('[ASVS 15.1.3] keeps nobody waiting for more than a batch, where the store answers before the loop turns', async () => {
    const layer = await memoryDataLayer().open([tokensModel]);
    const batches = [2, 2, 0];
    const { data } = counting(layer);
    const at: number[] = [];
    const look = () => {
      at.push(batches.length);
      if (batches.length > 0) setImmediate(look);
    };
    setImmediate(look);

    const embedded = { ...data, delete: () => Promise.resolve(batches.shift() ?? 0) };
    await expungerOf(embedded, { models: [tokensModel], batchSize: 2 }).expungeNow();

    expect(at).toEqual([2, 1, 0]);
  });

  it('is one round when it is asked for twice', async () => {
    const layer = await memoryDataLayer().open([tokensModel]);
    await insertTokens(layer, 'a', [-1, -2]);
    const expunger = expungerOf(layer, { models: [tokensModel] });

    expect(await Promise.all([expunger.expungeNow(), expunger.expungeNow()])).toEqual([2, 2]);
    expect(await expunger.expungeNow()).toBe(0);
  });

  it('asks with the same model in each round, by which an adapter knows its statement again', async () => {
    const layer = await memoryDataLayer().open([tokensModel, countersModel]);
    const { data, models } = counting(layer);
    const expunger = expungerOf(data);

    await expunger.expungeNow();
    await expunger.expungeNow();

    expect(models.map(({ table }) => table)).toEqual(['tokens', 'limits', 'tokens', 'limits']);
    expect(new Set(models).size).toBe(2);
  });

  it('reports what fails, and goes on with the other models and rounds', async () => {
    const layer = await memoryDataLayer().open([tokensModel, countersModel]);
    await layer.insert(countersModel, { id: 'x', count: 1, expiresAt: addSeconds(START, -1) });
    const errors: unknown[] = [];
    const { data } = counting(layer, 'tokens');
    const expunger = expungerOf(data, { report: (error) => void errors.push(error) });

    expect(await expunger.expungeNow()).toBe(1);
    expect(await expunger.expungeNow()).toBe(0);
    expect(errors).toEqual([expect.any(StoreUnavailable), expect.any(StoreUnavailable)]);
  });
});

describe('the timer', () => {
  it('expunges at every interval until it is stopped', async () => {
    const layer = await memoryDataLayer().open([tokensModel]);
    const { data, batches } = counting(layer);
    const expunger = expungerOf(data, { models: [tokensModel], intervalSeconds: 0.01 });

    expunger.start();
    expunger.start();
    expect(batches).toEqual([]);
    while (batches.length < 3) await sleep(5);
    await expunger.stop();
    const before = batches.length;
    await sleep(40);
    expect(batches.length).toBe(before);
  });

  it('is stopped when the batch that runs is through, and starts no other', async () => {
    const layer = await memoryDataLayer().open([tokensModel]);
    await insertTokens(
      layer,
      'a',
      Array.from({ length: 25 }, (_, n) => -n - 1),
    );
    const { data, batches } = counting(layer, null, 20);
    const expunger = expungerOf(data, { models: [tokensModel], batchSize: 10 });

    const round = expunger.expungeNow();
    await expunger.stop();

    expect(batches).toEqual([10]);
    expect(await round).toBe(10);
  });
});

/** A view of the data that remembers its deletions, fails for one table, or takes its time. */
function counting(layer: OpenDataLayer, failing: string | null = null, delayMs = 0) {
  const batches: number[] = [];
  const models: Model[] = [];
  const remove: DataLayer['delete'] = async (model, where, options) => {
    await sleep(delayMs);
    models.push(model);
    if (model.table === failing) throw new StoreUnavailable('connection');
    const deleted = await layer.delete(model, where, options);
    batches.push(deleted);
    return deleted;
  };
  const data: DataLayer = {
    insert: (...call) => layer.insert(...call),
    insertIfAbsent: (...call) => layer.insertIfAbsent(...call),
    findOne: (...call) => layer.findOne(...call),
    findMany: (...call) => layer.findMany(...call),
    update: (...call) => layer.update(...call),
    increment: (...call) => layer.increment(...call),
    delete: remove,
    transaction: (work) => layer.transaction(work),
    forTenant: (tenant) => layer.forTenant(tenant),
  };
  return { data, batches, models };
}
