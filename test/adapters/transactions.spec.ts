import { describe, expect, it } from '@jest/globals';
import { memoryDataLayer } from 'nest-auth-plug/adapters/memory';
import { dataLayerContractModels, things } from '../../lib/testing/contracts/data-layer-models.js';

const opened = () => memoryDataLayer().open(dataLayerContractModels);
const REFUSED = 'The outer data layer was used inside a transaction';

describe('transactions of two databases, one in the other,', () => {
  it('refuse the handles of both, each until it is over', async () => {
    const [first, second] = [await opened(), await opened()];
    const rowsOf = (layer: typeof first) => layer.findOne(things, { id: 'x' });

    await first.transaction(async () => {
      expect(await rowsOf(second)).toBeNull();
      await second.transaction(async () => {
        await expect(rowsOf(first)).rejects.toThrow(REFUSED);
        await expect(rowsOf(second)).rejects.toThrow(REFUSED);
      });
      expect(await rowsOf(second)).toBeNull();
      await expect(rowsOf(first)).rejects.toThrow(REFUSED);
    });
    expect([await rowsOf(first), await rowsOf(second)]).toEqual([null, null]);
  });
});
