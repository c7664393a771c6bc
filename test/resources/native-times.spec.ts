import { afterEach, describe, expect, it } from '@jest/globals';
import { defineResource, type Subject } from 'nest-auth-plug';
import { sqlDataLayer } from 'nest-auth-plug/adapters/sql';
import { password } from 'nest-auth-plug/strategies/password';
import { authTestApp, type AuthTestApp } from 'nest-auth-plug/testing';
import { places, type Server } from '../adapters/tables-before.js';
import { FakeHashProvider } from '../strategies/password/fake-hash-provider.js';
import { PASSWORD } from '../users.js';
import { REGISTER, registering, SIGN_IN, WhoController } from './who.js';

interface User {
  readonly id: string;
  readonly email: string;
}

const ADA = 'ada@example.com';
const BEA = 'bea@example.com';
const DESK = 'user?id=desk' as Subject;
/** Of seconds, milliseconds and microseconds, with a time zone and without. */
const TYPES: Readonly<Record<Server, readonly string[]>> = {
  libsql: ['datetime', 'text', 'integer'],
  postgres: ['timestamptz', 'timestamp', 'timestamptz(0)', 'bigint'],
  mariadb: ['datetime', 'datetime(3)', 'datetime(6)', 'timestamp null', 'bigint'],
};
const everyType = places.flatMap(({ name, make }) => TYPES[name].map((type) => ({ name, type, make })));

describe.each(everyType)('users with times of type $type, on $name', ({ type, make }) => {
  const hasher = new FakeHashProvider();
  let app: AuthTestApp;
  afterEach(() => app.close());

  it('[ASVS 7.4.2] sign in, are deleted, and leave nothing to whoever gets their key', async () => {
    const { url, query } = await make();
    await query(`create table users (id varchar(40) not null primary key, email varchar(254) not null unique,
      password_hash varchar(200), made_at ${type}, gone_at ${type})`);
    const users = defineResource<User>({
      subjectName: 'user',
      table: 'users',
      key: { id: { kind: 'text', madeBy: () => 'desk' } },
      createdAtColumn: 'made_at',
      deletedAtColumn: 'gone_at',
      strategies: [password({ identityField: 'email', hashProvider: hasher })],
    });
    const dataLayer = sqlDataLayer({ url, migrate: true });
    app = await authTestApp({ platform: 'express', resources: [users], controllers: [WhoController], dataLayer });
    app.clock.advance(0.678); // which not every column keeps
    const signIn = (email: string) => app.client().post(SIGN_IN, { json: { email, password: PASSWORD } });

    const ada = app.client();
    expect(await ada.post(REGISTER, registering(ADA))).toMatchObject({ status: 200 });
    expect(await ada.get('/home')).toMatchObject({ status: 200 });
    expect(await signIn(ADA)).toMatchObject({ status: 200 });
    expect(await ada.get('/home')).toMatchObject({ status: 200 });
    expect(await app.service.listSignIns(DESK)).toHaveLength(2);

    // Her row goes, and another's comes, behind our back.
    await app.data.delete(users.model, { id: 'desk' });
    app.clock.advance(1);
    const bea = { id: 'desk', email: BEA, passwordHash: hasher.of(PASSWORD), '#createdAt': app.clock.now() };
    await app.data.insert(users.model, bea);
    expect(await ada.get('/home')).toMatchObject({ status: 401 });
    expect(await signIn(BEA)).toMatchObject({ status: 200 });
    expect(await app.service.listSignIns(DESK)).toHaveLength(1);

    expect(await app.service.deleteUser(DESK)).toBe(true);
    expect(await signIn(BEA)).toMatchObject({ status: 401 });
    await query(`update users set gone_at = null`);
    expect(await signIn(BEA)).toMatchObject({ status: 200 });
  });
});
