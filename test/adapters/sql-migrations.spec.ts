import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import Driver from 'libsql';
import { ddlFor, sqlDataLayer } from 'nest-auth-plug/adapters/sql';
import type { Model } from '../../lib/resources/index.js';
import { temporaryFolder } from './temporary-file.js';
import { mariadbAnswers, temporaryMariadb } from './temporary-mariadb.js';
import { postgresAnswers, temporaryPostgres } from './temporary-postgres.js';

const account: Model = {
  table: 'accounts',
  tenantField: null,
  columns: {
    id: { type: 'integer' },
    emailAddress: { type: 'text' },
    nickname: { type: 'text', nullable: true },
    bornAt: { type: 'time', nullable: true },
  },
  primaryKey: ['id'],
  unique: [['emailAddress']],
  indexes: [['nickname', 'bornAt']],
};
const required: Model = { ...account, columns: { ...account.columns, size: { type: 'integer' } } };
const letters: Model = { table: 'letters', tenantField: null, columns: { id: { type: 'text' } }, primaryKey: ['id'] };

/** A database of this test alone, and a way to run text in it. */
interface Place {
  readonly url: string;
  readonly run: (text: string) => Promise<void>;
}

function describeMigrations(name: 'sqlite' | 'postgres' | 'mariadb', makePlace: () => Promise<Place>): void {
  describe(`migrations on ${name}`, () => {
    const text = name === 'mariadb' ? 'varchar(190)' : 'text'; // which it can index
    const open = (url: string, models: readonly Model[], migrate = false) =>
      sqlDataLayer({ url, migrate }).open(models);

    it('tells what is missing, with the cure', async () => {
      const { url, run } = await makePlace();
      await run(`create table accounts (id bigint not null, email_address ${text} not null, nickname ${text})`);
      const layer = await open(url, [account, letters]);

      const problems = await layer.check();

      expect(problems.map(({ where, wrong }) => `${where.split('.').slice(2).join('.')}: ${wrong}`)).toEqual([
        'accounts.born_at: the time column is missing',
        'accounts: no unique index on (id)',
        'accounts: no unique index on (email_address)',
        'letters: the table is missing',
      ]);
      expect(new Set(problems.map(({ cure }) => /migrate: true.*ddlFor/.test(cure)))).toEqual(new Set([true]));
      await layer.close();
    });

    it('brings an older table up to date and keeps its rows', async () => {
      const { url, run } = await makePlace();
      await run(`create table accounts (id bigint not null primary key, email_address ${text} not null, extra text)`);
      await run(`insert into accounts values (7, 'ada@example.com', 'kept')`);

      const layer = await open(url, [account, letters], true);

      expect(await layer.check()).toEqual([]);
      const row = { id: 7, emailAddress: 'ada@example.com', nickname: null, bornAt: null };
      expect(await layer.findOne(account, { id: 7 })).toEqual(row);
      await expect(layer.insert(account, { ...row, id: 8 })).rejects.toMatchObject({ fields: ['emailAddress'] });
      await layer.close();
      const again = await open(url, [account, letters], true);
      expect(await again.check()).toEqual([]);
      await again.close();
    });

    it('wants what is unique to be so within a tenant, and no further', async () => {
      const { url, run } = await makePlace();
      const columns = { orgId: { type: 'text' }, id: { type: 'text' }, email: { type: 'text' } } as const;
      const people: Model = {
        table: 'people',
        tenantField: 'orgId',
        columns,
        primaryKey: ['orgId', 'id'],
        unique: [['orgId', 'email']],
      };
      await run(
        `create table people (org_id ${text} not null, id ${text} not null primary key, email ${text} not null unique)`,
      );
      const layer = await open(url, [people], true);

      const across = 'the unique index on (email) reaches across tenants: what one has no other could have';
      expect((await layer.check()).map(({ wrong }) => wrong)).toEqual([across]);
      await layer.close();
      await run('drop table people');
      const fresh = await open(url, [people], true);
      expect(await fresh.check()).toEqual([]);
      await fresh.forTenant('a').insert(people, { id: '1', email: 'ada@example.com' });
      await fresh.forTenant('b').insert(people, { id: '1', email: 'ada@example.com' });
      await expect(fresh.forTenant('b').insert(people, { id: '2', email: 'ada@example.com' })).rejects.toMatchObject({
        fields: ['orgId', 'email'],
      });
      await fresh.close();
    });

    it('says what it cannot add, and changes nothing', async () => {
      const { url } = await makePlace();
      await (await open(url, [account], true)).close();

      const layer = await open(url, [required], true);

      expect(await layer.check()).toMatchObject([{ wrong: 'the integer column is missing', cure: /may not be null/ }]);
      await layer.close();
    });

    it('refuses to start where rows stand against a unique index, and leaves the rows as they were', async () => {
      const { url, run } = await makePlace();
      await run(`create table accounts (id bigint not null primary key, email_address ${text} not null)`);
      await run(`insert into accounts values (1, 'ada@example.com'), (2, 'ada@example.com')`);

      const opened = open(url, [letters, account], true);

      await expect(opened).rejects.toMatchObject({ name: 'ConfigurationInvalid' });
      await expect(opened).rejects.not.toThrow('ada@');
      const layer = await open(url, [letters]);
      // MariaDB cannot take back that it made a table.
      expect(await layer.check()).toMatchObject(name === 'mariadb' ? [] : [{ wrong: 'the table is missing' }]);
      await layer.close();
    });

    it('finds nothing missing after the printed DDL was run, twice', async () => {
      const { url, run } = await makePlace();
      await run(ddlFor(name, [account, letters]));
      await run(ddlFor(name, [account, letters]));

      const layer = await open(url, [account, letters]);

      expect(await layer.check()).toEqual([]);
      const { id } = await layer.insert(account, { emailAddress: 'numbered@example.com' });
      expect(id).toBe(1);
      await layer.close();
    });
  });
}

