import { Controller } from '@nestjs/common';
import { afterEach, describe, expect, it } from '@jest/globals';
import { AuthService, JsonAuthPlug, type Activity, type AuthContext } from 'nest-auth-plug';
import { logOutEverywhere } from 'nest-auth-plug/add-ons/log-out-everywhere';
import type { Client, Platform } from 'nest-auth-plug/testing';
import { subjectsModel } from '../../../lib/sessions/index.js';
import {
  ADA,
  AUTH,
  CODE,
  copyOf,
  enrol,
  isIn,
  isInBy,
  liveRows,
  register,
  roomsApp,
  SESSION,
  signIn,
  subjectOf,
  textIn,
  type RoomsApp,
  type RoomsAppOptions,
} from '../../rooms/rooms-app.js';
import { tenantsApp, visitorOf } from '../../tenants/tenants-app.js';
import { PASSWORD, type User } from '../../users.js';

/** Asks for the sign-ins of whoever asks, when it answers. */
@Controller('auth')
class AskingPlug extends JsonAuthPlug<User> {
  constructor(private readonly auth: AuthService) {
    super();
  }

  override async handleSuccess(ctx: AuthContext, activity: Activity, user: User | null, token: string | null) {
    const body = await super.handleSuccess(ctx, activity, user, token);
    const asking = this.auth.perform(['session', 'list'], {}, { context: ctx, subjectName: 'user' });
    const isInForce = ctx.signIn?.token === token;
    return asking.then(
      () => ({ ...body, isInForce }),
      (error: unknown) => ({ ...body, isInForce, asked: error instanceof Error ? error.name : null }),
    );
  }
}

const PATH = `${AUTH}/log-out-everywhere`;
const ADD_ONS = () => [logOutEverywhere<User>()];

