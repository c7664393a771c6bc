import { describe, expect, it } from '@jest/globals';
import { memoryDataLayer } from 'nest-auth-plug/adapters/memory';

const model = {
  table: 'things',
  tenantField: null,
  columns: { id: { type: 'text' }, n: { type: 'integer' }, at: { type: 'time', nullable: true } },
  primaryKey: ['id'],
} as const;

describe('memoryDataLayer', () => {
  it('rolls back what failed and keeps what did not', async () => {
    const layer = await memoryDataLayer().open([model]);
    await layer.insert(model, { id: 'a', n: 1 });

    const failing = layer.transaction(async (tx) => {
      await tx.update(model, { id: 'a' }, { n: 2 });
      throw new RangeError('no');
    });
    await expect(failing).rejects.toThrow(RangeError);

    expect(await layer.findOne(model, { id: 'a' })).toEqual({ id: 'a', n: 1, at: null });
    expect(await layer.increment(model, { id: 'b' }, 'n', 3)).toBe(3);
    expect(await layer.transaction((tx) => tx.increment(model, { id: 'b' }, 'n', 3))).toBe(6);
    await expect(layer.transaction(() => layer.findOne(model, {}))).rejects.toThrow(/outer/);
    await expect(layer.insert(model, { id: 'a', n: 1 })).rejects.toMatchObject({ fields: ['id'] });
    expect(
      await layer.findMany(model, { n: { gt: 0 } }, { orderBy: 'id', limit: 5, direction: 'descending' }, ['id']),
    ).toEqual([{ id: 'b' }, { id: 'a' }]);
  });
});
