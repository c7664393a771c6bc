import { afterEach, expect, it } from '@jest/globals';
import { defineResource, type Resource, type Row, type Subject } from 'nest-auth-plug';
import { password } from 'nest-auth-plug/strategies/password';
import { authTestApp, Outbox, type AuthTestApp, type Client, type Platform } from 'nest-auth-plug/testing';
import { describeEachStore } from '../stores/each-store.js';
import { FakeHashProvider } from '../strategies/password/fake-hash-provider.js';
import { PASSWORD } from '../users.js';
import { REGISTER, registering, SIGN_IN, WhoController } from './who.js';

interface User {
  readonly id: string;
  readonly email: string;
}

interface Numbered {
  readonly id: number;
  readonly email: string;
}

const ADA = 'ada@example.com';
const BEA = 'bea@example.com';
const SUBJECT = 'user?id=desk' as Subject;
const fresh = 'pear tree in the valley';

describeEachStore('a key that somebody had before', (store) => {
  const hasher = new FakeHashProvider();
  let app: AuthTestApp;
  let outbox: Outbox;
  let forgotten: string[];
  afterEach(() => app.close());

  const parts = () => {
    outbox = new Outbox();
    forgotten = [];
    const watching = {
      name: 'watching',
      phases: [],
      forget: (subject: Subject) => Promise.resolve(void forgotten.push(subject)),
    };
    const byPassword = { identityField: 'email', hashProvider: hasher, resettable: { sender: outbox, page: '/reset' } };
    return { addOns: [watching], byPassword: { ...byPassword, identityField: 'email' } as const };
  };
  const boot = async (users: Resource<User> | Resource<Numbered>, platform: Platform) => {
    app = await authTestApp({
      platform,
      resources: [users],
      controllers: [WhoController],
      dataLayer: await store.empty(),
    });
  };
  const desk = async (platform: Platform, createdAtColumn: string | undefined) => {
    const { addOns, byPassword } = parts();
    const users = defineResource<User>({
      subjectName: 'user',
      table: 'users',
      key: { id: { kind: 'text', madeBy: () => 'desk' } },
      createdAtColumn,
      addOns,
      strategies: [password(byPassword)],
    });
    await boot(users, platform);
    return users;
  };
  const row = ({ createdAt }: Resource<User>): Row => ({
    id: 'desk',
    email: BEA,
    passwordHash: hasher.of(PASSWORD),
    ...(createdAt !== null && { [createdAt]: app.clock.now() }),
  });
  const signIn = (browser: Client, email: string, typed = PASSWORD) =>
    browser.post(SIGN_IN, { json: { email, password: typed } });

  /** Ada registers, and has a cookie, a token and a link. */
  const ada = async () => {
    const browser = app.client();
    const { body } = await browser.post(REGISTER, registering(ADA));
    await browser.post('/auth/user/password/reset-request', { json: { email: ADA } });
    await app.idle();
    const resetToken = outbox.last(ADA).link?.searchParams.get('token');
    const { token } = body as { token: string };
    return {
      cookie: async () => (await browser.get('/home')).status,
      token: async () => (await app.client().get('/api', { headers: { authorization: `Bearer ${token}` } })).status,
      link: async () => {
        const json = { resetToken, password: fresh, passwordConfirmation: fresh };
        return (await app.client().post('/auth/user/password/reset', { json })).status;
      },
    };
  };
  type Ada = Awaited<ReturnType<typeof ada>>;

  /** Ada's row goes and Bea's comes, behind our back. */
  const replace = async (users: Resource<User>) => {
    await app.data.delete(users.model, { id: 'desk' });
    app.clock.advance(1);
    await app.data.insert(users.model, row(users));
  };
  const inheritsNothing = async (left: Ada) => {
    expect(await left.cookie()).toBe(401);
    expect(await left.token()).toBe(401);
    expect(await left.link()).toBe(422);
    const bea = app.client();
    expect(await signIn(bea, BEA, fresh)).toMatchObject({ status: 401 });
    expect(await signIn(bea, BEA)).toMatchObject({ status: 200 });
    expect(await bea.get('/home')).toMatchObject({ status: 200, text: expect.stringContaining(BEA) });
    for (const { createdAt } of await app.service.listSignIns(SUBJECT)) expect(createdAt).toEqual(app.clock.now());
    expect(await left.cookie()).toBe(401);
    expect(forgotten).toEqual([SUBJECT]);
  };

  it.each<[string, (left: Ada) => Promise<unknown>]>([
    ['the cookie comes first', (left) => left.cookie()],
    ['the token comes first', (left) => left.token()],
    ['the link comes first', (left) => left.link()],
    ['its owner signs in first', () => signIn(app.client(), BEA)],
    ['its owner is looked up first', () => app.service.subjectToUser(SUBJECT)],
    ['all come at once', (left) => Promise.all([left.cookie(), left.link(), left.token(), signIn(app.client(), BEA)])],
  ])('[ASVS 7.4.2] inherits nothing where the row says when it was made, and %s', async (_, first) => {
    const users = await desk('fastify', 'made_at');
    const left = await ada();
    await replace(users);

    await first(left);

    await inheritsNothing(left);
  });

  it('[ASVS 7.4.2] is not disabled with whoever had it, and is when it is meant', async () => {
    const users = await desk('express', 'made_at');
    await ada();
    await app.service.disable(SUBJECT);
    await replace(users);
    expect(await signIn(app.client(), BEA)).toMatchObject({ status: 200 });

    await replace(users);
    await app.service.disable(SUBJECT);

    expect(await signIn(app.client(), BEA)).toMatchObject({ status: 401 });
  });

  it.each(['express', 'fastify'] as const)(
    '[ASVS 7.4.2] inherits nothing where it registers with us, on %s',
    async (platform) => {
      const users = await desk(platform, undefined);
      const left = await ada();
      await app.data.delete(users.model, { id: 'desk' });

      app.clock.advance(1);
      expect(await app.client().post(REGISTER, registering(BEA))).toMatchObject({ status: 200 });

      await inheritsNothing(left);
    },
  );

  it('[ASVS 7.4.2] inherits nothing where the database gives a number again', async () => {
    const { addOns, byPassword } = parts();
    const users = defineResource<Numbered>({
      subjectName: 'user',
      table: 'users',
      key: { id: 'integer' },
      addOns,
      strategies: [password(byPassword)],
    });
    await boot(users, 'express');
    const left = await ada();
    await app.data.delete(users.model, { email: ADA });

    const { body } = await app.client().post(REGISTER, registering(BEA));

    const { user } = body as { user: Numbered };
    if (store.name === 'libsql') expect(user.id).toBe(1); // SQLite counts on from the highest that is there
    expect(await left.cookie()).toBe(401);
    expect(await left.token()).toBe(401);
    expect(await left.link()).toBe(422);
    expect(await app.service.listSignIns(app.service.userToSubject(user))).toHaveLength(1);
  });

  it('leaves a user alone whose row was there before the column was named', async () => {
    const before = await desk('express', undefined);
    const { addOns, byPassword } = parts();
    const named = defineResource<User>({
      subjectName: 'user',
      table: 'users',
      key: { id: { kind: 'text', madeBy: () => 'desk' } },
      createdAtColumn: 'made_at',
      addOns,
      strategies: [password(byPassword)],
    });
    expect([before.readFields, named.readFields, named.publicFields]).toEqual([
      ['id', 'email'],
      ['id', 'email', '#createdAt'],
      ['id', 'email'],
    ]);
    await app.close();
    const dataLayer = await store.empty();
    const of = async (users: Resource<User>) =>
      (app = await authTestApp({ resources: [users], controllers: [WhoController], dataLayer }));
    await of(before);
    const browser = app.client();
    await browser.post(REGISTER, registering(ADA));
    const session = [...browser.cookies];
    await app.close();

    await of(named);
    await app.data.update(named.model, { id: 'desk' }, { '#createdAt': app.clock.now() });
    const again = app.client();
    for (const [name, value] of session) again.cookies.set(name, value);

    expect(await again.get('/home')).toMatchObject({ status: 200, text: `Object {"id":"desk","email":"${ADA}"}` });
    expect(await signIn(app.client(), ADA)).toMatchObject({ status: 200 }); // from here on the subject knows whom it is about
    await app.data.delete(named.model, { id: 'desk' });
    app.clock.advance(1);
    await app.data.insert(named.model, row(named));
    expect(await signIn(app.client(), BEA)).toMatchObject({ status: 200 });
    expect(await again.get('/home')).toMatchObject({ status: 401 });
  });
});
