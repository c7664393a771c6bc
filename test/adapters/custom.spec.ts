import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { blocksOf } from '../docs/markdown.js';
import { describeContract } from './contract.js';
import { mapDataLayer } from './map-data-layer.js';

describe('an adapter that somebody wrote', () => {
  it('is the one in the docs, word for word', () => {
    const page = 'docs/custom-data-layer.md';
    const block = blocksOf(page, readFileSync(page, 'utf8')).find(({ code }) =>
      code.startsWith('// map-data-layer.ts'),
    );

    expect(block?.code.trim()).toBe(readFileSync('test/adapters/map-data-layer.ts', 'utf8').trim());
  });

  const adapter = mapDataLayer();
  describeContract(() => adapter);
});
