import { afterEach, describe, expect, it } from '@jest/globals';
import type { DataLayer, DataLayerAdapter } from 'nest-auth-plug';
import { memoryDataLayer } from 'nest-auth-plug/adapters/memory';
import type { Client, ClientAnswer, Platform } from 'nest-auth-plug/testing';
import { describeEachStore } from '../stores/each-store.js';
import type { User } from '../users.js';
import { confirming } from './confirming.js';
import { desk } from './desk.js';
import { inStep } from './in-step.js';
import {
  ADA,
  AUTH,
  enrol,
  isIn,
  register,
  roomsApp,
  signIn,
  textIn,
  type RoomsApp,
  type RoomsAppOptions,
} from './rooms-app.js';

const NEW = 'pear tree in the valley';
const PROVING = { provesMailbox: true } as const;
const PLENTY = [{ limit: 1000, windowSeconds: 60 }];

let app: RoomsApp;

/** An app whose links show mailboxes, and a browser for whoever registers somebody else's address there. */
async function arrive({ user, ...options }: RoomsAppOptions = {}): Promise<Client> {
  const limits = { guessesPerAddress: PLENTY };
  app = await roomsApp({ link: PROVING, ...options, user: { limits, addOns: [confirming()], ...user } });
  return app.client();
}

async function askFor(path: string): Promise<string> {
  await app.client().post(`${AUTH}/${path}`, { json: { email: ADA } });
  await app.idle();
  return app.outbox.last(ADA).link?.searchParams.get('token') ?? '';
}

const useLink = (browser: Client, token: string) => browser.post(`${AUTH}/link/sign-in`, { json: { token } });
const byLink = async (browser: Client): Promise<ClientAnswer> => useLink(browser, await askFor('link/request'));

async function reset(password = NEW): Promise<ClientAnswer> {
  const json = { resetToken: await askFor('password/reset-request'), password, passwordConfirmation: password };
  return app.client().post(`${AUTH}/password/reset`, { json });
}

const row = () => app.data.findOne(app.users.model, { email: ADA });
const firstProofs = () =>
  app.addOn.seen.events.filter(({ name }) => name === 'mailbox.first-shown').map(({ facts }) => facts['activity']);
const keyOf = async (browser: Client) => textIn(await browser.post(`${AUTH}/header-key/create`, { json: {} }), 'key');
const opens = async (key: string) =>
  (await app.client().get('/in/by-key', { headers: { 'x-key': key } })).status === 200;

