import { describe, expect, it } from '@jest/globals';
import { Turns } from '../../lib/adapters/turns.js';

describe('Turns', () => {
  it('gives turns in the order in which they were asked for', async () => {
    const turns = new Turns(1000);
    const order: number[] = [];

    await Promise.all([1, 2, 3].map((index) => turns.use(() => order.push(index))));

    expect(order).toEqual([1, 2, 3]);
  });

  it('forgets whoever gave up waiting, and serves the next', async () => {
    const turns = new Turns(20);
    const done = await turns.take();

    await expect(turns.take()).rejects.toMatchObject({ name: 'StoreUnavailable', reason: 'timeout' });
    done();

    expect(await turns.use(() => 'served')).toBe('served');
  });

  it('goes on after work that threw', async () => {
    const turns = new Turns(1000);
    const failing = turns.use(() => {
      throw new RangeError('no');
    });

    await expect(failing).rejects.toThrow(RangeError);
    expect(await turns.use(() => 'served')).toBe('served');
  });
});
