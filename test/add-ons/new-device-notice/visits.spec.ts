import { afterEach, describe, expect, it } from '@jest/globals';
import { ConfigurationInvalid, defineResource } from 'nest-auth-plug';
import { newDeviceNotice, type NewDeviceNoticeOptions } from 'nest-auth-plug/add-ons/new-device-notice';
import { password } from 'nest-auth-plug/strategies/password';
import { authTestApp, Outbox, type AuthTestApp, type Client, type Platform } from 'nest-auth-plug/testing';
import { faultyDataLayer } from '../../faulty-data-layer.js';
import {
  ADA,
  DEVICE_COOKIE,
  isIn,
  register,
  REGISTER,
  SESSION_COOKIE,
  SIGN_IN,
  signIn,
  tokenIn,
  visit,
} from '../../security/visit.js';
import { describeEachStore } from '../../stores/each-store.js';
import { FakeHashProvider } from '../../strategies/password/fake-hash-provider.js';
import { PASSWORD, userResource, type User } from '../../users.js';

interface Numbered {
  readonly id: number;
  readonly email: string;
}

const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';
const SIGN_OUT = '/auth/user/session/sign-out';

describe.each<Platform>(['express', 'fastify'])('an owner who wants to know of new devices, on %s,', (platform) => {
  let app: AuthTestApp;
  let notices: Outbox;
  afterEach(() => app.close());

  async function owner(options: Partial<NewDeviceNoticeOptions<User>> = {}): Promise<Client> {
    notices = new Outbox();
    const addOns = [newDeviceNotice<User>({ sender: notices, ...options })];
    ({ app } = await visit(platform, { resource: { addOns } }));
    const browser = app.client();
    await register(browser);
    await app.idle();
    return browser;
  }
  const noticesAfter = async (visiting: Promise<unknown>) => {
    await visiting;
    await app.idle();
    return notices.messages.length;
  };

  it('[ASVS 6.3.5] gets a message when somebody signs in on one, with what helps to recognise it', async () => {
    await owner();
    const elsewhere = app.client();

    expect(await noticesAfter(signIn(elsewhere, undefined, ADA, { 'user-agent': FIREFOX }))).toBe(1);

    expect(notices.last()).toMatchObject({ purpose: 'new-sign-in', to: ADA, user: { email: ADA } });
    const { signIn: about, link, code } = notices.last();
    expect(about).toEqual({ at: app.clock.now(), deviceName: 'Firefox on Linux', address: '127.0.0.1' });
    expect([link, code]).toEqual([undefined, undefined]);
    expect(JSON.stringify(notices.last())).not.toContain('asswordHash');
  });

  it('is not told of the account’s own first sign-in, nor of a device that is known', async () => {
    const browser = await owner();
    expect(notices.messages).toEqual([]);

    await browser.post(SIGN_OUT, { json: {} });
    expect(await noticesAfter(signIn(browser))).toBe(0);
    const elsewhere = app.client();
    expect(await noticesAfter(signIn(elsewhere))).toBe(1);
    expect(await noticesAfter(signIn(elsewhere))).toBe(1);
  });

  it('is told again once the device has lost its cookie', async () => {
    const browser = await owner();
    browser.cookies.delete(DEVICE_COOKIE);
    browser.cookies.delete(SESSION_COOKIE);

    expect(await noticesAfter(signIn(browser))).toBe(1);
  });

  it('is told of a device that somebody else has, and of a forged cookie', async () => {
    await owner();
    const eve = app.client();
    await register(eve, 'eve@example.com');
    expect(await noticesAfter(signIn(eve))).toBe(1);

    const forger = app.client();
    forger.cookies.set(DEVICE_COOKIE, eve.cookies.get(DEVICE_COOKIE)?.slice(0, -2) ?? '');
    expect(await noticesAfter(signIn(forger))).toBe(2);
  });

  it('is not told of wrong passwords, nor of who may not sign in', async () => {
    await owner();

    expect(await noticesAfter(signIn(app.client(), 'a wrong password'))).toBe(0);
  });

  it('is told of a sign-in by code, which has no device', async () => {
    await owner();

    await app.service.perform(['password', 'sign-in'], { email: ADA, password: PASSWORD });
    await app.idle();

    expect(notices.last().signIn).toMatchObject({ deviceName: null, address: null });
  });

  it('is not told of a step up, whatever cookies the client keeps', async () => {
    await owner();
    const answer = await signIn(app.client());
    expect(await noticesAfter(Promise.resolve())).toBe(1);

    const chosen = { password: 'quite another one', passwordConfirmation: 'quite another one' };
    const json = { currentPassword: PASSWORD, ...chosen };
    const headers = { authorization: `Bearer ${tokenIn(answer)}` };
    expect(await app.client().post('/auth/user/password/change', { json, headers })).toMatchObject({ status: 200 });
    expect(await noticesAfter(Promise.resolve())).toBe(1);
  });

  it('signs in all the same where the message cannot be sent', async () => {
    await owner({ sender: { send: () => Promise.reject(new Error('no mail today')) } });
    const elsewhere = app.client();

    expect(await signIn(elsewhere)).toMatchObject({ status: 200 });
    await app.idle();
    expect(await isIn(elsewhere)).toBe(true);
  });
});

describe('notices of new devices', () => {
  it('stop the boot where they would go to a field that is none', async () => {
    const addOns = [newDeviceNotice<User>({ sender: new Outbox(), addressField: 'id' })];
    const users = userResource({ addOns }, {}).resource;

    const starting = authTestApp({ platform: 'express', resources: [users] });

    await expect(starting).rejects.toThrow(ConfigurationInvalid);
    await expect(authTestApp({ platform: 'express', resources: [users] })).rejects.toThrow(
      /"id" is no public field of the user/,
    );
  });
});

describeEachStore('notices of new devices', (store) => {
  it('leave after the sign-in is committed, and with it alone', async () => {
    const notices = new Outbox();
    const { adapter, failNext } = faultyDataLayer(await store.empty());
    const { app } = await visit('express', {
      resource: { addOns: [newDeviceNotice<User>({ sender: notices })] },
      app: { dataLayer: adapter },
    });
    await register(app.client());
    await app.idle();
    expect(notices.messages).toEqual([]);

    failNext('transaction');
    expect(await signIn(app.client())).toMatchObject({ status: 503 });
    await app.idle();
    expect(notices.messages).toEqual([]);
    expect(await signIn(app.client())).toMatchObject({ status: 200 });
    await app.idle();
    expect(notices.messages).toHaveLength(1);
    await app.close();
  });

  it('tell nothing of the first sign-in where the database makes the key, and so the account comes first', async () => {
    const notices = new Outbox();
    const numbered = defineResource<Numbered>({
      subjectName: 'user',
      table: 'users',
      key: { id: 'integer' },
      strategies: [password({ identityField: 'email', hashProvider: new FakeHashProvider() })],
      addOns: [newDeviceNotice({ sender: notices })],
    });
    const app = await authTestApp({ resources: [numbered], dataLayer: await store.empty() });
    const typed = { email: ADA, password: PASSWORD };
    const answer = await app.client().post(REGISTER, { json: { ...typed, passwordConfirmation: PASSWORD } });
    expect(answer).toMatchObject({ status: 200 });
    await app.idle();
    expect(notices.messages).toEqual([]);

    await app.client().post(SIGN_IN, { json: typed });
    await app.idle();
    expect(notices.messages).toHaveLength(1);
    await app.close();
  });
});