describeEachStore('the first proof of a mailbox', (store) => {
  afterEach(() => app.close());

  it.each<Platform>(['express', 'fastify'])(
    '[PRJ 8] leaves nothing to whoever registered the address before its owner came, on %s',
    async (platform) => {
      const [mallory, ada] = [await arrive({ platform, dataLayer: await store.empty() }), app.client()];
      await register(mallory);
      const key = await keyOf(mallory);
      await enrol(mallory);

      const answer = await byLink(ada);

      expect(answer).toMatchObject({
        status: 200,
        body: { user: { email: ADA, emailConfirmedAt: expect.any(String) } },
      });
      expect([await isIn(ada), await isIn(mallory), await opens(key)]).toEqual([true, false, false]);
      expect(await signIn(app.client())).toMatchObject({ status: 401, body: { code: 'ERR_AUTHENTICATION_FAILED' } });
      expect(await row()).toMatchObject({
        passwordHash: null,
        factorCode: null,
        emailConfirmedAt: app.clock.now(),
      });
      expect(firstProofs()).toEqual(['link.sign-in']);
    },
  );

  it.each<Platform>(['express', 'fastify'])(
    '[PRJ 8] by a reset link drops what else the account had before the new password is set, on %s',
    async (platform) => {
      const mallory = await arrive({ platform, dataLayer: await store.empty() });
      await register(mallory);
      const key = await keyOf(mallory);

      expect(await reset()).toMatchObject({ status: 200, setCookies: [] });

      expect([await isIn(mallory), await opens(key)]).toEqual([false, false]);
      expect(await signIn(app.client())).toMatchObject({ status: 401 });
      expect(await signIn(app.client(), { password: NEW })).toMatchObject({ status: 200 });
      expect(await row()).toMatchObject({ emailConfirmedAt: expect.any(Date) });
    },
  );

  it('[PRJ 8] is the only one that does: a later one takes nothing away', async () => {
    const ada = await arrive({ dataLayer: await store.empty() });
    await register(ada);
    await byLink(ada);
    await reset();
    await signIn(ada, { password: NEW });
    const key = await keyOf(ada);

    expect(await byLink(app.client())).toMatchObject({ status: 200 });
    expect([await isIn(ada), await opens(key)]).toEqual([true, true]);
    expect(await signIn(app.client(), { password: NEW })).toMatchObject({ status: 200 });
    expect(await reset('plum tree by the sea')).toMatchObject({ status: 200 });
    expect(firstProofs()).toEqual(['link.sign-in']);
    expect(await opens(key)).toBe(true);
  });

  it('[ASVS 6.5.1] [ASVS 15.4.2] is made once of fifty parallel ones', async () => {
    const step = inStep(await store.empty(), store.name);
    const mallory = await arrive({ dataLayer: step.dataLayer });
    await register(mallory);
    const token = await askFor('link/request');

    const answers = await step.all(app, 50, () => useLink(app.client(), token));

    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(await isIn(mallory)).toBe(false);
  });

  it('[PRJ 8] is made once by a link and a reset at the same time', async () => {
    const step = inStep(await store.empty(), store.name);
    await register(await arrive({ dataLayer: step.dataLayer }));
    const [token, resetToken] = [await askFor('link/request'), await askFor('password/reset-request')];
    const json = { resetToken, password: NEW, passwordConfirmation: NEW };

    const answers = await step.all(app, 2, (index) =>
      index === 0 ? useLink(app.client(), token) : app.client().post(`${AUTH}/password/reset`, { json }),
    );

    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(await signIn(app.client())).toMatchObject({ status: 401 });
  });

  it.each(['signedOut', 'signedIn'])('[ASVS 2.3.3] changes nothing where %s fails in it', async (hook) => {
    const mallory = await arrive({ dataLayer: await store.empty() });
    await register(mallory);
    const key = await keyOf(mallory);
    const token = await askFor('link/request');
    app.faults.arm(hook);

    expect(await useLink(app.client(), token)).toMatchObject({ status: 503, setCookies: [] });
    expect(firstProofs()).toEqual([]);

    expect([await isIn(mallory), await opens(key)]).toEqual([true, true]);
    expect(await row()).toMatchObject({ passwordHash: expect.any(String), emailConfirmedAt: null });
    expect(await useLink(app.client(), token)).toMatchObject({ status: 200 });
  });

  it('is refused where the address is not the account’s any more, and spends nothing', async () => {
    await register(await arrive({ dataLayer: await store.empty() }));
    const token = await askFor('link/request');
    const move = (from: string, to: string) => app.data.update(app.users.model, { email: from }, { email: to });

    await move(ADA, 'bea@example.com');
    expect(await useLink(app.client(), token)).toMatchObject({ status: 422, body: { code: 'ERR_INVALID_TOKEN' } });
    await move('bea@example.com', ADA);
    expect(await useLink(app.client(), token)).toMatchObject({ status: 200 });
  });
});

