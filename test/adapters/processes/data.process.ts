import { setTimeout as pause } from 'node:timers/promises';
import { sqlDataLayer } from 'nest-auth-plug/adapters/sql';
import type { DataLayer, OpenDataLayer } from '../../../lib/resources/index.js';
import { dataLayerContractModels, things } from '../../../lib/testing/contracts/data-layer-models.js';
import { answer } from '../two-processes.js';

/** What the tests of two processes ask for. */
export interface DataTask {
  readonly url: string;
  readonly work: 'migrate' | 'race' | 'insertForEver' | 'hold';
  readonly id: string;
}

const PARALLEL = 25;

async function wins(call: () => Promise<number | boolean>): Promise<number> {
  const results = await Promise.all(Array.from({ length: PARALLEL }, call));
  return results.filter((result) => result === true || result === 1).length;
}

function sum(results: readonly number[]): number {
  return results.reduce((total, one) => total + one, 0);
}

async function race(layer: DataLayer, id: string) {
  return {
    insertIfAbsent: await wins(() => layer.insertIfAbsent(things, { id, groupName: id })),
    update: await wins(() => layer.update(things, { id, code: null }, { code: 'taken' })),
    transaction: await wins(() => layer.transaction((tx) => tx.update(things, { id, ready: null }, { ready: true }))),
    insert: await wins(() =>
      layer.insert(things, { id: `${id}!`, groupName: `${id}!` }).then(
        () => true,
        () => false,
      ),
    ),
    delete: await wins(() => layer.delete(things, { id: `${id}!` })),
    increments: sum(
      await Promise.all(
        Array.from({ length: PARALLEL }, () => layer.increment(things, { id }, 'count', 1, { groupName: id })),
      ),
    ),
  };
}

async function insertForEver(layer: DataLayer, groupName: string, tell: (step: unknown) => void): Promise<never> {
  for (let index = 0; ; index++) {
    await layer.insert(things, { id: `${groupName}-${index}`, groupName });
    tell(index);
  }
}

async function hold(layer: DataLayer, id: string, tell: (step: unknown) => void): Promise<void> {
  await layer.transaction(async (tx) => {
    await tx.update(things, { id }, { code: 'held' });
    tell('held');
    await pause(150);
  });
}

async function perform(layer: OpenDataLayer, { work, id }: DataTask, tell: (step: unknown) => void): Promise<unknown> {
  if (work === 'race') return race(layer, id);
  if (work === 'insertForEver') return insertForEver(layer, id, tell);
  if (work === 'hold') return hold(layer, id, tell);
  return layer.check();
}

answer(async (input, tell) => {
  const task = input as DataTask; // as the tests send it
  const layer = await sqlDataLayer({ url: task.url, migrate: true }).open(dataLayerContractModels);
  try {
    return await perform(layer, task, tell);
  } finally {
    await layer.close();
  }
});
