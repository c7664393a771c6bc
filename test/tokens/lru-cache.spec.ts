import { describe, expect, it } from '@jest/globals';
import { LruCache } from '../../lib/tokens/lru-cache.js';

const filled = (cache: LruCache<number>, from: number, to: number) => {
  for (let index = from; index < to; index++) cache.set(`k${index}`, index);
};
const held = (cache: LruCache<number>, count: number) =>
  Array.from({ length: count }, (_, index) => index).filter((index) => cache.get(`k${index}`) !== undefined);

describe('LruCache', () => {
  it('holds what came last, and no more than it may', () => {
    const cache = new LruCache<number>(10);
    filled(cache, 0, 1000);

    expect(cache.get('k999')).toBe(999);
    expect(held(cache, 1000).length).toBeLessThanOrEqual(10);
  });

  it('keeps what is asked for, however much comes after', () => {
    const cache = new LruCache<number>(10);
    filled(cache, 0, 1);
    for (let index = 1; index < 100; index++) {
      cache.set(`k${index}`, index);
      expect(cache.get('k0')).toBe(0);
    }
    expect(cache.get('k50')).toBeUndefined();
  });

  it('has the newer of two values', () => {
    const cache = new LruCache<number>(4);
    filled(cache, 0, 3);
    cache.set('k0', 7);

    expect(cache.get('k0')).toBe(7);
  });

  it('is empty once it was cleared', () => {
    const cache = new LruCache<number>(10);
    filled(cache, 0, 10);
    cache.clear();

    expect(held(cache, 10)).toEqual([]);
  });
});