describe('a proof of a mailbox', () => {
  afterEach(() => app.close());
  const confirmedOnly = { maySignIn: (user: User) => user.emailConfirmedAt instanceof Date };

  it('lets in whoever may sign in once the address is confirmed, and a password does not', async () => {
    const ada = await arrive({ user: confirmedOnly });
    expect(await register(ada)).toMatchObject({ status: 401 });

    expect(await byLink(ada)).toMatchObject({ status: 200 });

    expect(await isIn(ada)).toBe(true);
  });

  it('confirms nothing for somebody who may not sign in all the same, and spends nothing', async () => {
    let allowed = true;
    const mallory = await arrive({ user: { maySignIn: () => allowed } });
    await register(mallory);
    const token = await askFor('link/request');
    allowed = false;

    expect(await useLink(app.client(), token)).toMatchObject({ status: 401 });

    expect(await row()).toMatchObject({ passwordHash: expect.any(String), emailConfirmedAt: null });
    allowed = true;
    expect(await useLink(app.client(), token)).toMatchObject({ status: 200 });
  });

  it('makes an account that is confirmed from the start, and takes nothing from it later', async () => {
    const ada = await arrive({ link: { ...PROVING, registers: true }, user: confirmedOnly });

    expect(await byLink(ada)).toMatchObject({ status: 200, body: { user: { emailConfirmedAt: expect.any(String) } } });
    const key = await keyOf(ada);
    expect(await byLink(app.client())).toMatchObject({ status: 200 });

    expect([await isIn(ada), await opens(key)]).toEqual([true, true]);
  });

  it('forgets once where the data layer runs its transaction again', async () => {
    const mallory = await arrive({ dataLayer: runningTwice(memoryDataLayer()) });
    await register(mallory);

    expect(await byLink(app.client())).toMatchObject({ status: 200 });

    expect(await isIn(mallory)).toBe(false);
    expect(await row()).toMatchObject({ passwordHash: null });
  });

  it('drops what was there also where it adds to the sign-in in force, which goes on', async () => {
    const ada = await arrive({ user: { addOns: [confirming()], strategies: [desk()] } });
    await register(ada);
    const other = app.client();
    await signIn(other);

    expect(await ada.post(`${AUTH}/desk/show`, { json: {} })).toMatchObject({ status: 200 });

    expect([await isIn(ada), await isIn(other)]).toEqual([true, false]);
    expect(await row()).toMatchObject({ passwordHash: null, emailConfirmedAt: expect.any(Date) });
  });

  it('does the same where it changes a credential itself', async () => {
    const ada = await arrive({ user: { addOns: [confirming()], strategies: [desk()] } });
    await register(ada);
    const key = await keyOf(ada);

    expect(await ada.post(`${AUTH}/desk/renew`, { json: {} })).toMatchObject({ status: 200 });

    expect([await isIn(ada), await opens(key)]).toEqual([true, false]);
  });

  it('takes nothing from an account that it makes itself', async () => {
    const ada = await arrive({ user: { addOns: [confirming()], strategies: [desk()] } });

    expect(await ada.post(`${AUTH}/desk/enter`, { json: {} })).toMatchObject({ status: 200 });

    expect(await isIn(ada)).toBe(true);
    expect(await row()).toMatchObject({ deskCode: 'a code', emailConfirmedAt: expect.any(Date) });
  });

  it('counts as much where it signs nobody in, and not when a credential has changed since', async () => {
    const ada = await arrive({ user: { addOns: [confirming()], strategies: [desk()] } });
    await register(ada);
    await ada.post(`${AUTH}/desk/show`, { json: {} });
    const late = await ada.post(`${AUTH}/desk/tell-late`, { json: {} });
    expect(late).toMatchObject({ status: 401, body: { code: 'ERR_AUTHENTICATION_FAILED' } });

    const mallory = app.client();
    await register(mallory, 'bea@example.com');
    expect(await mallory.post(`${AUTH}/desk/tell`, { json: {} })).toMatchObject({ status: 200, setCookies: [] });
    expect(await isIn(mallory)).toBe(false);
  });
});

/** Each transaction is rolled back at first, and then runs again: as after a deadlock. */
function runningTwice(inner: DataLayerAdapter): DataLayerAdapter {
  return { ...inner, open: async (models) => twice(await inner.open(models)) };
}

function twice<L extends DataLayer>(layer: L): L {
  const again = new Error('again');
  const transaction: DataLayer['transaction'] = async (work) => {
    const first = layer.transaction(async (tx) => {
      await work(tx);
      throw again;
    });
    await first.catch((error: unknown) => {
      if (error !== again) throw error;
    });
    return layer.transaction(work);
  };
  const own = { transaction, forTenant: (tenant: string) => twice(layer.forTenant(tenant)) };
  return new Proxy(layer, {
    get(target, name): unknown {
      const value: unknown = Reflect.get(own, name) ?? Reflect.get(target, name);
      return typeof value === 'function' ? (value.bind(target) as unknown) : value;
    },
  });
}
