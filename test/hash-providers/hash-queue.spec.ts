import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { TooBusy } from '../../lib/errors/index.js';
import { HashQueue } from '../../lib/hash-providers/index.js';
import { resolveHashQueueOptions } from '../../lib/hash-providers/hash-queue.options.js';

/** Work that ends when it is told to, and a record of what began. */
class Works {
  readonly begun: string[] = [];
  readonly refused: string[] = [];
  readonly #ends: (() => void)[] = [];

  constructor(private readonly queue: HashQueue) {}

  add(address: string, name = address): void {
    const work = () => {
      this.begun.push(name);
      return new Promise<void>((resolve) => this.#ends.push(resolve));
    };
    this.queue.run(address, work).catch((error: unknown) => {
      // Work that a test leaves waiting is refused after it: by then there is no `expect` any more.
      if (!(error instanceof TooBusy)) throw error;
      this.refused.push(name);
    });
  }

  async endOne(): Promise<void> {
    this.#ends.shift()?.();
    await settled();
  }
}

const settled = () => new Promise<void>((resolve) => process.nextTick(() => process.nextTick(resolve)));

describe('the hash queue', () => {
  it('answers with what the work answers, and passes its error on', async () => {
    const queue = new HashQueue({ parallel: 1 });

    expect(await queue.run('192.0.2.1', async () => 7)).toBe(7);
    await expect(queue.run('192.0.2.1', () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
    expect(await queue.run('192.0.2.1', async () => 8)).toBe(8);
  });

  it('[ASVS 15.2.2] runs at most `parallel` at once', async () => {
    const works = new Works(new HashQueue({ parallel: 2 }));
    for (const name of ['a', 'b', 'c', 'd']) works.add('192.0.2.1', name);
    await settled();

    expect(works.begun).toEqual(['a', 'b']);
    await works.endOne();
    expect(works.begun).toEqual(['a', 'b', 'c']);
  });

  it('[ASVS 15.2.2] lets sources take turns, so that one with many waits for the others', async () => {
    const works = new Works(new HashQueue({ parallel: 1 }));
    for (const name of ['a1', 'a2', 'a3', 'a4']) works.add('192.0.2.1', name);
    works.add('192.0.2.2', 'b1');
    works.add('192.0.2.2', 'b2');
    for (let index = 0; index < 6; index += 1) await works.endOne();

    expect(works.begun).toEqual(['a1', 'a2', 'b1', 'a3', 'b2', 'a4']);
  });

  it('[ASVS 15.2.2] refuses the source that fills the queue, and not the others', async () => {
    const works = new Works(new HashQueue({ parallel: 1, maxWaiting: 4 }));
    for (let index = 0; index < 8; index += 1) works.add('192.0.2.1', `a${index}`);
    await settled();
    expect(works.refused).toEqual(['a5', 'a6', 'a7']);

    works.add('192.0.2.2', 'b0');
    works.add('192.0.2.2', 'b1');
    works.add('192.0.2.2', 'b2');
    await settled();

    expect(works.refused.slice(3).sort()).toEqual(['a3', 'a4', 'b2']);
    for (let index = 0; index < 5; index += 1) await works.endOne();
    expect(works.begun).toEqual(['a0', 'a1', 'b0', 'a2', 'b1']);
  });

  it('counts the addresses of one IPv6 /64 as one source, and those of two as two', async () => {
    const works = new Works(new HashQueue({ parallel: 1, maxWaiting: 2 }));
    works.add('192.0.2.1', 'running');
    works.add('2001:db8::1', 'a1');
    works.add('2001:DB8:0:0:1:2:3:4', 'a2');
    works.add('2001:db8:0:0::9', 'a3');
    works.add('2001:db8:0:1::1', 'b1');
    await settled();

    expect(works.refused).toEqual(['a3', 'a2']);
  });

  it('counts IPv4 clients of a dual-stack socket one by one', async () => {
    const works = new Works(new HashQueue({ parallel: 1, maxWaiting: 2 }));
    works.add('192.0.2.9', 'running');
    works.add('::ffff:192.0.2.1', 'a1');
    works.add('192.0.2.1', 'a2');
    works.add('::ffff:192.0.2.2', 'b1');
    await settled();

    expect(works.refused).toEqual(['a2']);
  });

  it('refuses at once when nothing may wait', async () => {
    const works = new Works(new HashQueue({ parallel: 1, maxWaiting: 0 }));
    works.add('192.0.2.1', 'a');
    works.add('192.0.2.2', 'b');
    await settled();

    expect(works.refused).toEqual(['b']);
  });

  it.each([
    { parallel: 0 },
    { parallel: 1.5 },
    { maxWaiting: -1 },
    { maxWaiting: Number.POSITIVE_INFINITY },
    { maxWaitSeconds: 0 },
    { maxWaitSeconds: 61 },
    { maxWaitSeconds: Number.NaN },
  ])('refuses %j at the call', (options) => {
    expect(() => new HashQueue(options)).toThrow(RangeError);
  });

  it('lets two run and 128 wait for two seconds unless told otherwise', () => {
    expect(resolveHashQueueOptions()).toEqual({ parallel: 2, maxWaiting: 128, maxWaitSeconds: 2 });
  });
});

describe('the wait in the hash queue', () => {
  beforeEach(() => void jest.useFakeTimers({ doNotFake: ['nextTick'] }));
  afterEach(() => void jest.useRealTimers());

  it('[ASVS 15.2.2] is bounded: then the answer is 503, and the place is free again', async () => {
    const works = new Works(new HashQueue({ parallel: 1, maxWaiting: 1, maxWaitSeconds: 2 }));
    works.add('192.0.2.1', 'a');
    works.add('192.0.2.2', 'b');

    jest.advanceTimersByTime(1999);
    await settled();
    expect(works.refused).toEqual([]);
    jest.advanceTimersByTime(1);
    await settled();
    expect(works.refused).toEqual(['b']);

    works.add('192.0.2.3', 'c');
    await works.endOne();
    expect(works.begun).toEqual(['a', 'c']);
    expect(jest.getTimerCount()).toBe(0);
  });
});
