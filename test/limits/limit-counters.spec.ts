import { createSecretKey } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { memoryDataLayer } from '../../lib/adapters/memory/index.js';
import { LimitExceeded } from '../../lib/errors/index.js';
import { countersModel, LimitCounters } from '../../lib/limits/index.js';
import type { DataLayerAdapter, OpenDataLayer } from '../../lib/resources/index.js';
import type { LimitRule } from '../../lib/strategy/index.js';
import { DAY, MINUTE } from '../../lib/time/index.js';
import { testClock, type TestClock } from '../tokens/kit.js';
import { describeEachStore } from '../stores/each-store.js';

const theKey = createSecretKey(Buffer.alloc(32, 'd'));
const digestKey = () => theKey;
const QUARTER: LimitRule = { limit: 3, windowSeconds: 15 * MINUTE };
const DAILY: LimitRule = { limit: 5, windowSeconds: DAY };
const KEY = ['guess', 'user', '', 'ada@example.com'];

interface Visit {
  readonly clock: TestClock;
  readonly layer: OpenDataLayer;
  readonly counters: LimitCounters;
}

async function visit(adapter: DataLayerAdapter = memoryDataLayer()): Promise<Visit> {
  const [clock, layer] = [testClock(), await adapter.open([countersModel])];
  return { clock, layer, counters: new LimitCounters({ data: layer, clock, digestKey }) };
}

/** Seconds to wait; 0 when the attempt may go on. */
async function attempt(counters: LimitCounters, rules: readonly LimitRule[], key = KEY): Promise<number> {
  try {
    await counters.count(key, rules);
    return 0;
  } catch (error) {
    if (error instanceof LimitExceeded) return error.retryAfterSeconds;
    throw error;
  }
}

async function attempts(count: number, counters: LimitCounters, rules: readonly LimitRule[]): Promise<number[]> {
  const waits: number[] = [];
  for (let done = 0; done < count; done++) waits.push(await attempt(counters, rules));
  return waits;
}

describe('a limit', () => {
  it('lets as many attempts through as it says, and tells the rest how long to wait', async () => {
    const { counters, clock } = await visit();

    expect(await attempts(3, counters, [QUARTER])).toEqual([0, 0, 0]);
    clock.advance(100);
    expect(await attempts(2, counters, [QUARTER])).toEqual([800, 800]);
  });

  it('ends with its window, to the second', async () => {
    const { counters, clock } = await visit();
    await attempts(3, counters, [QUARTER]);

    clock.advance(899);
    expect(await attempt(counters, [QUARTER])).toBe(1);
    clock.advance(0.999);
    expect(await attempt(counters, [QUARTER])).toBe(1);
    clock.advance(0.001);
    expect(await attempts(4, counters, [QUARTER])).toEqual([0, 0, 0, 900]);
  });

  it('counts under every rule, but what a short window refuses uses up no long one', async () => {
    const { counters, clock } = await visit();

    expect(await attempts(6, counters, [QUARTER, DAILY])).toEqual([0, 0, 0, 900, 900, 900]);
    clock.advance(900);
    expect(await attempts(3, counters, [DAILY, QUARTER])).toEqual([0, 0, DAY - 900]);
  });

  it('is of one key, however the parts of it are cut', async () => {
    const { counters } = await visit();
    const rule = { limit: 1, windowSeconds: 60 };
    const keys = [
      ['a', 'bc'],
      ['ab', 'c'],
      ['abc'],
      ['a', 'b', 'c'],
      ['', 'abc'],
      ['abc', ''],
      ['a","bc'],
      ['a\0bc'],
      ['A', 'bc'],
    ];

    for (const key of keys) expect([key, await attempt(counters, [rule], key)]).toEqual([key, 0]);
    for (const key of keys) expect([key, await attempt(counters, [rule], key)]).toEqual([key, 60]);
  });

  it('of nothing lets nothing pass, and no rule lets everything', async () => {
    const { counters } = await visit();

    expect(await attempt(counters, [{ limit: 0, windowSeconds: 60 }])).toBe(60);
    expect(await attempts(3, counters, [])).toEqual([0, 0, 0]);
  });

  it('begins anew after a right guess, for that key alone', async () => {
    const { counters } = await visit();
    const rules = [QUARTER, DAILY];
    const other = ['guess', 'user', '', 'eve@example.com'];
    await attempts(5, counters, rules);
    for (let count = 0; count < 3; count++) await counters.count(other, rules);

    await counters.reset(KEY, rules);
    await counters.reset(KEY, []);

    expect(await attempts(4, counters, rules)).toEqual([0, 0, 0, 900]);
    expect(await attempt(counters, rules, other)).toBe(900);
  });

  it('keeps no address and no name, and the end of its window', async () => {
    const { counters, layer } = await visit();
    await counters.count(KEY, [QUARTER]);
    await counters.count([...KEY, '192.0.2.1'], [QUARTER]);

    const rows = await layer.findMany(countersModel, {}, { orderBy: 'id', limit: 10 });

    const expiresAt = new Date('2030-01-01T00:15:00Z');
    const row = { id: expect.stringMatching(/^[\w-]{43}$/), count: 1, expiresAt };
    expect(rows).toEqual([row, row]);
  });

  it('[ASVS 6.6.3] ends with what it is of, and with no window before that', async () => {
    const { counters, clock, layer } = await visit();
    clock.advance(DAY - 60);
    const until = new Date(clock.now().getTime() + 600_000);
    const guess = () =>
      counters.countUntil(KEY, { limit: 2, until }).then(
        () => 0,
        (error: unknown) => (error instanceof LimitExceeded ? error.retryAfterSeconds : error),
      );

    expect([await guess(), await guess(), await guess()]).toEqual([0, 0, 600]);
    clock.advance(120);
    expect(await guess()).toBe(480);
    expect(await layer.findMany(countersModel, {}, { orderBy: 'id', limit: 10 })).toMatchObject([{ expiresAt: until }]);
    await counters.countUntil(KEY, { limit: 2, until: new Date(until.getTime() + 1) });
    await counters.countUntil([...KEY, 'another'], { limit: 2, until });
  });

  it('is found again only with the same digest key', async () => {
    const { layer, clock, counters } = await visit();
    const otherKey = createSecretKey(Buffer.alloc(32, 'e'));
    const others = new LimitCounters({ data: layer, clock, digestKey: () => otherKey });
    await attempts(3, counters, [QUARTER]);

    expect(await attempt(others, [QUARTER])).toBe(0);
    expect(await attempt(new LimitCounters({ data: layer, clock, digestKey }), [QUARTER])).toBe(900);
  });
});

describeEachStore('attempts in parallel', (store) => {
  let there: Visit;

  beforeAll(async () => {
    there = await visit(await store.empty());
  }, 30_000);

  afterAll(() => there.layer.close());

  it('[ASVS 2.3.4, 15.4.2] never lets more of 200 attempts through than the limit', async () => {
    const { counters, clock } = there;
    const rules = [
      { limit: 10, windowSeconds: 15 * MINUTE },
      { limit: 30, windowSeconds: DAY },
    ];

    const waits = await Promise.all(Array.from({ length: 200 }, () => attempt(counters, rules)));
    expect(waits.filter((wait) => wait === 0)).toHaveLength(10);
    expect(waits.filter((wait) => wait === 900)).toHaveLength(190);

    await counters.reset(KEY, rules);
    clock.advance(900);
    expect(await attempt(counters, rules)).toBe(0);
  }, 60_000);
});
