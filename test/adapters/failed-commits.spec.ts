import { afterEach, describe, expect, it } from '@jest/globals';
import { DummyDriver, Kysely, sql, SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler } from 'kysely';
import Driver from 'libsql';
import { BoundDataLayer, outside } from '../../lib/adapters/bound-data-layer.js';
import { LibsqlDatabase } from '../../lib/adapters/sql/libsql/libsql-database.js';
import { LibsqlHandle } from '../../lib/adapters/sql/libsql/libsql-handle.js';
import { libsqlDialect } from '../../lib/adapters/sql/libsql/libsql.dialect.js';
import { SqlStore } from '../../lib/adapters/sql/sql-store.js';
import { Transactions } from '../../lib/adapters/transactions.js';
import type { Model } from '../../lib/resources/index.js';
import { temporaryFolder } from './temporary-file.js';

const TIMEOUT_MS = 300;
const model: Model = { table: 'things', tenantField: null, columns: { id: { type: 'text' } }, primaryKey: ['id'] };
const forgettable: Model = { ...model, forgettable: true };
const UNAVAILABLE = { name: 'StoreUnavailable', reason: 'storage' };

/** A disk that fails once for each text it is given. */
class FailingHandle extends LibsqlHandle {
  readonly failing = new Set<string>();

  override exec(text: string): void {
    if (this.failing.delete(text)) throw Object.assign(new Error('disk I/O error'), { code: 'SQLITE_IOERR' });
    super.exec(text);
  }
}

describe('libsql whose disk fails once', () => {
  const folder = temporaryFolder();
  const opened: LibsqlDatabase[] = [];
  let files = 0;

  afterEach(async () => {
    // A turn that was never handed on would let this wait until it throws.
    for (const database of opened.splice(0)) await database.close();
  });

  function open() {
    const path = `${folder}/${(files += 1)}.db`;
    const writer = new FailingHandle(new Driver(path));
    writer.exec('pragma journal_mode = wal');
    writer.exec('create table things (id text primary key)');
    const compiler = new Kysely<Record<string, Record<string, unknown>>>({
      dialect: {
        createAdapter: () => new SqliteAdapter(),
        createDriver: () => new DummyDriver(),
        createIntrospector: (database) => new SqliteIntrospector(database),
        createQueryCompiler: () => new SqliteQueryCompiler(),
      },
    });
    const reader = new LibsqlHandle(new Driver(path));
    const hastyWriter = new FailingHandle(new Driver(path));
    const database = new LibsqlDatabase({ compiler, sql, reader, writer, hastyWriter, timeoutMs: TIMEOUT_MS });
    opened.push(database);
    const store = new SqlStore(libsqlDialect, database);
    const data = new BoundDataLayer(outside(store, new Transactions(store, TIMEOUT_MS)), null);
    const ids = async () => (await data.findMany(model, {}, { orderBy: 'id', limit: 9 })).map(({ id }) => id);
    return { data, ids, failing: writer.failing, failingHastily: hastyWriter.failing };
  }

  it.each([['commit'], ['commit', 'rollback']])('goes on after a failed %s, in a transaction', async (...texts) => {
    const { data, ids, failing } = open();
    for (const text of texts) failing.add(text);

    await expect(data.transaction((tx) => tx.insert(model, { id: 'a' }))).rejects.toMatchObject(UNAVAILABLE);
    await data.transaction((tx) => tx.insert(model, { id: 'b' }));

    expect(failing.size).toBe(0);
    expect(await ids()).toEqual(['b']);
  });

  it.each([['commit'], ['commit', 'rollback']])('goes on after a failed %s, of a single write', async (...texts) => {
    const { data, ids, failing } = open();
    for (const text of texts) failing.add(text);

    await expect(data.insert(model, { id: 'a' })).rejects.toMatchObject(UNAVAILABLE);
    await data.insert(model, { id: 'b' });

    expect(failing.size).toBe(0);
    expect(await ids()).toEqual(['b']);
  });

  it.each([
    ['commit', forgettable],
    ['commit and rollback', forgettable],
    ['commit', model],
    ['commit and rollback', model],
  ])('goes on with all tables after a failed %s of a row that may be forgotten', async (texts, next) => {
    const { data, ids, failingHastily } = open();
    for (const text of texts.split(' and ')) failingHastily.add(text);

    await expect(data.insert(forgettable, { id: 'a' })).rejects.toMatchObject(UNAVAILABLE);
    await data.insert(next, { id: 'b' });

    expect(failingHastily.size).toBe(0);
    expect(await ids()).toEqual(['b']);
  });

  it('goes on with what may be forgotten after a failed commit and rollback of what may not', async () => {
    const { data, ids, failing } = open();
    failing.add('commit').add('rollback');

    await expect(data.insert(model, { id: 'a' })).rejects.toMatchObject(UNAVAILABLE);
    await data.insert(forgettable, { id: 'b' });

    expect(await ids()).toEqual(['b']);
  });

  it('goes on after a failed rollback', async () => {
    const { data, ids, failing } = open();
    failing.add('rollback');
    const left = data.transaction(async (tx) => {
      await tx.insert(model, { id: 'a' });
      throw new RangeError('left');
    });

    await expect(left).rejects.toThrow(RangeError);
    await data.insert(model, { id: 'b' });

    expect(await ids()).toEqual(['b']);
  });

  it('goes on after a failed migration', async () => {
    const { data, ids, failing } = open();
    failing.add('commit').add('rollback');
    const [database] = opened;

    await expect(database?.migrate((run) => run('create table others (id text)'))).rejects.toMatchObject({
      code: 'SQLITE_IOERR',
    });
    await data.insert(model, { id: 'b' });

    expect(await ids()).toEqual(['b']);
    expect([...((await database?.describe(['things', 'others'])) ?? [])].map(([table]) => table)).toEqual(['things']);
  });
});
