import { afterEach, describe, expect, it, jest } from '@jest/globals';
import Driver from 'libsql';
import { sqlDataLayer } from '../../lib/adapters/sql/index.js';
import { countersModel } from '../../lib/limits/index.js';
import type { Model } from '../../lib/resources/index.js';
import { temporaryFolder } from './temporary-file.js';

const things: Model = { table: 'things', tenantField: null, columns: { id: { type: 'text' } }, primaryKey: ['id'] };
const END = new Date('2030-01-01T00:00:00Z');

/** How far the commits of each handle go that begins a transaction, since the last call. */
function watch(): () => readonly string[] {
  const { mock } = jest.spyOn(Driver.prototype, 'exec');
  let seen = 0;
  return () => {
    const levels = new Map<unknown, string>();
    const begun: string[] = [];
    for (const [index, [text]] of mock.calls.entries()) {
      const handle = mock.contexts[index];
      const [, level] = /^pragma synchronous = (\w+)$/.exec(text) ?? [];
      if (level !== undefined) levels.set(handle, level);
      if (text === 'begin immediate' && index >= seen) begun.push(levels.get(handle) ?? 'unsaid');
    }
    seen = mock.calls.length;
    return begun;
  };
}

describe('libsql', () => {
  const folder = temporaryFolder();
  afterEach(() => void jest.restoreAllMocks());

  it('waits for the disk with every write, but for counts of attempts', async () => {
    const begins = watch();
    const data = await sqlDataLayer({ url: `file:${folder}/a.db`, migrate: true }).open([things, countersModel]);
    begins();

    await data.insert(things, { id: 'a' });
    await data.delete(things, { id: 'a' });
    await data.transaction((tx) => tx.increment(countersModel, { id: 'x' }, 'count', 1, { expiresAt: END }));
    expect(begins()).toEqual(['full', 'full', 'full']);

    await data.increment(countersModel, { id: 'x' }, 'count', 1, { expiresAt: END });
    await data.delete(countersModel, { id: 'x' });
    expect(begins()).toEqual(['normal', 'normal']);
    await data.close();
  });
});
