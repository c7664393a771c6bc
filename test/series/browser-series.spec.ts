import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { DataLayer, OpenDataLayer, Row, Subject } from 'nest-auth-plug';
import { FakeClock } from 'nest-auth-plug/testing';
import { BrowserSeries, seriesModel, type Shown } from '../../lib/series/index.js';
import { describeEachStore } from '../stores/each-store.js';

const ADA = 'user?id=ada' as Subject;
const AT_ONCE = 50;
const HOUR = 3600;

describeEachStore('a series of steps', (store) => {
  let layer: OpenDataLayer;
  let data: DataLayer;
  let clock: FakeClock;
  let series: BrowserSeries;
  const kind = (name: string, audience = 'app:user') => new BrowserSeries({ kind: name, audience, clock });

  beforeEach(async () => {
    const adapter = await store.empty();
    layer = await adapter.open([seriesModel]);
    data = layer.forTenant('');
    clock = new FakeClock();
    series = kind('remember-me');
  });
  afterEach(() => layer.close());

  const begin = (about: Partial<Parameters<BrowserSeries['begin']>[0]> = {}) => {
    const expiresAt = new Date(clock.now().getTime() + HOUR * 1000);
    const facts = { subject: ADA, subjectEpoch: 3, since: clock.now(), signInId: 'first', expiresAt, ...about };
    return series.begin(facts, data);
  };
  const look = async (value: string): Promise<Shown> => {
    const shown = await series.look(value, data);
    if (shown === null) throw new Error('Expected a series');
    return shown;
  };
  const step = async (value: string, signInId = 'next'): Promise<string> => {
    const next = await series.take(await look(value), signInId, data);
    if (next === null) throw new Error('Expected the next step');
    return next;
  };
  const stateOf = async (value: string) => (await series.look(value, data))?.state ?? null;

  it('says whose it is, and has another secret after each use', async () => {
    const first = await begin();
    expect(await look(first)).toMatchObject({ state: 'due', subject: ADA, epoch: 3, signInId: 'first', value: first });

    const second = await step(first, 'second');

    expect(second).not.toBe(first);
    expect(second).toMatch(/^[\w-]{43}\.[\w-]{43}$/);
    expect(await look(second)).toMatchObject({ signInId: 'second', value: second, since: clock.now() });
  });

  it('[ASVS 15.4.2] [ASVS 2.3.4] is stepped by one of fifty parallel uses, and the others get the same next step', async () => {
    const first = await begin();
    const shown = await Promise.all(Array.from({ length: AT_ONCE }, () => look(first)));

    const taken = await Promise.all(shown.map((one, index) => series.take(one, `sign-in ${index}`, data)));

    const winners = taken.filter((value) => value !== null);
    expect(winners).toHaveLength(1);
    const after = await Promise.all(shown.map(() => look(first)));
    expect(after.map(({ state, value }) => [state, value])).toEqual(after.map(() => ['kept', winners[0]]));
    expect(after[0]?.signInId).toBe(`sign-in ${taken.findIndex((value) => value !== null)}`);
  });

  it('takes the step before for 30 seconds, and makes no other in that time', async () => {
    const first = await begin();
    const second = await step(first);

    clock.advance(30);
    expect([await stateOf(first), await stateOf(second)]).toEqual(['kept', 'kept']);
    expect(await step(second)).toBe(second);
    clock.advance(1);
    expect([await stateOf(first), await stateOf(second)]).toEqual(['older', 'due']);
  });

  it('knows any step before that one as old, at once', async () => {
    const first = await begin();
    const second = await step(first);
    clock.advance(31);
    const third = await step(second);

    expect([await stateOf(first), await stateOf(second), await stateOf(third)]).toEqual(['older', 'kept', 'kept']);
  });

  it('is made of no row: whoever reads it has neither name nor secret', async () => {
    const second = await step(await begin());
    const [name = '', secret = ''] = second.split('.');
    const row = (await data.findOne(seriesModel, { id: (await look(second)).id })) ?? {};
    const read = Object.values(row).filter((value) => typeof value === 'string');

    expect(read).not.toContain(name);
    expect(read).not.toContain(secret);
    for (const one of read) for (const other of read) expect(await series.look(`${one}.${other}`, data)).toBeNull();
  });

  it('gets another next step at another time: nobody makes it of an old cookie', async () => {
    const first = await begin();
    const before = await data.findOne(seriesModel, {});
    const second = await step(first);
    await data.update(seriesModel, { id: String(before?.['id']) }, withoutId(before));

    expect(await step(first)).not.toBe(second);
  });

  it.each([
    '',
    '.',
    'garbage',
    'x'.repeat(43),
    `${'x'.repeat(43)}.${'y'.repeat(42)}`,
    `${'ä'.repeat(43)}.${'y'.repeat(43)}`,
  ])('is none by %j', async (value) => {
    await begin();

    expect(await series.look(value, data)).toBeNull();
  });

  it('is nothing to another kind, another app, another resource, another tenant', async () => {
    const value = await begin();

    for (const other of [kind('trusted-device'), kind('remember-me', 'app:admin'), kind('remember-me', 'other:user')]) {
      expect(await other.look(value, data)).toBeNull();
    }
    expect(await series.look(value, layer.forTenant('acme'))).toBeNull();
    expect(await stateOf(value)).toBe('due');
  });

  it('ends at its time, whatever was done with it', async () => {
    const first = await begin();
    clock.advance(HOUR - 1);
    const second = await step(first);
    expect(await stateOf(second)).toBe('kept');

    clock.advance(1);

    expect([await stateOf(first), await stateOf(second)]).toEqual([null, null]);
  });

  it('ends by itself, with its sign-in, or with all of its subject and kind', async () => {
    const [one, two, three] = [await begin(), await begin({ signInId: 'of two' }), await begin()];
    const trusted = kind('trusted-device');
    const other = await trusted.begin({ ...(await look(one)), subjectEpoch: 3, signInId: null }, data);

    expect(await series.end({ id: (await look(one)).id }, data)).toBe(1);
    expect([await stateOf(one), await stateOf(two)]).toEqual([null, 'due']);
    expect(await series.end({ subject: ADA, signInId: 'of two' }, data)).toBe(1);
    expect([await stateOf(two), await stateOf(three)]).toEqual([null, 'due']);
    expect(await series.end({ subject: ADA }, data)).toBe(1);
    expect([await stateOf(three), (await trusted.look(other, data))?.state]).toEqual([null, 'due']);
  });

  it('is not stepped once it has ended', async () => {
    const shown = await look(await begin());
    await series.end({ id: shown.id }, data);

    expect(await series.take(shown, 'late', data)).toBeNull();
    expect(await data.findOne(seriesModel, {})).toBeNull();
  });

  it('goes on with the sign-in that took the place of its own, and with a new one', async () => {
    const value = await begin();
    await series.move('first', { id: 'stepped up', subject: ADA }, data);
    expect(await look(value)).toMatchObject({ state: 'due', signInId: 'stepped up' });

    clock.advance(5);
    await series.attach(await look(value), { id: 'anew', at: clock.now() }, data);
    expect(await look(value)).toMatchObject({ state: 'due', signInId: 'anew', since: clock.now() });
  });
});

function withoutId(row: Row | null): Row {
  const { id: _, tenant: __, ...rest } = row ?? {};
  return rest;
}

describe('the table of series', () => {
  it('[ASVS 11.4.3] keeps digests and a salt, and no secret', () => {
    expect(Object.keys(seriesModel.columns).toSorted()).toEqual(
      [
        'beforeHash',
        'epoch',
        'expiresAt',
        'id',
        'kind',
        'salt',
        'signInId',
        'since',
        'stepHash',
        'steppedAt',
        'subject',
        'tenant',
        'userAgent',
      ].toSorted(),
    );
  });
});
