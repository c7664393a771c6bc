import assert from 'node:assert/strict';
import { check, race, rejectsWith } from './data-layer-check.js';
import type { DataLayerCheck } from './data-layer-check.js';
import { addThing, freshId, things } from './data-layer-models.js';

export const uniquenessChecks: readonly DataLayerCheck[] = [
  check('[3] throws UniqueViolation with the fields and without the values', async (layer) => {
    const id = await addThing(layer, { code: 'secret' });

    const byKey = await rejectsWith('UniqueViolation', layer.insert(things, { id, groupName: freshId() }));
    const byIndex = await rejectsWith(
      'UniqueViolation',
      layer.insert(things, { id: freshId(), groupName: id, code: 'secret' }),
    );

    assert.deepEqual('fields' in byKey && byKey.fields, ['id']);
    assert.deepEqual('fields' in byIndex && byIndex.fields, ['groupName', 'code']);
    assert.doesNotMatch(
      `${byIndex.message}${byIndex.stack}${byIndex.cause === undefined ? '' : 'secret cause'}`,
      /secret/,
    );
  }),

  check('[3] takes rows with null in a unique index as unlike', async (layer) => {
    const groupName = await addThing(layer);
    assert.equal(await layer.insertIfAbsent(things, { id: freshId(), groupName }), true);
  }),

  check('[3] answers false for what is there, by key or by index', async (layer) => {
    const id = await addThing(layer, { code: 'x', count: 1 });
    assert.equal(await layer.insertIfAbsent(things, { id, groupName: freshId(), count: 2 }), false);
    assert.equal(await layer.insertIfAbsent(things, { id: freshId(), groupName: id, code: 'x' }), false);
    assert.deepEqual(await layer.findOne(things, { id }, ['count']), { count: 1 });
  }),

  check('[1] changes nothing when an update of many rows meets a unique index', async (layer) => {
    const groupName = freshId();
    for (const code of ['a', 'b', 'c']) await layer.insert(things, { id: freshId(), groupName, code });

    await rejectsWith('UniqueViolation', layer.update(things, { groupName }, { code: 'c' }));

    const rows = await layer.findMany(things, { groupName }, { orderBy: 'code', limit: 9 }, ['code']);
    assert.deepEqual(rows, [{ code: 'a' }, { code: 'b' }, { code: 'c' }]);
  }),

  check('[1] shows a change to the next call of another handle', async (layer, other) => {
    const id = await addThing(layer, { count: 1 });
    assert.deepEqual(await other.findOne(things, { id }, ['count']), { count: 1 });
    await other.update(things, { id }, { count: 2 });
    assert.deepEqual(await layer.findOne(things, { id }, ['count']), { count: 2 });
  }),

  check('[2] lets one of fifty parallel updates have the row', async (layer, other) => {
    const id = await addThing(layer);
    const { results } = await race(layer, other, (handle, count) =>
      handle.update(things, { id, count: null }, { count }),
    );
    assert.deepEqual(results.toSorted(ascending), [...zeros, 1]);
  }),

  check('[2] lets one of fifty parallel deletes have the row', async (layer, other) => {
    const id = await addThing(layer);
    const { results } = await race(layer, other, (handle, index) =>
      handle.delete(things, { id }, index % 3 === 0 ? { limit: 1 } : {}),
    );
    assert.deepEqual(results.toSorted(ascending), [...zeros, 1]);
  }),

  check('[3] lets one of fifty parallel inserts have the id', async (layer, other) => {
    const id = freshId();
    const { results, errors } = await race(layer, other, (handle) => handle.insert(things, { id, groupName: id }));
    assert.equal(results.length, 1);
    assert.deepEqual(
      new Set(errors.map((error) => error instanceof Error && error.name)),
      new Set(['UniqueViolation']),
    );
  }),

  check('[3] answers true to one of fifty parallel insertIfAbsent', async (layer, other) => {
    const id = freshId();
    const { results } = await race(layer, other, (handle) => handle.insertIfAbsent(things, { id, groupName: id }));
    assert.equal(results.length, 50);
    assert.equal(results.filter(Boolean).length, 1);
  }),

  check('[3] gives fifty parallel increments fifty numbers', async (layer, other) => {
    const id = freshId();
    const { results } = await race(layer, other, (handle) =>
      handle.increment(things, { id }, 'count', 1, { groupName: id }),
    );
    assert.deepEqual(
      results.toSorted(ascending),
      Array.from({ length: 50 }, (_, index) => index + 1),
    );
  }),
];

const ascending = (left: number, right: number): number => left - right;
const zeros = Array.from({ length: 49 }, () => 0);