describe.each<Platform>(['express', 'fastify'])('logging out everywhere on %s', (platform) => {
  let app: RoomsApp;
  afterEach(() => app.close());

  const open = async (options: RoomsAppOptions = {}): Promise<Client> => {
    app = await roomsApp({ platform, ...options, user: { addOns: ADD_ONS(), ...options.user } });
    const browser = app.client();
    await register(browser);
    return browser;
  };
  const everywhere = (browser: Client, json: object = {}) => browser.post(PATH, { json });
  const epoch = async () => {
    const row = await app.data.forTenant('').findOne(subjectsModel, { subject: await subjectOf(app) });
    return Number(row?.['epoch']);
  };

  it('[ASVS 7.4.1] ends every sign-in, cookie and token, this one too, and says how many', async () => {
    const browser = await open();
    const phone = app.client();
    const token = textIn(await signIn(phone), 'token');
    const copy = copyOf(app, browser);
    const before = await epoch();

    const answer = await everywhere(browser);

    expect(answer).toMatchObject({ status: 200, body: { ended: 2 } });
    expect(answer.setCookies.join()).toMatch(
      /^__Host-user-session=; Max-Age=0; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
    );
    expect([await isIn(copy), await isIn(phone), await isInBy(app, token)]).toEqual([false, false, false]);
    expect(await epoch()).toBe(before + 1);
    expect(await liveRows(app)).toEqual([]);
  });

  it('is done by a bearer token as well, which is dead then', async () => {
    const browser = await open();
    const token = textIn(await signIn(app.client()), 'token');

    const headers = { authorization: `Bearer ${token}` };
    const answer = await app.client().post(PATH, { json: {}, headers });

    expect(answer).toMatchObject({ status: 200, body: { ended: 2 }, setCookies: [] });
    expect([await isIn(browser), await isInBy(app, token)]).toEqual([false, false]);
  });

  it('ends nothing of anybody else', async () => {
    const browser = await open();
    const bea = app.client();
    await register(bea, 'bea@example.com');

    expect(await everywhere(browser)).toMatchObject({ body: { ended: 1 } });

    expect(await isIn(bea)).toBe(true);
  });

  it('[ASVS 7.4.1] tells add-ons, which end what they keep: browsers that are known by something else', async () => {
    const browser = await open();
    const tablet = app.client();
    await signIn(tablet, { rememberMe: 'on' });
    tablet.cookies.delete(SESSION);
    const subject = await subjectOf(app);

    await everywhere(browser);
    expect(app.addOn.seen.ended).toEqual([{ subject, which: 'all', signInId: null }]);
    expect(await isIn(tablet)).toBe(false);

    await signIn(browser);
    const [row] = await liveRows(app);
    await everywhere(browser, { keepThisBrowser: true });
    expect(app.addOn.seen.ended.at(-1)).toEqual({ subject, which: 'others', signInId: row?.['id'] });
  });

  it('voids what was under way: links, first steps, tokens to be handed over', async () => {
    const browser = await open();
    await app.client().post(`${AUTH}/password/reset-request`, { json: { email: ADA } });
    await app.idle();
    const resetToken = app.outbox.last(ADA).link?.searchParams.get('token');
    const json = { email: ADA, password: PASSWORD };
    const handed = textIn(await app.client().post(`${AUTH}/password/issue-sign-in-token`, { json }), 'token');

    await everywhere(browser);

    const typed = { password: 'pear tree in the valley', passwordConfirmation: 'pear tree in the valley' };
    const reset = await app.client().post(`${AUTH}/password/reset`, { json: { resetToken, ...typed } });
    expect(reset).toMatchObject({ status: 422 });
    const redeemed = await app.client().post(`${AUTH}/password/sign-in-with-token`, { json: { token: handed } });
    expect(redeemed.status).toBeGreaterThanOrEqual(400);
    expect(await signIn(browser)).toMatchObject({ status: 200 });
  });

  it.each([true, 'on', '1'])(
    '[ASVS 7.2.4] keeps this browser where that is asked for by %j, under new handles',
    async (keepThisBrowser) => {
      const browser = await open();
      const old = copyOf(app, browser);
      const oldToken = textIn(await signIn(browser), 'token');
      const phone = app.client();
      await signIn(phone);
      const before = await epoch();

      const answer = await everywhere(browser, { keepThisBrowser });

      expect(answer).toMatchObject({
        status: 200,
        body: { ended: 1, user: { email: ADA }, token: expect.any(String) },
      });
      expect([await isIn(browser), await isInBy(app, textIn(answer, 'token'))]).toEqual([true, true]);
      expect([await isIn(old), await isInBy(app, oldToken), await isIn(phone)]).toEqual([false, false, false]);
      expect(await epoch()).toBe(before + 1);
      expect(await liveRows(app)).toHaveLength(1);
    },
  );

  it('[ASVS 7.5.3] makes nothing any fresher by keeping: neither the sign-in nor its second factor', async () => {
    const browser = await open();
    await enrol(browser);
    await signIn(browser);
    await browser.post(`${AUTH}/second-factor/sign-in`, { json: { code: CODE } });
    const [before] = await liveRows(app);
    app.clock.advance(11 * 60);

    expect(await everywhere(browser, { keepThisBrowser: true })).toMatchObject({ status: 200 });

    const [after] = await liveRows(app);
    for (const field of ['authenticatedAt', 'secondFactorAt', 'methods', 'expiresAt', 'remembered']) {
      expect([field, after?.[field]]).toEqual([field, before?.[field]]);
    }
    expect(await browser.post(`${AUTH}/session/end`, { json: { listId: 'others' } })).toMatchObject({ status: 403 });
  });

  it.each([
    ['nobody', {}, 401],
    ['somebody with a dead session', { cookie: `${SESSION}=${'x'.repeat(43)}` }, 401],
    ['another site', { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }, 403],
  ])('[ASVS 3.5.1] is done by no request of %s', async (who, headers, status) => {
    const browser = await open();
    const asking = who === 'another site' ? browser : app.client();

    expect(await asking.post(PATH, { json: {}, headers })).toMatchObject({ status });

    expect(await isIn(browser)).toBe(true);
  });

  it.each(['GET', 'HEAD', 'PUT', 'DELETE'])('[ASVS 3.5.3] is done by no %s', async (method) => {
    const browser = await open();

    expect(await browser.request(method, PATH)).toMatchObject({ status: 405 });

    expect(await isIn(browser)).toBe(true);
  });

  it('[ASVS 2.2.1] ends nothing where the wish to stay is neither yes nor no', async () => {
    const browser = await open();

    const answer = await everywhere(browser, { keepThisBrowser: 'perhaps' });

    expect(answer).toMatchObject({ status: 422, body: { problems: [{ field: 'keepThisBrowser' }] } });
    expect(await isIn(browser)).toBe(true);
  });

  it('is performed by code for somebody who is signed in, and by a call of the app for anybody', async () => {
    const browser = await open();
    await expect(app.service.perform(['log-out-everywhere', 'sign-out'], {}, { subjectName: 'user' })).rejects.toThrow(
      /Sign in first/,
    );

    expect(await app.service.endSignIns(await subjectOf(app))).toBe(1);

    expect(await isIn(browser)).toBe(false);
  });

  it('is not found again in the same request, by whatever the app asks in its answer', async () => {
    const browser = await open({ plug: AskingPlug });

    expect(await everywhere(browser)).toMatchObject({ status: 200, body: { asked: 'SignInRequired' } });
  });

  it('goes on, where it is kept, as the sign-in in force that the app sees in its answer', async () => {
    const browser = await open({ plug: AskingPlug });

    const answer = await everywhere(browser, { keepThisBrowser: true });

    expect(answer).toMatchObject({ status: 200, body: { isInForce: true } });
  });

  it('is of one tenant alone', async () => {
    app = await tenantsApp({ platform, user: { addOns: ADD_ONS() } });
    const ada = visitorOf(app, 'acme');
    for (const tenant of ['acme', 'beta']) await register(ada.at(tenant));

    const answer = await ada.post(PATH, { json: {} });

    expect(answer).toMatchObject({ status: 200, body: { ended: 1 } });
    expect([await isIn(ada.at('acme')), await isIn(ada.at('beta'))]).toEqual([false, true]);
    expect(await ada.at(null).post(PATH, { json: {} })).toMatchObject({ status: 400 });
  });
});
