import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sqlDataLayer } from 'nest-auth-plug/adapters/sql';
import type { Model, OpenDataLayer } from '../../lib/resources/index.js';
import { mariadbAnswers, temporaryMariadb } from './temporary-mariadb.js';
import type { TemporaryMariadb } from './temporary-mariadb.js';

/** As an app had it before: of a collation to which case, accents and trailing spaces are nothing. */
const PEOPLE = `create table people (id int unsigned not null auto_increment primary key, \`order\` varchar(60) not null unique,
  nick varchar(60), rank int not null default 7, born datetime(3), active bit(1) default b'1', likes int)
  character set utf8mb4 collate utf8mb4_general_ci`;

const people: Model = {
  table: 'people',
  tenantField: null,
  columns: {
    id: { type: 'integer' },
    order: { type: 'text' },
    nick: { type: 'text', nullable: true },
    rank: { type: 'integer' },
    born: { type: 'time', nullable: true },
    active: { type: 'boolean' },
    likes: { type: 'integer', nullable: true },
  },
  primaryKey: ['id'],
  unique: [['order']],
};

((await mariadbAnswers()) ? describe : describe.skip)('tables of an app that were there first, on MariaDB', () => {
  let mariadb: TemporaryMariadb;
  const opened: OpenDataLayer[] = [];
  const open = async (models: readonly Model[]): Promise<OpenDataLayer> => {
    const layer = await sqlDataLayer({ url: mariadb.url, migrate: true }).open(models);
    opened.push(layer);
    return layer;
  };

  beforeAll(async () => {
    mariadb = await temporaryMariadb();
    await mariadb.query(PEOPLE);
  });
  afterAll(async () => {
    for (const layer of opened) await layer.close();
    await mariadb.drop();
  });

  it('answer the whole row of an insert: its number, its defaults, and null', async () => {
    const layer = await open([people]);

    const row = await layer.insert(people, { order: 'first', active: false });
    const other = await layer.transaction((tx) => tx.insert(people, { order: 'second' }));

    expect(row).toEqual({ id: 1, order: 'first', nick: null, rank: 7, born: null, active: false, likes: null });
    expect(other).toMatchObject({ id: 2, rank: 7, active: true });
    expect(await layer.findOne(people, { id: 1 })).toEqual(row);
  });

  it('find, change and order text by its bytes, whatever the collation', async () => {
    const layer = await open([people]);
    const nicks = ['zoë', 'Zoe', 'zoe', 'zoe '];
    for (const nick of nicks) await layer.insert(people, { order: `row of ${nicks.indexOf(nick)}`, nick });
    const page = { orderBy: 'nick', limit: 9 };
    const found = async (where: Parameters<OpenDataLayer['findMany']>[1]) =>
      (await layer.findMany(people, where, page, ['nick'])).map(({ nick }) => nick);

    expect(await found({ nick: 'zoe' })).toEqual(['zoe']);
    expect(await found({ nick: { in: ['ZOE', 'zoe ', 'zoë'] } })).toEqual(['zoe ', 'zoë']);
    expect(await found({ nick: { gt: 'Zoe' } })).toEqual(['zoe', 'zoe ', 'zoë']);
    expect(await found({ nick: { isNull: false } })).toEqual(['Zoe', 'zoe', 'zoe ', 'zoë']);
    expect(await layer.update(people, { nick: 'ZOE' }, { likes: 1 })).toBe(0);
    expect(await layer.update(people, { nick: 'Zoe' }, { likes: 1 })).toBe(1);
    expect(await layer.delete(people, { nick: 'zoe' }, { limit: 9 })).toBe(1);
  });

  it('keep the row of a text that only their collation takes for the same', async () => {
    const layer = await open([people]);
    await layer.insert(people, { order: 'ada', likes: 1 });

    expect(await layer.insertIfAbsent(people, { order: 'ADA' })).toBe(false);
    await expect(layer.insert(people, { order: 'Ada ' })).rejects.toMatchObject({ fields: ['order'] });
    await expect(layer.increment(people, { order: 'ADA' }, 'likes', 5)).rejects.toThrow('people');

    expect(await layer.findOne(people, { order: 'ada' }, ['likes'])).toEqual({ likes: 1 });
    expect(await layer.increment(people, { order: 'ada' }, 'likes', 0)).toBe(1);
    expect(await layer.increment(people, { order: 'bea' }, 'likes', 0)).toBe(0);
    expect(await layer.increment(people, { order: 'bea' }, 'likes', -3)).toBe(-3);
  });

  it('read the dates of an app as UTC', async () => {
    const layer = await open([people]);
    const { id } = await layer.insert(people, { order: 'dated' });
    await mariadb.query(`update people set born = '2020-01-02 03:04:05.678' where id = ${String(id)}`);

    expect(await layer.findOne(people, { id: id ?? null }, ['born'])).toEqual({
      born: new Date('2020-01-02T03:04:05.678Z'),
    });
  });

  it('take zero for a key, and refuse to guess one that the database makes of a default', async () => {
    await mariadb.query(`create table keyed (id varchar(36) not null default (uuid()) primary key, name varchar(20))`);
    const keyed: Model = {
      table: 'keyed',
      tenantField: null,
      columns: { id: { type: 'text' }, name: { type: 'text', nullable: true } },
      primaryKey: ['id'],
    };
    const layer = await open([people, keyed]);

    expect(await layer.insert(people, { id: 0, order: 'zero' })).toMatchObject({ id: 0 });
    await expect(layer.insert(keyed, { name: 'x' })).rejects.toThrow('let the app make it');
    expect(await layer.findMany(keyed, {}, { orderBy: 'id', limit: 1 })).toEqual([]);
  });

  it.each([
    ['char_bin', 'char(36) character set latin1', 'ada'],
    ['general_ci', 'varchar(40) character set utf8mb4 collate utf8mb4_general_ci', 'ada'],
    ['uuid', 'uuid', '0af7651c-4d00-4bd0-8c0f-6a1d3a7b0c11'],
    ['varbinary', 'varbinary(40)', 'ada'],
  ])('join by a key of type %s, by its index', async (name, type, key) => {
    const table = `app_${name}`;
    await mariadb.query(`create table ${table} (id ${type} primary key, email text)`);
    const user: Model = {
      table,
      tenantField: null,
      columns: { id: { type: 'text' }, email: { type: 'text' } },
      primaryKey: ['id'],
    };
    const visit: Model = {
      table: `visits_of_${name}`,
      tenantField: null,
      columns: { id: { type: 'text' }, handleHash: { type: 'text' }, userKey: { type: 'text' } },
      primaryKey: ['id'],
    };
    const layer = await open([user, visit]);
    await layer.insert(user, { id: key, email: 'ada@example.com' });
    const userKeys = { mine: key, other: key.toUpperCase(), padded: `${key} `, none: 'admin:7', odd: 'ż' };
    for (const [id, userKey] of Object.entries(userKeys)) {
      await layer.insert(visit, { id, handleHash: id, userKey });
    }
    const find = (id: string) =>
      layer.findSignIn?.({ signIns: visit, user, userKey: 'id', userFields: ['id', 'email'], by: { id } });

    expect(await find('mine')).toMatchObject({ user: { id: key, email: 'ada@example.com' } });
    for (const id of ['other', 'padded', 'none', 'odd']) expect([id, await find(id)]).toEqual([id, null]);
    expect(await layer.findOne(user, { id: key }, ['email'])).toEqual({ email: 'ada@example.com' });
    expect(await layer.update(user, { id: key.toUpperCase() }, { email: 'x' })).toBe(0);
  });

  it('join a sign-in with a user of its own tenant alone, whatever the collation', async () => {
    await mariadb.query(`create table members (id varchar(20) primary key, tenant varchar(20) not null)
      character set utf8mb4 collate utf8mb4_general_ci; insert into members values ('ada', 'acme'), ('bea', 'ACME')`);
    const user: Model = {
      table: 'members',
      tenantField: 'tenant',
      columns: { id: { type: 'text' }, tenant: { type: 'text' } },
      primaryKey: ['id'],
    };
    const visit: Model = {
      table: 'visits_of_members',
      tenantField: 'tenant',
      columns: {
        id: { type: 'text' },
        tenant: { type: 'text' },
        handleHash: { type: 'text' },
        userKey: { type: 'text' },
      },
      primaryKey: ['id'],
    };
    const acme = (await open([user, visit])).forTenant('acme');
    for (const name of ['ada', 'bea']) await acme.insert(visit, { id: name, handleHash: name, userKey: name });
    const find = (id: string) =>
      acme.findSignIn?.({ signIns: visit, user, userKey: 'id', userFields: ['id', 'tenant'], by: { id } });

    expect(await find('ada')).toMatchObject({ user: { id: 'ada', tenant: 'acme' } });
    expect(await find('bea')).toBeNull();
  });

  it('are written to as the adapter says, not as the server is set up', async () => {
    await mariadb.query(`create table witnesses (id int auto_increment primary key, saw varchar(60));
      create trigger witness before insert on witnesses for each row
        set new.saw = concat_ws(' ', @@session.tx_isolation, @@session.time_zone)`);
    const witness: Model = {
      table: 'witnesses',
      tenantField: null,
      columns: { id: { type: 'integer' }, saw: { type: 'text', nullable: true } },
      primaryKey: ['id'],
    };
    const layer = await open([people, witness]);

    await layer.insert(witness, {});
    await layer.transaction((tx) => tx.insert(witness, {}));

    const saw = 'READ-COMMITTED +00:00';
    const rows = await layer.findMany(witness, {}, { orderBy: 'id', limit: 9 });
    expect(rows).toEqual([
      { id: 1, saw },
      { id: 2, saw },
    ]);
    await expect(layer.insert(people, { order: 'x'.repeat(61) })).rejects.toThrow('ER_DATA_TOO_LONG');
  });
});
