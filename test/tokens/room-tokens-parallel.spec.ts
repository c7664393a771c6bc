import { afterAll, beforeAll, expect, it } from '@jest/globals';

import { describeEachStore } from '../stores/each-store.js';
import { refusalOfAsync } from './kit.js';
import { roomVisit, type RoomVisit } from './room-kit.js';

describeEachStore('tokens in parallel', (store) => {
  let visit: RoomVisit;

  beforeAll(async () => {
    visit = await roomVisit(await store.empty());
  }, 30_000);

  afterAll(() => visit.layer.close());

  it('a token is spent by exactly one of 50', async () => {
    const { data, tokens, ada } = visit;
    const about = { subject: ada, subjectEpoch: 3, lifetimeSeconds: 600 };
    const { token } = await data.transaction((tx) => tokens.issue('reset', about, tx));

    const spends = Array.from({ length: 50 }, () => data.transaction((tx) => tokens.spend('reset', token, tx)));
    const refusals = await Promise.all(spends.map(refusalOfAsync));

    expect(refusals.filter((reason) => reason === null)).toHaveLength(1);
    expect(refusals.filter((reason) => reason === 'spent')).toHaveLength(49);
  }, 60_000);

  it('of 10 tokens issued at once exactly one is good', async () => {
    const { data, tokens, ada } = visit;
    const about = { subject: ada, subjectEpoch: 3, lifetimeSeconds: 600 };
    const issues = Array.from({ length: 10 }, () => data.transaction((tx) => tokens.issue('confirm', about, tx)));
    const issued = await Promise.all(issues);

    const refusals = await Promise.all(issued.map(({ token }) => refusalOfAsync(tokens.read('confirm', token))));

    expect(refusals.filter((reason) => reason === null)).toHaveLength(1);
    expect(refusals.filter((reason) => reason === 'spent')).toHaveLength(9);
  }, 60_000);

  it('of 10 tokens issued at once about one address and nobody exactly one is good', async () => {
    const { data, tokens } = visit;
    const about = { subject: null, subjectEpoch: 0, topic: 'new@example.com', lifetimeSeconds: 600 };
    const issues = Array.from({ length: 10 }, () => data.transaction((tx) => tokens.issue('confirm', about, tx)));
    const issued = await Promise.all(issues);

    const refusals = await Promise.all(issued.map(({ token }) => refusalOfAsync(tokens.read('confirm', token))));

    expect(refusals.filter((reason) => reason === null)).toHaveLength(1);
  }, 60_000);
});
