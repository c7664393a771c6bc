import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import type { DataLayer } from '../../resources/data-layer.js';
import { check, race, rejectsWith, Signal } from './data-layer-check.js';
import type { DataLayerCheck } from './data-layer-check.js';
import { addThing, freshId, things } from './data-layer-models.js';

class Left extends Error {
  override name = 'Left';
}

async function countOf(layer: DataLayer, id: string): Promise<unknown> {
  return (await layer.findOne(things, { id }, ['count']))?.['count'];
}

function addSlowly(layer: DataLayer, ids: readonly string[]): Promise<void> {
  return layer.transaction(async (tx) => {
    for (const id of ids) {
      await tx.increment(things, { id }, 'count', 1, { groupName: id });
      await pause(20);
    }
  });
}

export const transactionChecks: readonly DataLayerCheck[] = [
  check('[4] commits everything, and answers what the work answered', async (layer, other) => {
    const id = freshId();
    const answer = await layer.transaction(async (tx) => {
      await tx.insert(things, { id, groupName: id, count: 1 });
      await tx.update(things, { id }, { count: 2 });
      return countOf(tx, id);
    });
    assert.equal(answer, 2);
    assert.equal(await countOf(other, id), 2);
  }),

  check('[4] rolls everything back when the work throws, and throws the same', async (layer, other) => {
    const id = await addThing(layer, { count: 1 });
    const made = freshId();
    const failing = layer.transaction(async (tx) => {
      await tx.update(things, { id }, { count: 2 });
      await tx.insert(things, { id: made, groupName: made });
      await tx.delete(things, { id });
      throw new Left('left');
    });
    await rejectsWith('Left', failing);
    assert.equal(await countOf(other, id), 1);
    assert.equal(await layer.findOne(things, { id: made }), null);
  }),

  check('[4] answers readers outside while one is open, with what was committed before', async (layer, other) => {
    const id = await addThing(layer, { count: 1 });
    const [changed, read] = [new Signal(), new Signal()];
    const open = layer.transaction(async (tx) => {
      await tx.update(things, { id }, { count: 2 });
      changed.give();
      await read.given; // a reader that waits for us makes this too old, and the check red
    });
    await Promise.race([changed.given, open]);
    assert.equal(await countOf(layer, id), 1);
    assert.equal(await countOf(other, id), 1);
    read.give();
    await open;
    assert.equal(await countOf(other, id), 2);
  }),

  check('[4] holds the lock of an update to the end: the second sees what the first made', async (layer, other) => {
    const id = await addThing(layer);
    const [changed, waited] = [new Signal(), new Signal()];
    const take = (count: number) => (tx: DataLayer) => tx.update(things, { id, count: null }, { count });
    const first = layer.transaction(async (tx) => {
      const matched = await take(1)(tx);
      changed.give();
      await waited.given;
      return matched;
    });
    await Promise.race([changed.given, first]);
    const second = other.transaction(take(2));
    await pause(20);
    waited.give();
    assert.deepEqual(await Promise.all([first, second]), [1, 0]);
    assert.equal(await countOf(layer, id), 1);
  }),

  check('[4] lets the second have what the first gave back', async (layer, other) => {
    const id = await addThing(layer);
    const changed = new Signal();
    const first = layer.transaction(async (tx) => {
      await tx.update(things, { id, count: null }, { count: 1 });
      changed.give();
      await pause(20);
      throw new Left('left');
    });
    const left = rejectsWith('Left', first);
    await changed.given;
    const second = other.transaction((tx) => tx.update(things, { id, count: null }, { count: 2 }));
    assert.equal(await second, 1);
    await left;
    assert.equal(await countOf(layer, id), 2);
  }),

  check('[4] runs the work again when two wait for each other', async (layer, other) => {
    const ids = [await addThing(layer, { count: 0 }), await addThing(layer, { count: 0 })];
    await Promise.all([addSlowly(layer, ids), addSlowly(other, ids.toReversed())]);
    for (const id of ids) assert.equal(await countOf(layer, id), 2);
  }),

  check('[4] lets one of fifty parallel transactions have the row', async (layer, other) => {
    const id = await addThing(layer);
    const { results, errors } = await race(layer, other, (handle, index) =>
      handle.transaction(async (tx) => {
        const matched = await tx.update(things, { id, count: null }, { count: index });
        if (matched === 1) await tx.insert(things, { id: `${id}-${index}`, groupName: id });
        return matched;
      }),
    );
    assert.deepEqual(errors, []);
    assert.equal(results.filter((matched) => matched === 1).length, 1);
    const rows = await layer.findMany(things, { groupName: id }, { orderBy: 'id', limit: 9 }, ['id']);
    assert.equal(rows.length, 2);
  }),

  check('[4] rolls back what is open for longer than 250 ms', async (layer, other) => {
    const id = await addThing(layer, { count: 1 });
    const late = new Signal();
    const tooLong = layer.transaction(async (tx) => {
      await tx.update(things, { id }, { count: 2 });
      await pause(600);
      await rejectsWith('StoreUnavailable', tx.update(things, { id }, { count: 3 }));
      late.give();
    });
    await rejectsWith('StoreUnavailable', tooLong);
    await late.given;
    assert.equal(await countOf(layer, id), 1);
    assert.equal(await other.update(things, { id }, { count: 4 }), 1);
  }),

  check('[5] refuses the outer handle inside the work', async (layer) => {
    const id = await addThing(layer, { count: 1 });
    const outer: readonly (() => Promise<unknown>)[] = [
      () => layer.findOne(things, { id }),
      () => layer.update(things, { id }, { count: 2 }),
      () => layer.forTenant('').insertIfAbsent(things, { id, groupName: id }),
      () => layer.transaction(async () => undefined),
    ];
    for (const call of outer) {
      await layer.transaction(async (tx) => {
        await rejectsWith('Error', call());
        assert.equal(await countOf(tx, id), 1);
      });
    }
  }),

  check('[5] gives the outer handle back to what the work started, once it is over', async (layer) => {
    const id = await addThing(layer, { count: 1 });
    const over = new Signal();
    let later: Promise<unknown> = Promise.resolve();
    const leaked = await layer.transaction(async (tx) => {
      later = over.given.then(() => countOf(layer, id));
      return { tx };
    });
    over.give();
    assert.equal(await later, 1);
    await rejectsWith('Error', leaked.tx.findOne(things, { id }));
  }),

  check('[5] joins a transaction that is open', async (layer) => {
    const id = await addThing(layer, { count: 1 });
    const joined = layer.transaction(async (tx) => {
      await tx.transaction((inner) => inner.update(things, { id }, { count: 2 }));
      assert.equal(await countOf(tx, id), 2);
      throw new Left('left');
    });
    await rejectsWith('Left', joined);
    assert.equal(await countOf(layer, id), 1);

    await layer.transaction((tx) => tx.transaction((inner) => inner.update(things, { id }, { count: 3 })));
    assert.equal(await countOf(layer, id), 3);
  }),

  check('[5] commits nothing when a part that joined has failed', async (layer) => {
    const id = await addThing(layer, { count: 1 });
    const half = layer.transaction(async (tx) => {
      const part = tx.transaction(async (inner) => {
        await inner.update(things, { id }, { count: 2 });
        throw new Left('left');
      });
      await rejectsWith('Left', part);
    });
    await rejectsWith('Left', half);
    assert.equal(await countOf(layer, id), 1);
  }),

  check('[3] commits nothing after a UniqueViolation, even one that was caught', async (layer) => {
    const id = await addThing(layer, { count: 1 });
    const caught = layer.transaction(async (tx) => {
      await tx.update(things, { id }, { count: 2 });
      await rejectsWith('UniqueViolation', tx.insert(things, { id, groupName: id }));
    });
    await rejectsWith('UniqueViolation', caught);
    assert.equal(await countOf(layer, id), 1);
  }),

  check('[3] throws what the work made of a UniqueViolation', async (layer) => {
    const id = await addThing(layer);
    const translated = layer.transaction(async (tx) => {
      await tx.insert(things, { id, groupName: id }).catch(() => {
        throw new Left('taken');
      });
    });
    await rejectsWith('Left', translated);
  }),

  check('[3] lives on after insertIfAbsent and increment met a row', async (layer) => {
    const id = await addThing(layer, { count: 1 });
    await layer.transaction(async (tx) => {
      assert.equal(await tx.insertIfAbsent(things, { id, groupName: id }), false);
      assert.equal(await tx.increment(things, { id }, 'count', 1, { groupName: id }), 2);
      assert.equal(await tx.update(things, { id }, { code: 'lives' }), 1);
    });
    assert.deepEqual(await layer.findOne(things, { id }, ['code', 'count']), { code: 'lives', count: 2 });
  }),
];
