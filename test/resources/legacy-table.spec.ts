import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import Database from 'libsql';
import { defineResource, type DataLayerAdapter } from 'nest-auth-plug';
import { sqlDataLayer } from 'nest-auth-plug/adapters/sql';
import { argon2id } from 'nest-auth-plug/hash-providers/argon2';
import { password } from 'nest-auth-plug/strategies/password';
import { authTestApp, Outbox, type AuthTestApp, type Platform } from 'nest-auth-plug/testing';
import { temporaryFolder } from '../adapters/temporary-file.js';
import { postgresAnswers, temporaryPostgres, type TemporaryPostgres } from '../adapters/temporary-postgres.js';
import { PASSWORD } from '../users.js';
import { REGISTER, registering, SIGN_IN, WhoController } from './who.js';

interface Customer {
  readonly id: bigint;
  readonly email: string;
  readonly fullName: string | null;
}

const ADA = 'ada@example.com';
const hash = await argon2id().hash(PASSWORD);

/** A table that was there before us: a reserved word for a name, spaces, quotes and capitals, and a column that we know nothing of. */
const tableOf = (key: string) => `create table "Order" (
  "CustomerNo" ${key},
  "E-Mail" varchar(254) not null unique,
  "full ""Name""" varchar(80),
  "select" varchar(200),
  "CreatedOn" bigint,
  "DeletedOn" bigint,
  "Plan" varchar(10) not null default 'free'
)`;
const ROWS = `insert into "Order" ("E-Mail", "full ""Name""", "select", "CreatedOn") values
  ('${ADA}', 'Ada', '${hash}', 1), ('cyd@example.com', 'Cyd', null, 1)`;

const answers = await postgresAnswers();
const databases: TemporaryPostgres[] = [];
const folder = temporaryFolder();
let files = 0;

async function onPostgres(): Promise<DataLayerAdapter> {
  const database = await temporaryPostgres();
  databases.push(database);
  await database.query(`create schema crm; set search_path = crm; ${tableOf('bigserial primary key')}; ${ROWS}`);
  return sqlDataLayer({ url: database.url, migrate: true });
}

function onLibsql(): Promise<DataLayerAdapter> {
  const path = join(folder, `${(files += 1)}.db`);
  const database = new Database(path);
  database.exec(`${tableOf('integer primary key')}; ${ROWS}`);
  database.close();
  return Promise.resolve(sqlDataLayer({ url: `file:${path}`, migrate: true }));
}

afterAll(() => Promise.all(databases.map((database) => database.drop())));

const stores = [
  { name: 'libsql', table: 'Order', open: onLibsql },
  ...(answers ? [{ name: 'PostgreSQL', table: 'crm.Order', open: onPostgres }] : []),
];

describe.each(stores)('a table that was there before, on $name', ({ table, open }) => {
  let app: AuthTestApp;
  afterEach(() => app.close());

  it.each<Platform>(['express', 'fastify'])(
    'is signed in to, changed, reset, deleted and added to, on %s',
    async (platform) => {
      const outbox = new Outbox();
      const customers = defineResource<Customer>({
        subjectName: 'user',
        table,
        key: { id: { kind: 'bigint', column: 'CustomerNo' } },
        fields: { email: { kind: 'email', column: 'E-Mail' }, fullName: { kind: 'text', column: 'full "Name"' } },
        columns: { passwordHash: 'select' },
        createdAtColumn: 'CreatedOn',
        deletedAtColumn: 'DeletedOn',
        strategies: [password({ identityField: 'email', resettable: { sender: outbox, page: '/reset' } })],
      });
      app = await authTestApp({
        platform,
        resources: [customers],
        controllers: [WhoController],
        dataLayer: await open(),
      });
      const ada = app.client();
      const signIn = (typed: string) => ada.post(SIGN_IN, { json: { email: ADA, password: typed } });

      expect(await signIn(PASSWORD)).toMatchObject({ status: 200, body: { user: { id: '1', fullName: 'Ada' } } });
      expect((await ada.get('/home')).text).toBe(`Object {"id":"1n","email":"${ADA}","fullName":"Ada"}`);
      const [changed, reset] = ['pear tree in the valley', 'plum tree by the river'];
      const change = { currentPassword: PASSWORD, password: changed, passwordConfirmation: changed };
      expect(await ada.post('/auth/user/password/change', { json: change })).toMatchObject({ status: 200 });
      expect(await signIn(PASSWORD)).toMatchObject({ status: 401 });
      await ada.post('/auth/user/password/reset-request', { json: { email: ADA } });
      await app.idle();
      const resetToken = outbox.last(ADA).link?.searchParams.get('token');
      const json = { resetToken, password: reset, passwordConfirmation: reset };
      expect(await ada.post('/auth/user/password/reset', { json })).toMatchObject({ status: 200 });
      expect(await signIn(reset)).toMatchObject({ status: 200 });

      const bea = await app.client().post(REGISTER, registering('bea@example.com'));
      expect(bea).toMatchObject({ status: 200, body: { user: { id: '3', email: 'bea@example.com', fullName: null } } });
      expect(await app.client().post(REGISTER, registering('cyd@example.com'))).toMatchObject({ status: 422 });

      expect(await app.service.deleteUser(app.service.userToSubject({ id: 1n }))).toBe(true);
      expect(await ada.get('/home')).toMatchObject({ status: 401 });
      expect(await signIn(reset)).toMatchObject({ status: 401 });
      expect(
        await app.client().post(SIGN_IN, { json: { email: 'nobody@example.com', password: PASSWORD } }),
      ).toMatchObject({ status: 401 });
    },
  );
});
