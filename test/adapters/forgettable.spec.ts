import { afterEach, describe, expect, it, jest } from '@jest/globals';
import Driver from 'libsql';
import { sqlDataLayer } from '../../lib/adapters/sql/index.js';
import { countersModel } from '../../lib/limits/index.js';
import type { Model } from '../../lib/resources/index.js';
import { temporaryFolder } from './temporary-file.js';

const things: Model = { table: 'things', tenantField: null, columns: { id: { type: 'text' } }, primaryKey: ['id'] };
const END = new Date('2030-01-01T00:00:00Z');

/** What each handle of libsql is told: how far its commits go, and what it begins. */
function watch(): { readonly begins: () => readonly string[] } {
  const levels = new Map<unknown, string>();
  const begun: string[] = [];
  const { exec } = Driver.prototype;
  jest.spyOn(Driver.prototype, 'exec').mockImplementation(function (this: Driver.Database, text: string) {
    const [, level] = /^pragma synchronous = (\w+)$/.exec(text) ?? [];
    if (level !== undefined) levels.set(this, level);
    if (text === 'begin immediate') begun.push(levels.get(this) ?? 'unsaid');
    return exec.call(this, text);
  });
  return { begins: () => begun.splice(0) };
}

describe('libsql', () => {
  const folder = temporaryFolder();
  afterEach(() => void jest.restoreAllMocks());

  it('waits for the disk with every write, but for counts of attempts', async () => {
    const { begins } = watch();
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
