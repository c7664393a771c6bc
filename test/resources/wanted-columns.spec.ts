import { afterEach, describe, expect, it } from '@jest/globals';
import { defineResource, type Resource, type ResourceOptions, type Subject } from 'nest-auth-plug';
import { sqlDataLayer } from 'nest-auth-plug/adapters/sql';
import { memoryDataLayer } from 'nest-auth-plug/adapters/memory';
import { password } from 'nest-auth-plug/strategies/password';
import { authTestApp, type AuthTestApp, type Platform } from 'nest-auth-plug/testing';
import { places, type Place } from '../adapters/tables-before.js';
import { FakeHashProvider } from '../strategies/password/fake-hash-provider.js';
import { REGISTER, registering, WhoController } from './who.js';

interface User {
  readonly id: string;
  readonly email: string;
  readonly plan: string | null;
  readonly size: number | null;
}

const ADA = 'ada@example.com';
const hashProvider = new FakeHashProvider();
const UNIQUE_HERE = places.filter(({ name }) => name !== 'mariadb'); // which has no index over some rows

const usersOf = (ways: Partial<ResourceOptions<User>> = {}): Resource<User> =>
  defineResource<User>({
    subjectName: 'user',
    table: 'users',
    fields: { plan: { kind: 'text', nullable: false } },
    strategies: [password({ identityField: 'email', hashProvider })],
    ...ways,
  });
const accepting = { strategies: [password<User>({ identityField: 'email', hashProvider, accept: ['plan'] })] };
const closed = { strategies: [password<User>({ identityField: 'email', hashProvider, registration: 'closed' })] };
const tableOf = (more: string, email = 'varchar(254) not null unique') =>
  `create table users (id varchar(40) not null primary key, email ${email}, password_hash varchar(200), ${more})`;

let app: AuthTestApp | undefined;
afterEach(async () => {
  await app?.close();
  app = undefined;
});
const boot = async (place: Place, users: Resource<User>, platform: Platform = 'express') => {
  const dataLayer = sqlDataLayer({ url: place.url, migrate: true });
  app = await authTestApp({ platform, resources: [users], controllers: [WhoController], dataLayer });
  return app;
};

describe.each(places)('a column that wants a value, on $name', ({ name, make }) => {
  const unfilled = [`dataLayer.${name}.users.plan`, `dataLayer.${name}.users.rank_`];
  const place = async (columns: string) => {
    const made = await make();
    await made.query(tableOf(columns));
    return made;
  };

  it('stops the start where nobody fills it', async () => {
    const made = await place('plan varchar(10) not null, rank_ int not null, size int');

    const booting = boot(made, usersOf());

    await expect(booting).rejects.toMatchObject({ name: 'ConfigurationInvalid', problems: { length: 2 } });
    for (const where of unfilled) await expect(booting).rejects.toThrow(where);
    await expect(booting).rejects.toThrow('nobody fills it');
  });

  it.each<[string, string, Resource<User>]>([
    ['has a default', `plan varchar(10) not null default 'free'`, usersOf()],
    ['may be null', `plan varchar(10)`, usersOf()],
    ['is of accounts that others make', `plan varchar(10) not null`, usersOf(closed)],
    ['is filled by an add-on', 'plan varchar(10) not null', usersOf({ addOns: [filling('plan')] })],
  ])('lets the app start where it %s', async (_, column, users) => {
    await expect(boot(await place(column), users)).resolves.toBeDefined();
  });

  it.each<Platform>(['express', 'fastify'])('is asked for where the client left it out, on %s', async (platform) => {
    const made = await place('plan varchar(10) not null');
    const booted = await boot(made, usersOf(accepting), platform);
    const client = () => booted.client();
    const { json } = registering(ADA);

    const without = await client().post(REGISTER, { json });

    expect(without).toMatchObject({ status: 422, body: { problems: [{ field: 'plan', code: 'required' }] } });
    expect(await client().post(REGISTER, { json: { ...json, plan: 'free' } })).toMatchObject({ status: 200 });
  });

  it('keeps nobody from being deleted by a column that says who is, and may not be null', async () => {
    const made = await place('plan varchar(10), gone_at bigint not null default 0');

    await expect(boot(made, usersOf({ deletedAtColumn: 'gone_at' }))).rejects.toThrow('everybody would be');
  });
});

function filling(field: string) {
  return {
    name: 'filling',
    phases: [],
    changingUser: (_: unknown, { values }: { readonly values: Record<string, unknown> }) => {
      values[field] = 'free';
      return Promise.resolve();
    },
  };
}

describe.each(UNIQUE_HERE)('a unique index over the rows that are not deleted, on $name', ({ make }) => {
  const withIndex = async (condition: string) => {
    const made = await make();
    await made.query(tableOf('plan varchar(10), "Gone At" bigint', 'varchar(254) not null'));
    await made.query(`create unique index by_email on users (email) where ${condition}`);
    return made;
  };
  const check = async ({ url }: Place, { model }: Resource<User>) => {
    const layer = await sqlDataLayer({ url }).open([model]);
    const found = await layer.check();
    await layer.close();
    return found;
  };

  it('is enough, and frees the identity of whoever is deleted', async () => {
    const made = await withIndex('"Gone At" is null');
    const users = usersOf({ deletedAtColumn: 'Gone At' });
    expect(await check(made, users)).toEqual([]);
    const booted = await boot(made, users);
    const { service } = booted;
    const client = () => booted.client();
    const ada = client();

    const { body } = await ada.post(REGISTER, registering(ADA));
    expect(await client().post(REGISTER, registering(ADA))).toMatchObject({ status: 422 });
    const { id } = (body as { readonly user: User }).user;
    expect(await service.deleteUser(`user?id=${id}` as Subject)).toBe(true);

    expect(await client().post(REGISTER, registering(ADA))).toMatchObject({ status: 200 });
    expect(await client().post(REGISTER, registering(ADA))).toMatchObject({ status: 422 });
    expect(await ada.get('/home')).toMatchObject({ status: 401 });
  });

  it.each([
    ['"Gone At" is null', undefined],
    ['"Gone At" is not null', 'Gone At'],
    [`"Gone At" is null and plan <> 'free'`, 'Gone At'],
    ['plan is null', 'Gone At'],
  ])('is none where %s, with deletedAtColumn %s', async (condition, deletedAtColumn) => {
    const users = usersOf(deletedAtColumn === undefined ? {} : { deletedAtColumn });

    expect(await check(await withIndex(condition), users)).toMatchObject([
      {
        wrong: /the unique index on \(email\) leaves rows out/,
        cure: /make one over all rows, or .*(deletedAtColumn|Gone At is null)/,
      },
    ]);
  });
});

describe('a column that wants a value, in memory', () => {
  it('stops the start where nobody fills it, and is asked for otherwise', async () => {
    const parts = { platform: 'express' as const, controllers: [WhoController] };
    const booting = authTestApp({ ...parts, resources: [usersOf()], dataLayer: memoryDataLayer() });
    await expect(booting).rejects.toThrow('dataLayer.memory.users.plan');

    app = await authTestApp({ ...parts, resources: [usersOf(accepting)], dataLayer: memoryDataLayer() });
    expect(await app.client().post(REGISTER, registering(ADA))).toMatchObject({ status: 422 });
  });
});
