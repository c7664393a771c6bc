import assert from 'node:assert/strict';
import type { Row } from '../../resources/data-layer.js';
import { check, rejectsWith } from './data-layer-check.js';
import type { DataLayerCheck } from './data-layer-check.js';
import { addThing, freshId, things } from './data-layer-models.js';

const EDGES: readonly Row[] = [
  { code: '', count: 0, large: 0n, ready: false, seenAt: new Date(0), content: new Uint8Array() },
  { code: '𝄞 é é ß\n\t\'"\\', count: 2 ** 53 - 1, large: 2n ** 63n - 1n, ready: true, seenAt: new Date(8.64e15) },
  {
    count: -(2 ** 53 - 1),
    large: -(2n ** 63n),
    seenAt: new Date(-1),
    content: Uint8Array.from({ length: 256 }, (_, i) => i),
  },
];

/** Alike to somebody: to a case-insensitive, an accent-insensitive, a padding or a normalising collation. */
const LOOKALIKES = [
  'ada',
  'Ada',
  'ADA',
  'ada ',
  'ad\u00e1',
  'ada\u0301',
  'ad\u00e1\u0301',
  'stra\u00dfe',
  'strasse',
  '\u0131',
  'i',
  'I',
];

export const valueChecks: readonly DataLayerCheck[] = [
  ...EDGES.map((values, index) =>
    check(`[0] gives each value back in the type it went in as (${index + 1})`, async (layer) => {
      const id = freshId();
      const expected = { ...nothing, id, groupName: id, ...values };

      assert.deepEqual(await layer.insert(things, { id, groupName: id, ...values }), expected);
      assert.deepEqual(await layer.findOne(things, { id }), expected);
      assert.deepEqual(await layer.findOne(things, { id, ...values }), expected);
      assert.equal(await layer.update(things, { id, ...values }, values), 1);
    }),
  ),

  check('[0] shares no value with the caller', async (layer) => {
    const given = { seenAt: new Date(1), content: new Uint8Array([1]) };
    const id = await addThing(layer, given);
    given.seenAt.setTime(2);
    given.content[0] = 2;
    const found = await layer.findOne(things, { id });
    if (found?.['content'] instanceof Uint8Array) found['content'][0] = 3;
    if (found?.['seenAt'] instanceof Date) found['seenAt'].setTime(3);

    const row = await layer.findOne(things, { id }, ['seenAt', 'content']);

    assert.deepEqual(row, { seenAt: new Date(1), content: new Uint8Array([1]) });
  }),

  check('[6] compares text by its bytes', async (layer) => {
    const groupName = freshId();
    for (const code of LOOKALIKES) await layer.insert(things, { id: `${groupName}${code}`, groupName, code });

    for (const code of LOOKALIKES) {
      const page = { orderBy: 'id', limit: LOOKALIKES.length };
      assert.deepEqual(await layer.findMany(things, { groupName, code }, page, ['code']), [{ code }]);
    }
  }),

  check('[6] refuses text that some database would change or not keep, and names the field', async (layer) => {
    for (const bad of ['a\0b', 'a\ud800b', '\udc00']) {
      const id = freshId();
      for (const call of [
        layer.insert(things, { id, groupName: bad }),
        layer.update(things, { id }, { code: bad }),
        layer.findOne(things, { code: bad }),
      ]) {
        const error = await rejectsWith('InvalidInput', call);
        assert.ok(!error.message.includes(bad));
      }
    }
    assert.equal(await layer.findOne(things, { id: freshId() }), null);
  }),

  check('[0] refuses values of another type, unknown fields and undefined', async (layer) => {
    const id = await addThing(layer);

    await rejectsWith('TypeError', layer.update(things, { id }, { count: '1' }));
    await rejectsWith('TypeError', layer.update(things, { id }, { count: 1.5 }));
    await rejectsWith('TypeError', layer.update(things, { id }, { seenAt: new Date(Number.NaN) }));
    await rejectsWith('TypeError', layer.update(things, { id }, { groupName: null }));
    await rejectsWith('TypeError', layer.update(things, { id }, { unknown: 1 }));
    await rejectsWith('TypeError', layer.delete(things, untyped({ id, code: undefined })));
    await rejectsWith('TypeError', layer.delete(things, untyped({ id: { like: '%' } })));
    await rejectsWith('TypeError', layer.delete(things, untyped({ id: {} })));
    await rejectsWith('TypeError', layer.findOne(things, { ['__proto__']: 1 }));
    assert.notEqual(await layer.findOne(things, { id }), null);
  }),
];

// As code without types would call it: the cast is what is checked.
const untyped = (values: unknown): Row => values as Row;

const nothing = { code: null, count: null, large: null, ready: null, seenAt: null, content: null };
