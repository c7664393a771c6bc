import { describe, expect, it } from '@jest/globals';
import { defineResource, type AnyResource } from 'nest-auth-plug';
import { password } from 'nest-auth-plug/strategies/password';
import { authTestApp, Outbox, type Platform } from 'nest-auth-plug/testing';
import { signInsModel } from '../../lib/sessions/index.js';
import { describeEachStore } from '../stores/each-store.js';
import { FakeHashProvider } from '../strategies/password/fake-hash-provider.js';
import { PASSWORD } from '../users.js';
import { REGISTER, registering, SIGN_IN, WhoController } from './who.js';

const UUID = '[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}';

interface Mailed {
  readonly email: string;
}

const USERS = { subjectName: 'user', table: 'users' };

function byPassword(outbox: Outbox) {
  const resettable = { sender: outbox, page: '/reset' };
  return { identityField: 'email', hashProvider: new FakeHashProvider(), resettable } as const;
}

interface Kind {
  readonly name: string;
  readonly platform: Platform;
  readonly subjects: RegExp;
  /** What `@CurrentUser()` has for its key, as `WhoController` shows it. */
  readonly shown: RegExp;
  readonly resource: (outbox: Outbox) => AnyResource;
}

let made = 0;

const KINDS: readonly Kind[] = [
  {
    name: 'a text that is ours',
    platform: 'express',
    subjects: new RegExp(`^user\\?id=${UUID}$`),
    shown: new RegExp(`"id":"${UUID}"`),
    resource: (outbox) =>
      defineResource<Mailed & { id: string }>({ ...USERS, strategies: [password(byPassword(outbox))] }),
  },
  {
    name: 'a uuid that is ours',
    platform: 'fastify',
    subjects: new RegExp(`^user\\?uid=${UUID}$`),
    shown: new RegExp(`"uid":"${UUID}"`),
    resource: (outbox) =>
      defineResource<Mailed & { uid: string }>({
        ...USERS,
        key: { uid: 'uuid' },
        strategies: [password(byPassword(outbox))],
      }),
  },
  {
    name: "a number of the database's",
    platform: 'express',
    subjects: /^user\?id=\d$/,
    shown: /"id":\d\b/,
    resource: (outbox) =>
      defineResource<Mailed & { id: number }>({
        ...USERS,
        key: { id: 'integer' },
        strategies: [password(byPassword(outbox))],
      }),
  },
  {
    name: "a bigint of the database's",
    platform: 'fastify',
    subjects: /^user\?userId=\d$/,
    shown: /"userId":"\dn"/,
    resource: (outbox) =>
      defineResource<Mailed & { userId: bigint }>({
        ...USERS,
        key: { userId: 'bigint' },
        strategies: [password(byPassword(outbox))],
      }),
  },
  {
    name: "a bigint of the app's",
    platform: 'express',
    subjects: /^user\?id=900719925474099\d$/,
    shown: /"id":"900719925474099\dn"/,
    resource: (outbox) =>
      defineResource<Mailed & { id: bigint }>({
        ...USERS,
        key: { id: { kind: 'bigint', madeBy: () => 9007199254740993n + BigInt((made += 1) % 7) } },
        strategies: [password(byPassword(outbox))],
      }),
  },
  {
    name: "a text of the app's",
    platform: 'fastify',
    subjects: /^user\?id=%C3%9F%26%20\d+$/,
    shown: /"id":"ß& \d+"/,
    resource: (outbox) =>
      defineResource<Mailed & { id: string }>({
        ...USERS,
        key: { id: { kind: 'text', madeBy: () => `ß& ${(made += 1)}` } },
        strategies: [password(byPassword(outbox))],
      }),
  },
  {
    name: 'two fields',
    platform: 'express',
    subjects: /^user\?shop=a%26b&number=\d+$/,
    shown: /"shop":"a&b","number":\d+/,
    resource: (outbox) =>
      defineResource<Mailed & { shop: string; number: number }>({
        ...USERS,
        key: { shop: { kind: 'text', madeBy: () => 'a&b' }, number: { kind: 'integer', madeBy: () => (made += 1) } },
        strategies: [password(byPassword(outbox))],
      }),
  },
];

const BEA = 'bea@example.com';

describeEachStore('a user whose key is', (store) => {
  describe.each(KINDS)('$name', ({ platform, resource, subjects, shown }) => {
    it('registers, calls, changes the password, resets it, signs out and is deleted', async () => {
      const outbox = new Outbox();
      const dataLayer = await store.empty();
      const controllers = [WhoController];
      const app = await authTestApp({ platform, resources: [resource(outbox)], controllers, dataLayer });
      await app.client().post(REGISTER, registering('ada@example.com'));
      const bea = app.client();

      const registered = await bea.post(REGISTER, registering(BEA));
      expect(registered).toMatchObject({ status: 200, body: { user: { email: BEA }, token: expect.any(String) } });
      expect(registered.text).not.toMatch(/[Hh]ash/);
      expect(await app.client().post(REGISTER, registering(BEA))).toMatchObject({ status: 422 });

      const { token } = registered.body as { token: string };
      const home = await bea.get('/home');
      expect(home.text).toMatch(shown);
      expect(await app.client().get('/api', { headers: { authorization: `Bearer ${token}` } })).toMatchObject({
        status: 200,
        text: home.text,
      });

      const rows = await app.data.forTenant('').findMany(signInsModel, {}, { orderBy: 'createdAt', limit: 9 });
      const known = rows.map(({ subject }) => String(subject));
      expect(new Set(known).size).toBe(2);
      for (const subject of known) expect(subject).toMatch(subjects);
      const loaded = await app.service.loadSubjects([...known, 'user?id=nobody']);
      expect(loaded.size).toBe(2);
      const [subject = ''] = [...loaded].find(([, user]) => Reflect.get(user, 'email') === BEA) ?? [];
      const user = await app.service.subjectToUser(subject);
      const of = app.service.userToSubject(user ?? {});
      expect(of).toBe(subject);

      const fresh = 'pear tree in the valley';
      const change = { currentPassword: PASSWORD, password: fresh, passwordConfirmation: fresh };
      expect(await bea.post('/auth/user/password/change', { json: change })).toMatchObject({ status: 200 });
      expect((await bea.get('/home')).text).toBe(home.text);
      await bea.post('/auth/user/password/reset-request', { json: { email: BEA } });
      await app.idle();
      const resetToken = outbox.last(BEA).link?.searchParams.get('token');
      const reset = { resetToken, password: PASSWORD, passwordConfirmation: PASSWORD };
      expect(await bea.post('/auth/user/password/reset', { json: reset })).toMatchObject({ status: 200 });
      expect(await bea.get('/home')).toMatchObject({ status: 401 });
      expect(await bea.post(SIGN_IN, { json: { email: BEA, password: PASSWORD } })).toMatchObject({ status: 200 });
      expect((await bea.get('/home')).text).toBe(home.text);

      expect(await app.service.deleteUser(of)).toBe(true);
      expect(await bea.get('/home')).toMatchObject({ status: 401 });
      expect(await bea.post(SIGN_IN, { json: { email: BEA, password: PASSWORD } })).toMatchObject({ status: 401 });
      expect(await app.service.subjectToUser(subject)).toBeNull();
      await app.close();
    });
  });
});
