import { afterEach, describe, expect, it } from '@jest/globals';
import type { Client, Platform } from 'nest-auth-plug/testing';
import { subjectsModel } from '../../../lib/sessions/index.js';
import {
  ADA,
  AUTH,
  CODE,
  copyOf,
  enrol,
  isIn,
  liveRows,
  register,
  SESSION,
  signIn,
  subjectOf,
} from '../../rooms/rooms-app.js';
import { confirming } from '../../rooms/confirming.js';
import { PASSWORD, type User } from '../../users.js';
import { COOKIE, DAY, second, signOut, trustApp, trustRows, type TrustApp, type TrustAppOptions } from './trust-app.js';

const BEA = 'bea@example.com';
const asked = { status: 401, body: { code: 'ERR_SECOND_FACTOR_REQUIRED' } };

interface Listed {
  readonly listId: string;
  readonly current: boolean;
}

describe.each<Platform>(['express', 'fastify'])('a trusted browser, on %s,', (platform) => {
  let app: TrustApp;
  afterEach(() => app.close());
  const open = async (options: TrustAppOptions = {}): Promise<void> => {
    app = await trustApp({ platform, ...options });
  };
  const devicesOf = async (browser: Client) => {
    const { body } = await browser.get(`${AUTH}/trusted-device/list`);
    return (body as { readonly devices: readonly Listed[] }).devices;
  };
  const revoke = (browser: Client, listId: string) =>
    browser.post(`${AUTH}/trusted-device/revoke`, { json: { listId } });

  it('is asked for the first step alone, and no other browser is', async () => {
    await open();
    const browser = await app.trusted();
    const shownAt = app.clock.now();
    app.clock.advance(DAY);

    expect(await signIn(browser)).toMatchObject({ status: 200 });
    expect(await signIn(app.client())).toMatchObject(asked);

    const row = (await liveRows(app)).at(-1);
    expect(row).toMatchObject({
      methods: 'pwd trusted-device',
      secondFactorAt: shownAt,
      authenticatedAt: app.clock.now(),
    });
  });

  it('is one only where its owner wished it, with the second step or with the first', async () => {
    await open();
    const [unwished, first] = [app.client(), app.client()];
    await signIn(unwished);
    await second(unwished);
    await signIn(first, { trustDevice: 'on' });
    expect(first.cookies.has(COOKIE)).toBe(false);
    await second(first);

    for (const browser of [unwished, first]) await signOut(browser);
    expect(await signIn(unwished)).toMatchObject(asked);
    expect(await signIn(first)).toMatchObject({ status: 200 });
  });

  it('[ASVS 6.3.3] opens nothing by its cookie alone', async () => {
    await open();
    const browser = await app.trusted();

    expect(await browser.get('/in/by-session')).toMatchObject({ status: 401, setCookies: [] });
    expect(await signIn(browser, { password: 'wrong password' })).toMatchObject({ status: 401, setCookies: [] });
    expect(await second(browser)).toMatchObject({ status: 401 });
    expect(await isIn(browser)).toBe(false);
  });

  it('[ASVS 7.5.3] has a second factor, and never a fresh one until it is shown', async () => {
    await open();
    const browser = await app.trusted();
    await signIn(browser);

    expect((await browser.get('/asking/factor')).status).toBe(200);
    expect((await browser.get('/asking/fresh-factor')).status).toBe(401);
    await browser.post(`${AUTH}/password/verify`, { json: { password: PASSWORD } });
    expect((await browser.get('/asking/fresh-factor')).status).toBe(401);
    await browser.post(`${AUTH}/second-factor/verify`, { json: { code: CODE } });
    expect((await browser.get('/asking/fresh-factor')).status).toBe(200);
  });

  it('counts for nobody but who trusted it', async () => {
    await open();
    const elsewhere = app.client();
    await register(elsewhere, BEA);
    await enrol(elsewhere);
    const browser = await app.trusted();

    expect(await signIn(browser, { email: BEA })).toMatchObject(asked);
    expect(await signIn(browser)).toMatchObject({ status: 200 });
    await signOut(browser);

    await signIn(browser, { email: BEA });
    await second(browser, { trustDevice: true });
    await signOut(browser);
    expect(await signIn(browser, { email: BEA })).toMatchObject({ status: 200 });
    await signOut(browser);
    expect(await signIn(browser)).toMatchObject(asked);
    expect(await trustRows(app)).toHaveLength(1);
  });

  it('stays one when its owner signs out of it, or ends its sign-in from elsewhere', async () => {
    await open();
    const browser = await app.trusted();
    await signIn(browser);
    const [mine] = await app.service.listSignIns(await subjectOf(app));
    const phone = await app.trusted();
    await signIn(phone);

    await phone.post(`${AUTH}/session/end`, { json: { listId: mine?.listId } });

    expect(await isIn(browser)).toBe(false);
    expect(await signIn(browser)).toMatchObject({ status: 200 });
  });

  it.each<[string, (owner: Client) => Promise<unknown>]>([
    [
      'the password changes',
      (owner) =>
        owner.post(`${AUTH}/password/change`, {
          json: { currentPassword: PASSWORD, password: `${PASSWORD}s`, passwordConfirmation: `${PASSWORD}s` },
        }),
    ],
    ['a factor is enrolled anew', (owner) => enrol(owner)],
    ['everything is signed out', async () => app.service.endSignIns(await subjectOf(app))],
    [
      'the owner is disabled and enabled again',
      async () => {
        await app.service.disable(await subjectOf(app));
        await app.service.enable(await subjectOf(app));
      },
    ],
    ['the owner revokes it', async (owner) => revoke(owner, (await devicesOf(owner))[0]?.listId ?? '')],
    ['the owner revokes all', (owner) => revoke(owner, 'all')],
  ])('[ASVS 7.4.3] is none any more when %s', async (_, happens) => {
    await open();
    const browser = await app.trusted();
    const owner = app.client();
    await signIn(owner);
    await second(owner);
    expect(await trustRows(app)).toHaveLength(1);

    await happens(owner);

    const password = _ === 'the password changes' ? `${PASSWORD}s` : PASSWORD;
    expect(await signIn(browser, { password })).toMatchObject(asked);
    expect(await trustRows(app)).toHaveLength(0);
  });

  it('[ASVS 7.4.3] is none under another epoch than that it was made under, also where its row is still there', async () => {
    await open();
    const browser = await app.trusted();
    const where = { subject: await subjectOf(app) };
    const { epoch } = (await app.data.forTenant('').findOne(subjectsModel, where, ['epoch'])) ?? {};
    await app.data.forTenant('').update(subjectsModel, where, { epoch: Number(epoch) + 1 });

    expect(await signIn(browser)).toMatchObject(asked);
    expect(await trustRows(app)).toHaveLength(1);
  });

  it('is none any more 30 days after the factor was shown, however often it came', async () => {
    await open();
    const browser = await app.trusted();
    for (let days = 0; days < 29; days += 1) {
      app.clock.advance(DAY);
      expect(await signIn(browser)).toMatchObject({ status: 200 });
    }
    app.clock.advance(DAY);

    expect(await signIn(browser)).toMatchObject(asked);
  });

  it('is listed to its owner alone, who can revoke it, and nobody else can', async () => {
    await open();
    const bea = app.client();
    await register(bea, BEA);
    const browser = await app.trusted();
    await signIn(browser);
    const phone = await app.trusted();
    await signIn(phone);

    const devices = await devicesOf(browser);
    expect(devices).toHaveLength(2);
    expect(devices.filter(({ current }) => current)).toHaveLength(1);
    expect(Object.keys(devices[0] ?? {}).toSorted()).toEqual(
      ['listId', 'since', 'expiresAt', 'userAgent', 'deviceName', 'current'].toSorted(),
    );
    expect(await devicesOf(bea)).toEqual([]);
    const other = devices.find(({ current }) => !current)?.listId ?? '';
    expect(await revoke(bea, other)).toMatchObject({ status: 404 });
    expect(await revoke(app.client(), other)).toMatchObject({ status: 401 });
    expect(await revoke(browser, 'nothing')).toMatchObject({ status: 404 });
    expect(await revoke(browser, other)).toMatchObject({ status: 200, body: { revoked: 1 } });

    expect(await signIn(await signOut(phone))).toMatchObject(asked);
    expect(await signIn(await signOut(browser))).toMatchObject({ status: 200 });
  });

  it('loses its cookie when it revokes itself', async () => {
    await open();
    const browser = await app.trusted();
    await signIn(browser);
    const [own] = await devicesOf(browser);

    await revoke(browser, own?.listId ?? '');

    expect(browser.cookies.has(COOKIE)).toBe(false);
  });

  it('[Session sheet] is none any more, with its copy, once the older of the two comes', async () => {
    await open();
    const browser = await app.trusted();
    const thief = copyOf(app, browser);
    expect(await signIn(thief)).toMatchObject({ status: 200 });
    app.clock.advance(31);

    expect(await signIn(browser)).toMatchObject(asked);

    expect(browser.cookies.has(COOKIE)).toBe(false);
    expect(app.events.filter(({ name }) => name === 'trusted-device.theft')).toMatchObject([
      { outcome: 'refused', facts: { subject: await subjectOf(app) } },
    ]);
    expect(await signIn(await signOut(thief))).toMatchObject(asked);
  });

  it('is made by no step-up and no renewal, and by two factors shown at once', async () => {
    await open();
    const browser = app.client();
    await signIn(browser);
    await second(browser);

    await browser.post(`${AUTH}/second-factor/verify`, { json: { code: CODE, trustDevice: true } });
    await browser.post(`${AUTH}/password/verify`, { json: { password: PASSWORD, trustDevice: true } });
    await signIn(app.client(), { trustDevice: true });
    const user = await app.service.subjectToUser<User>(await subjectOf(app));
    await app.service.signIn(user ?? {}, { methods: ['hwk'], factors: 2, subjectName: 'user' });

    expect(await trustRows(app)).toEqual([]);
  });

  it('is asked for by a wish that is one', async () => {
    await open();

    expect(await signIn(app.client(), { trustDevice: 'perhaps' })).toMatchObject({
      status: 422,
      body: { problems: [{ field: 'trustDevice' }] },
    });
  });

  it('counts where a second factor is required, too, and enrols nothing', async () => {
    await open({ user: { secondFactor: 'required' } });
    const browser = await app.trusted();

    expect(await signIn(browser)).toMatchObject({ status: 200 });
  });

  it('signs in by a mailed link without a second factor, and not by the first proof of the mailbox', async () => {
    const link = { provesMailbox: true };
    await open({ link, user: { addOns: [confirming()] } });
    const browser = await app.trusted();
    const byLink = async () => {
      await app.client().post(`${AUTH}/link/request`, { json: { email: ADA } });
      await app.idle();
      const token = app.outbox.last(ADA).link?.searchParams.get('token');
      return browser.post(`${AUTH}/link/sign-in`, { json: { token } });
    };
    await app.data.update(app.users.model, { email: ADA }, { emailConfirmedAt: app.clock.now() });
    expect(await byLink()).toMatchObject({ status: 200 });
    expect((await liveRows(app)).at(-1)).toMatchObject({ secondFactorAt: expect.any(Date) });

    await app.data.update(app.users.model, { email: ADA }, { emailConfirmedAt: null });
    expect(await byLink()).toMatchObject({ status: 200 });

    expect(await liveRows(app)).toMatchObject([{ secondFactorAt: null }]);
    expect(await trustRows(app)).toEqual([]);
    expect(browser.cookies.has(SESSION)).toBe(true);
  });
});