const folder = temporaryFolder();
let files = 0;
describeMigrations('sqlite', async () => {
  const file = `${folder}/${files++}.db`;
  const run = async (text: string) => {
    const database = new Driver(file);
    database.exec(text);
    database.close();
  };
  return { url: `file:${file}`, run };
});

if (await postgresAnswers()) {
  const drops: (() => Promise<void>)[] = [];
  afterAll(() => Promise.all(drops.map((drop) => drop())));
  describeMigrations('postgres', async () => {
    const { url, query, drop } = await temporaryPostgres();
    drops.push(drop);
    return { url, run: async (text) => void (await query(text)) };
  });

  describe('tables of an app that was there first', () => {
    let place: Awaited<ReturnType<typeof temporaryPostgres>>;
    beforeAll(async () => {
      place = await temporaryPostgres();
      drops.push(place.drop);
    });

    it.each([
      ['uuid', 'uuid default gen_random_uuid()', 'id'],
      ['text of the default collation', "text default md5('1')", 'id'],
      ['varchar of another collation', `varchar(40) collate "en-x-icu" default 'ada'`, 'id'],
      ['whatever is called', 'text default 1', 'key'],
    ])('join by their index on a key of type %s', async (type, column, name) => {
      const table = `app_${type.replaceAll(' ', '_')}`;
      await place.query(`create table ${table} ("${name}" ${column} primary key, email text)`);
      const user: Model = {
        table,
        tenantField: null,
        columns: { id: { type: 'text', column: name }, email: { type: 'text' } },
        primaryKey: ['id'],
      };
      const visit: Model = {
        table: `visits_of_${table}`,
        tenantField: null,
        columns: { id: { type: 'text' }, handleHash: { type: 'text' }, userKey: { type: 'text' } },
        primaryKey: ['id'],
      };
      const layer = await sqlDataLayer({ url: place.url, migrate: true }).open([user, visit]);
      const { id } = await layer.insert(user, { email: 'ada@example.com' });
      await layer.insert(visit, { id: 'mine', handleHash: 'hash', userKey: String(id) });
      await layer.insert(visit, { id: 'other', handleHash: 'none', userKey: 'admin:7' });

      const join = { signIns: visit, user, userKey: 'id', userFields: ['id', 'email'] };

      expect(await layer.findSignIn?.({ ...join, by: { id: 'mine' } })).toMatchObject({
        user: { id, email: 'ada@example.com' },
      });
      expect(await layer.findSignIn?.({ ...join, by: { id: 'other' } })).toBeNull();
      await layer.close();
    });

    it('keep the promises on a database that is SERIALIZABLE by default', async () => {
      await place.query(
        `do $$ begin execute format('alter database %I set default_transaction_isolation = serializable', current_database()); end $$`,
      );
      const layer = await sqlDataLayer({ url: place.url, migrate: true }).open([account]);
      await layer.insert(account, { id: 1, emailAddress: 'a' });

      const races = Array.from({ length: 50 }, (_, index) =>
        layer.transaction((tx) => tx.update(account, { id: 1, nickname: null }, { nickname: `${index}` })),
      );

      expect((await Promise.all(races)).filter((matched) => matched === 1)).toHaveLength(1);
      await layer.close();
    });
  });
}

if (await mariadbAnswers()) {
  const drops: (() => Promise<void>)[] = [];
  afterAll(() => Promise.all(drops.map((drop) => drop())));
  describeMigrations('mariadb', async () => {
    const { url, query, drop } = await temporaryMariadb();
    drops.push(drop);
    return { url, run: async (text) => void (await query(text)) };
  });
}
