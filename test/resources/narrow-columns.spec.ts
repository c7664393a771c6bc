import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import { defineResource, type AnyResource, type DataLayerAdapter } from 'nest-auth-plug';
import { sqlDataLayer } from 'nest-auth-plug/adapters/sql';
import { password } from 'nest-auth-plug/strategies/password';
import { authTestApp, type AuthTestApp } from 'nest-auth-plug/testing';
import { mariadbAnswers, temporaryMariadb } from '../adapters/temporary-mariadb.js';
import { postgresAnswers, temporaryPostgres } from '../adapters/temporary-postgres.js';
import { FakeHashProvider } from '../strategies/password/fake-hash-provider.js';
import { PASSWORD } from '../users.js';
import { REGISTER, registering, SIGN_IN, WhoController } from './who.js';

const UPPER = '0AF7651C-4D00-4BD0-8C0F-6A1D3A7B0C11';
const USERS = { subjectName: 'user', table: 'users' };
const byPassword = { identityField: 'email', hashProvider: new FakeHashProvider() } as const;

const servers = [
  { name: 'PostgreSQL', answers: await postgresAnswers(), temporary: temporaryPostgres },
  { name: 'MariaDB', answers: await mariadbAnswers(), temporary: temporaryMariadb },
];

describe.each(servers.filter(({ answers }) => answers))('a key in a column that holds less, on $name', (server) => {
  const drops: (() => Promise<void>)[] = [];
  let app: AuthTestApp;
  afterEach(() => app.close());
  afterAll(async () => {
    for (const drop of drops) await drop();
  });

  const tableOf = async (key: string): Promise<DataLayerAdapter> => {
    const database = await server.temporary();
    drops.push(database.drop);
    await database.query(`create table users (id ${key} primary key, email varchar(254) unique, password_hash text)`);
    return sqlDataLayer({ url: database.url, migrate: true });
  };
  const boot = async (users: AnyResource, key: string) => {
    const dataLayer = await tableOf(key);
    app = await authTestApp({ resources: [users], controllers: [WhoController], dataLayer });
  };
  const signIn = (email: string) => app.client().post(SIGN_IN, { json: { email, password: PASSWORD } });

  const numbered = server.name === 'MariaDB' ? 'int auto_increment' : 'serial';

  it('is nobody where the number is too large for it', async () => {
    const users = defineResource<{ id: number; email: string }>({
      ...USERS,
      key: { id: 'integer' },
      strategies: [password(byPassword)],
    });
    await boot(users, numbered);
    await app.client().post(REGISTER, registering('ada@example.com'));

    expect(await app.service.subjectToUser('user?id=1')).toMatchObject({ email: 'ada@example.com' });
    expect(await app.service.subjectToUser('user?id=99999999999')).toBeNull();
    expect((await app.service.loadSubjects(['user?id=-99999999999', 'user?id=1'])).size).toBe(1);
  });

  it('is nobody where the text is no uuid, and answers an unknown account as any other', async () => {
    const users = defineResource<{ id: string; email: string }>({
      ...USERS,
      key: { id: 'uuid' },
      strategies: [password(byPassword)],
    });
    await boot(users, 'uuid');
    const ada = app.client();
    const { body } = await ada.post(REGISTER, registering('ada@example.com'));

    expect(await ada.get('/home')).toMatchObject({ status: 200 });
    expect(await signIn('ada@example.com')).toMatchObject({ status: 200 });
    expect(await signIn('nobody@example.com')).toMatchObject({ status: 401 });
    expect(await app.service.subjectToUser('user?id=nobody')).toBeNull();
    const { user } = body as { user: { id: string } };
    expect(await app.service.subjectToUser(`user?id=${user.id.toUpperCase()}`)).toBeNull();
  });

  it('signs nobody in, and leaves no row, where the database spells it in another way', async () => {
    const users = defineResource<{ id: string; email: string }>({
      ...USERS,
      key: { id: { kind: 'uuid', madeBy: () => UPPER } },
      strategies: [password(byPassword)],
    });
    await boot(users, 'uuid');
    const ada = app.client();

    expect(await ada.post(REGISTER, registering('ada@example.com'))).toMatchObject({ status: 500 });

    expect(await ada.get('/home')).toMatchObject({ status: 401 });
    expect(await app.data.findOne(users.model, { email: 'ada@example.com' })).toBeNull();
  });
});
