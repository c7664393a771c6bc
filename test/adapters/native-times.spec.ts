import { describe, expect, it } from '@jest/globals';
import { sqlDataLayer } from 'nest-auth-plug/adapters/sql';
import type { Model } from '../../lib/resources/index.js';
import { places, type Server } from './tables-before.js';

const TYPES: Readonly<Record<Server, readonly string[]>> = {
  libsql: ['text', 'datetime', 'timestamp', 'varchar(40)', 'integer'],
  postgres: ['timestamptz', 'timestamp', 'timestamptz(0)', 'bigint'],
  mariadb: ['datetime', 'datetime(3)', 'datetime(6)', 'timestamp null', 'bigint'],
};
/** What the app wrote, and what stands for it in milliseconds. */
const FOREIGN: Readonly<Record<Server, readonly [type: string, written: string, read: string][]>> = {
  libsql: [
    ['datetime', `'2020-01-02 03:04:05'`, '2020-01-02T03:04:05.000Z'],
    ['datetime', `'2020-01-02T05:04:05.678+02:00'`, '2020-01-02T03:04:05.678Z'],
    ['datetime', '1577934245678', '2020-01-02T03:04:05.678Z'],
    ['text', `'1969-12-31 23:59:59.999'`, '1969-12-31T23:59:59.999Z'],
    ['text', `'long ago'`, '1970-01-01T00:00:00.000Z'],
  ],
  postgres: [
    ['timestamptz', `'2020-01-02 03:04:05.678999+00'`, '2020-01-02T03:04:05.678Z'],
    ['timestamp', `'2020-01-02 03:04:05.678'`, '2020-01-02T03:04:05.678Z'],
    ['timestamptz', `'1969-12-31 23:59:59.999+00'`, '1969-12-31T23:59:59.999Z'],
    ['timestamp', `'infinity'`, '+275760-09-13T00:00:00.000Z'],
    ['timestamptz', `'-infinity'`, '-271821-04-20T00:00:00.000Z'],
  ],
  mariadb: [
    ['datetime(6)', `'2020-01-02 03:04:05.678999'`, '2020-01-02T03:04:05.678Z'],
    ['datetime(3)', `'1969-12-31 23:59:59.999'`, '1969-12-31T23:59:59.999Z'],
    ['datetime', `'2100-01-02 03:04:05'`, '2100-01-02T03:04:05.000Z'],
    ['timestamp null', `'2020-01-02 03:04:05'`, '2020-01-02T03:04:05.000Z'],
    ['datetime', `'0000-00-00 00:00:00'`, '1970-01-01T00:00:00.000Z'],
  ],
};

const model: Model = {
  table: 'people',
  tenantField: null,
  columns: { id: { type: 'integer' }, bornAt: { type: 'time', nullable: true, column: 'born at.all as text' } },
  primaryKey: ['id'],
};
const visits: Model = {
  table: 'visits',
  tenantField: null,
  columns: { id: { type: 'text' }, handleHash: { type: 'text' }, userKey: { type: 'text' } },
  primaryKey: ['id'],
};
const tableOf = (name: Server, type: string) => {
  const quote = name === 'mariadb' ? '`' : '"';
  return `create table people (id integer not null primary key, ${quote}born at.all as text${quote} ${type})`;
};

describe.each(places)("a time column of the database's own, on $name", ({ name, make }) => {
  it.each(TYPES[name])('%s keeps what it can of a time, and is compared as it is read', async (type) => {
    const { url, query } = await make();
    await query(tableOf(name, type));
    const layer = await sqlDataLayer({ url, migrate: true }).open([model, visits]);
    const bornAt = new Date('2026-01-02T03:04:05.678Z');

    const made = await layer.insert(model, { id: 1, bornAt });
    await layer.insert(model, { id: 2, bornAt: new Date('2027-01-01T00:00:00Z') });
    await layer.insert(model, { id: 3, bornAt: null });

    expect(await layer.check()).toEqual([]);
    expect(await layer.findOne(model, { id: 1 })).toEqual(made);
    const { bornAt: kept } = made;
    expect(kept).toBeInstanceOf(Date);
    expect(Math.abs(Number(kept) - bornAt.getTime())).toBeLessThan(1000);
    expect(await layer.findOne(model, { bornAt: kept ?? null }, ['id'])).toEqual({ id: 1 });
    const found = async (page: { readonly after?: Date | undefined }) =>
      (await layer.findMany(model, {}, { orderBy: 'bornAt', limit: 9, ...page })).map(({ id }) => id);
    expect(await found({})).toEqual([3, 1, 2]);
    expect(await found({ after: kept instanceof Date ? kept : undefined })).toEqual([2]);
    expect(await layer.update(model, { bornAt: { gt: kept ?? null } }, { bornAt: null })).toBe(1);
    expect(await layer.findOne(model, { id: 2 })).toEqual({ id: 2, bornAt: null });
    await layer.insert(visits, { id: 'v', handleHash: 'v', userKey: '1' });
    const join = { signIns: visits, by: { id: 'v' }, user: model, userKey: 'id', userFields: ['id', 'bornAt'] };
    expect(await layer.findSignIn?.(join)).toMatchObject({ user: made });
    await layer.close();
  });

  it.each(FOREIGN[name])('%s with %s is read as %s', async (type, written, read) => {
    const { url, query } = await make();
    const lenient =
      name === 'mariadb' ? `set sql_mode = ''; ` : name === 'postgres' ? `set time zone 'Asia/Tokyo'; ` : '';
    await query(`${lenient}${tableOf(name, type)}; insert into people values (1, ${written})`);
    const layer = await sqlDataLayer({ url, migrate: true }).open([model]);

    expect(await layer.findOne(model, { id: 1 }, ['bornAt'])).toEqual({ bornAt: new Date(read) });
    expect(await layer.findOne(model, { bornAt: new Date(read) }, ['id'])).toEqual({ id: 1 });
    expect(await layer.findOne(model, { bornAt: null })).toBeNull();
    await layer.close();
  });
});
