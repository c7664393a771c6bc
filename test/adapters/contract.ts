import { afterAll, beforeAll, describe, it } from '@jest/globals';
import type { DataLayerAdapter, OpenDataLayer } from '../../lib/resources/index.js';
import { dataLayerContract } from '../../lib/testing/contracts/data-layer-contract.js';

/** Runs the contract on two handles of one adapter. */
export function describeContract(makeAdapter: () => DataLayerAdapter): void {
  describe('the contract of data layers', () => {
    const { models, checks } = dataLayerContract();
    let layer: OpenDataLayer;
    let other: OpenDataLayer;

    beforeAll(async () => {
      const adapter = makeAdapter();
      layer = await adapter.open(models);
      other = await adapter.open(models);
    });
    afterAll(async () => {
      await layer.close();
      await other.close();
    });

    it.each(checks)('$name', (check) => check.run(layer, other));
  });
}
