import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { memoryDataLayer } from '../../lib/adapters/memory/index.js';
import { libsqlFile, postgresDatabase, type TestDatabase } from '../limits/databases.js';
import { refusalOfAsync } from './kit.js';
import { roomVisit, type RoomVisit } from './room-kit.js';

describe.each([
  ['memory', async () => ({ adapter: memoryDataLayer(), remove: async () => {} })],
  ['libsql', libsqlFile],
  ['postgres', postgresDatabase],
] satisfies [string, () => Promise<TestDatabase | null>][])('in parallel on %s', (name, open) => {
  let database: TestDatabase | null = null;
  let visit: RoomVisit | null = null;

  beforeAll(async () => {
    database = await open();
    if (database === null) process.stdout.write(`skipped: no server for ${name}\n`);
    else visit = await roomVisit(database.adapter);
  }, 30_000);

  afterAll(async () => {
    await visit?.layer.close();
    await database?.remove();
  });

  it('a token is spent by exactly one of 50', async () => {
    if (visit === null) return;
    const { data, tokens, ada } = visit;
    const about = { subject: ada, subjectEpoch: 3, lifetimeSeconds: 600 };
    const { token } = await data.transaction((tx) => tokens.issue('reset', about, tx));

    const spends = Array.from({ length: 50 }, () => data.transaction((tx) => tokens.spend('reset', token, tx)));
    const refusals = await Promise.all(spends.map(refusalOfAsync));

    expect(refusals.filter((reason) => reason === null)).toHaveLength(1);
    expect(refusals.filter((reason) => reason === 'spent')).toHaveLength(49);
  }, 60_000);

  it('of 10 tokens issued at once exactly one is good', async () => {
    if (visit === null) return;
    const { data, tokens, ada } = visit;
    const about = { subject: ada, subjectEpoch: 3, lifetimeSeconds: 600 };
    const issues = Array.from({ length: 10 }, () => data.transaction((tx) => tokens.issue('confirm', about, tx)));
    const issued = await Promise.all(issues);

    const refusals = await Promise.all(issued.map(({ token }) => refusalOfAsync(tokens.read('confirm', token))));

    expect(refusals.filter((reason) => reason === null)).toHaveLength(1);
    expect(refusals.filter((reason) => reason === 'spent')).toHaveLength(9);
  }, 60_000);
});
