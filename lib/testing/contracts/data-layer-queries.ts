import assert from 'node:assert/strict';
import type { DataLayer, Page, Row, Where } from '../../resources/data-layer.js';
import { check, rejectsWith } from './data-layer-check.js';
import type { DataLayerCheck } from './data-layer-check.js';
import { addThing, freshId, things } from './data-layer-models.js';

/** Five rows a to e of one group, counted 1 to 4; e has no count. */
async function five(layer: DataLayer): Promise<string> {
  const groupName = freshId();
  const counts: readonly (readonly [string, number | null])[] = [
    ['a', 1],
    ['b', 2],
    ['c', 3],
    ['d', 4],
    ['e', null],
  ];
  for (const [code, count] of counts) await layer.insert(things, { id: freshId(), groupName, code, count });
  return groupName;
}

async function codes(layer: DataLayer, where: Where, page: Partial<Page> = {}): Promise<string> {
  const rows = await layer.findMany(things, where, { orderBy: 'code', limit: 10, ...page }, ['code']);
  return rows.map(({ code }) => String(code)).join('');
}

const CONDITIONS: readonly (readonly [string, Where, string])[] = [
  ['a value', { count: 2 }, 'b'],
  ['null', { count: null }, 'e'],
  ['in', { count: { in: [1, 3, 9] } }, 'ac'],
  ['in a list with null', { count: { in: [1, null] } }, 'a'],
  ['in an empty list', { count: { in: [] } }, ''],
  ['lt, which null never is', { count: { lt: 3 } }, 'ab'],
  ['gt', { count: { gt: 3 } }, 'd'],
  ['gt and lt at once', { count: { gt: 1, lt: 4 } }, 'bc'],
  ['isNull', { count: { isNull: true } }, 'e'],
  ['not isNull', { count: { isNull: false } }, 'abcd'],
  ['two fields', { count: { gt: 1 }, code: 'c' }, 'c'],
];

const PAGES: readonly (readonly [string, Partial<Page>, string])[] = [
  ['up', { limit: 3 }, 'abc'],
  ['down', { limit: 3, direction: 'descending' }, 'edc'],
  ['up from a value', { after: 'b' }, 'cde'],
  ['down from a value', { after: 'd', direction: 'descending' }, 'cba'],
  ['null before all', { orderBy: 'count' }, 'eabcd'],
  ['null after all, downwards', { orderBy: 'count', direction: 'descending' }, 'dcbae'],
  ['from a value of a field that may be null', { orderBy: 'count', after: 2 }, 'cd'],
  ['nothing with limit 0', { limit: 0 }, ''],
];

export const queryChecks: readonly DataLayerCheck[] = [
  ...CONDITIONS.map(([name, where, expected]) =>
    check(`[0] finds, updates and deletes by ${name}`, async (layer) => {
      const groupName = await five(layer);

      assert.equal(await codes(layer, { groupName, ...where }), expected);
      assert.equal(await layer.update(things, { groupName, ...where }, { ready: true }), expected.length);
      assert.equal(await codes(layer, { groupName, ready: true }), expected);
      assert.equal(await layer.delete(things, { groupName, ...where }), expected.length);
      assert.equal(await codes(layer, { groupName, ready: true }), '');
    }),
  ),

  ...PAGES.map(([name, page, expected]) =>
    check(`[0] pages ${name}`, async (layer) => {
      const groupName = await five(layer);
      assert.equal(await codes(layer, { groupName }, page), expected);
    }),
  ),

  check('[0] orders text by its bytes', async (layer) => {
    const groupName = freshId();
    for (const code of ['\u{1d11e}', 'b', '\uff5e', 'a', 'B']) {
      await layer.insert(things, { id: freshId(), groupName, code });
    }
    assert.equal(await codes(layer, { groupName }), 'Bab\uff5e\u{1d11e}');
  }),

  check('[0] reads the fields that are named, and no others', async (layer) => {
    const id = await addThing(layer, { code: 'x', count: 1 });
    assert.deepEqual(await layer.findOne(things, { id }, ['count']), { count: 1 });
    await rejectsWith('TypeError', layer.findOne(things, { id }, ['unknown']));
  }),

  check('[2] counts the rows that matched, changed or not', async (layer) => {
    const id = await addThing(layer, { count: 1 });
    assert.equal(await layer.update(things, { id }, { count: 1 }), 1);
    assert.equal(await layer.update(things, { id }, {}), 1);
    assert.equal(await layer.update(things, { id: freshId() }, { count: 1 }), 0);
    assert.equal(await layer.delete(things, { id: freshId() }), 0);
  }),

  check('[2] deletes no more than the limit', async (layer) => {
    const groupName = await five(layer);
    assert.equal(await layer.delete(things, { groupName, count: { isNull: false } }, { limit: 3 }), 3);
    assert.equal((await codes(layer, { groupName })).length, 2);
    assert.equal(await layer.delete(things, { groupName }, { limit: 0 }), 0);
    assert.equal(await layer.delete(things, { groupName }, { limit: 9 }), 2);
  }),

  check('[3] increments: makes the row once, then adds to the one field', async (layer) => {
    const id = freshId();
    const initial: Row = { groupName: id, code: 'first' };
    assert.equal(await layer.increment(things, { id }, 'count', 2, initial), 2);
    assert.equal(await layer.increment(things, { id }, 'count', 3, { groupName: id, code: 'second' }), 5);
    assert.equal(await layer.increment(things, { id }, 'count', -6, initial), -1);
    assert.deepEqual(await layer.findOne(things, { id }, ['code', 'count']), { code: 'first', count: -1 });
  }),

  check('[3] increments by a unique index, from null, and by nothing else', async (layer) => {
    const id = await addThing(layer, { code: 'x' });
    const key = { groupName: id, code: 'x' };
    assert.equal(await layer.increment(things, key, 'count', 4, { id: freshId() }), 4);
    await rejectsWith('TypeError', layer.increment(things, { groupName: id }, 'count', 1, { id }));
  }),
];
