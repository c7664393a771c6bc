import { describe, expect, it } from '@jest/globals';
import { memoryDataLayer } from 'nest-auth-plug/adapters/memory';
import { describeContract } from './contract.js';

describe('memoryDataLayer', () => {
  describeContract(memoryDataLayer);

  it('is not durable, and lacks nothing', async () => {
    const adapter = memoryDataLayer();
    const layer = await adapter.open([]);

    expect(adapter).toMatchObject({ name: 'memory', durable: false });
    expect(await layer.check()).toEqual([]);
  });
});
