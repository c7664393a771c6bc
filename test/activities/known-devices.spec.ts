import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { memoryDataLayer } from 'nest-auth-plug/adapters/memory';
import type { DataLayer, DataLayerAdapter } from 'nest-auth-plug';
import type { Client } from 'nest-auth-plug/testing';
import { tokensModel } from '../../lib/tokens/index.js';
import { ADA, AUTH, register, roomsApp, signIn, type RoomsApp } from '../rooms/rooms-app.js';

const DEVICE = '__Host-user-device';
const RULE = { limit: 3, windowSeconds: 900 };

describe('a device that signed in before', () => {
  let app: RoomsApp;
  let owner: Client;
  beforeEach(async () => {
    const limits = { guessesPerAddress: [{ limit: 20, windowSeconds: 900 }], guessesPerIdentity: [RULE] };
    app = await roomsApp({ user: { limits: { ...limits, guessesPerDevice: [RULE] } } });
    owner = app.client();
    await register(owner);
    owner.cookies.delete('__Host-user-session');
  });
  afterEach(() => app.close());

  const guess = async (browser: Client, email = ADA) =>
    (await browser.post(`${AUTH}/password/sign-in`, { json: { email, password: 'wrong' } })).status;

  it('[ASVS 6.1.1] signs in though strangers used up what its account has, and what its address has', async () => {
    for (let count = 0; count < 25; count++) await guess(app.client());
    for (let count = 0; count < 25; count++) await guess(app.client(), `person${count}@example.com`);

    expect(await signIn(app.client())).toMatchObject({ status: 429 });
    expect(await signIn(owner)).toMatchObject({ status: 200 });
  });

  it('has tries of its own, and no more than the others', async () => {
    const statuses = [await guess(owner), await guess(owner), await guess(owner), await guess(owner)];

    expect(statuses).toEqual([401, 401, 401, 429]);
    expect(await signIn(app.client())).toMatchObject({ status: 200 });
  });

  it('begins anew by a right guess', async () => {
    for (let round = 0; round < 3; round++) {
      expect([await guess(owner), await guess(owner)]).toEqual([401, 401]);
      expect(await signIn(owner)).toMatchObject({ status: 200 });
    }
  });

  it('is known at its own accounts alone', async () => {
    await register(app.client(), 'eve@example.com');

    for (let count = 0; count < 3; count++) await guess(owner, 'eve@example.com');

    expect(await guess(app.client(), 'eve@example.com')).toBe(429);
  });

  it('is known at each account of those who share it', async () => {
    await register(owner, 'eve@example.com');
    for (let count = 0; count < 4; count++) {
      await guess(app.client());
      await guess(app.client(), 'eve@example.com');
    }

    expect(await signIn(owner)).toMatchObject({ status: 200 });
    expect(await signIn(owner, { email: 'eve@example.com' })).toMatchObject({ status: 200 });
  });

  it('is one like any other once its cookie is changed, or is another resource’s', async () => {
    const cookie = owner.cookies.get(DEVICE) ?? '';
    for (let count = 0; count < 4; count++) await guess(app.client());
    const admin = app.client();
    await register(admin, ADA, '/auth/admin');

    for (const value of [`${cookie.slice(0, -2)}xx`, admin.cookies.get('__Host-admin-device') ?? '', '', '[]']) {
      owner.cookies.set(DEVICE, value);
      expect(await signIn(owner)).toMatchObject({ status: 429 });
    }
  });

  it('is not known by a wrong guess, nor by asking for a link', async () => {
    const browser = app.client();
    await guess(browser);
    await browser.post(`${AUTH}/link/request`, { json: { email: ADA } });

    expect([...browser.cookies.keys()]).toEqual([]);
  });
});

describe('a device whose sign-in was rolled back', () => {
  const ROLLED_BACK = new Error('deadlock');
  let app: RoomsApp;
  let inBetween: (() => Promise<unknown>) | null = null;
  afterEach(() => app.close());

  /** As a database does that has to run a transaction again, and somebody else was first by then. */
  const contended = (inner: DataLayerAdapter): DataLayerAdapter => {
    const wrap = <T extends DataLayer>(layer: T): T =>
      new Proxy(layer, {
        get(target, name): unknown {
          if (name === 'forTenant') return (tenant: string) => wrap(target.forTenant(tenant));
          if (name === 'transaction') return (work: Parameters<T['transaction']>[0]) => rerun(target, work);
          const member: unknown = Reflect.get(target, name);
          return typeof member === 'function' ? member.bind(target) : member;
        },
      });
    const rerun = async (layer: DataLayer, work: (tx: DataLayer) => Promise<unknown>) => {
      const meanwhile = inBetween;
      inBetween = null;
      if (meanwhile !== null) {
        const first = layer.transaction(async (tx) => work(tx).then(() => Promise.reject(ROLLED_BACK)));
        await expect(first).rejects.toBe(ROLLED_BACK);
        await meanwhile();
      }
      return layer.transaction(work);
    };
    return { ...inner, open: async (models) => wrap(await inner.open(models)) };
  };

  it('is not known by that', async () => {
    app = await roomsApp({ dataLayer: contended(memoryDataLayer()) });
    await register(app.client());
    await app.client().post(`${AUTH}/link/request`, { json: { email: ADA } });
    await app.idle();
    const token = app.outbox.last(ADA).link?.searchParams.get('token');
    inBetween = () => app.data.forTenant('').update(tokensModel, { spentAt: null }, { spentAt: new Date(0) });

    const answer = await app.client().post(`${AUTH}/link/sign-in`, { json: { token } });

    expect(answer).toMatchObject({ status: 422, setCookies: [] });
  });
});
