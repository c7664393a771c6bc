import { afterAll, beforeAll, beforeEach, expect, it } from '@jest/globals';
import {
  definePhase,
  NotFound,
  text,
  type Field,
  type Model,
  type Phase,
  type SecondFactorPolicy,
  type Strategy,
} from 'nest-auth-plug';
import { authTestApp, type AuthTestApp } from 'nest-auth-plug/testing';
import { PlainHash } from '../rooms/plain-hash.js';
import { signedInSubject } from '../rooms/signed-in-subject.js';
import { describeEachStore } from '../stores/each-store.js';
import { userResource, type User } from '../users.js';

const AT_ONCE = 50;
/** They wait for each other. */
const PATIENCE_MS = 120_000;

const keysModel: Model = {
  table: 'ways_in_keys',
  tenantField: 'tenant',
  columns: { id: { type: 'text' }, tenant: { type: 'text' }, subject: { type: 'text' } },
  primaryKey: ['id'],
};

/** Each of its keys is a way in and a second factor, and can be removed as long as another is left. */
function keys(): Strategy<User> {
  const keysOf: NonNullable<Strategy<User>['waysIn']> = async (user, { accounts }, data) => {
    const subject = accounts.subjectOf(user);
    return (await data.findMany(keysModel, { subject }, { orderBy: 'id', limit: 100 })).length;
  };
  return {
    name: 'keys',
    models: [keysModel],
    phases: [removePhase()],
    forget: async (subject, tx) => void (await tx.delete(keysModel, { subject })),
    waysIn: keysOf,
    factor: async (...asked) =>
      (await keysOf(...asked)) === 0 ? null : { strategy: 'keys', phase: 'remove', label: 'A key' },
  };
}

function removePhase(): Phase<User> {
  return definePhase<User, { id: Field<string> }>({
    name: 'remove',
    methods: ['POST'],
    fields: { id: text() },
    actor: 'fresh-user',
    async run(ctx, { id }) {
      const subject = signedInSubject(ctx);
      await ctx.data.transaction(async (tx) => {
        await ctx.accounts.requireStillSignedIn(tx);
        if ((await tx.delete(keysModel, { id, subject })) !== 1) throw new NotFound();
        await ctx.accounts.requireWayIn(subject, tx);
      });
      return { kind: 'done' };
    },
  });
}

describeEachStore('what is taken away', (store) => {
  let app: AuthTestApp;
  let policy: SecondFactorPolicy;
  let people = 0;

  beforeAll(async () => {
    const options = { strategies: [keys()], secondFactor: () => policy };
    const { resource } = userResource(options, { hashProvider: new PlainHash() });
    app = await authTestApp({ resources: [resource], dataLayer: await store.empty() });
  });
  beforeEach(() => {
    policy = 'optional';
  });
  afterAll(() => app.close());

  /** Somebody with so many keys, and with a password or without. */
  async function someone({ count, passwordHash = null }: { count: number; passwordHash?: string | null }) {
    const id = `person${(people += 1)}`;
    const { resource } = userResource();
    const user = { id, email: `${id}@example.com`, name: 'Somebody' };
    await app.data.insert(resource.model, { ...user, passwordHash });
    const subject = app.service.userToSubject(user);
    const ids = Array.from({ length: count }, (_, index) => `${id}-${index}`);
    for (const key of ids) await app.data.forTenant('').insert(keysModel, { id: key, subject });
    const { token } = await app.service.signIn(user, { methods: ['hwk'], factors: 2 });
    const headers = { authorization: `Bearer ${token}` };
    const remove = (key: string) => app.client().post('/auth/user/keys/remove', { headers, json: { id: key } });
    const left = () => app.data.forTenant('').findMany(keysModel, { subject }, { orderBy: 'id', limit: 100 });
    return { ids, remove, left };
  }

  it('is refused where it is the last way in, and stays', async () => {
    const { ids, remove, left } = await someone({ count: 1 });

    const answer = await remove(ids[0] ?? '');

    expect(answer).toMatchObject({ status: 409, body: { code: 'ERR_LAST_WAY_IN' } });
    expect(await left()).toMatchObject([{ id: ids[0] }]);
  });

  it('is gone where another strategy lets its owner in', async () => {
    const { ids, remove, left } = await someone({ count: 1, passwordHash: 'a hash' });

    expect(await remove(ids[0] ?? '')).toMatchObject({ status: 200 });

    expect(await left()).toEqual([]);
  });

  it('[ASVS 6.5.6] is refused where it is the last factor of somebody who must have one, and stays', async () => {
    policy = 'required';
    const { ids, remove, left } = await someone({ count: 2, passwordHash: 'a hash' });

    expect(await remove(ids[0] ?? '')).toMatchObject({ status: 200 });
    expect(await remove(ids[1] ?? '')).toMatchObject({ status: 409, body: { code: 'ERR_LAST_FACTOR' } });

    expect(await left()).toMatchObject([{ id: ids[1] }]);
  });

  it.each<[string, SecondFactorPolicy, string | null]>([
    ['way in', 'optional', null],
    ['factor that is required', 'required', 'a hash'],
  ])(
    '[ASVS 15.4.2] is never the last %s, of fifty that are taken away at once',
    async (_, required, passwordHash) => {
      policy = required;
      const { ids, remove, left } = await someone({ count: AT_ONCE, passwordHash });

      const answers = await Promise.all(ids.map(remove));

      expect(answers.filter(({ status }) => ![200, 409, 503].includes(status))).toEqual([]);
      expect((await left()).length).toBe(AT_ONCE - answers.filter(({ status }) => status === 200).length);
      for (const { id } of await left()) while ((await remove(String(id))).status === 503); // a busy store is asked again
      expect(await left()).toHaveLength(1);
    },
    PATIENCE_MS,
  );
});
