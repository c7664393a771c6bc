import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { ClientAnswer, Platform } from 'nest-auth-plug/testing';
import { SERIES_COOKIE } from '../rooms/all-hooks.js';
import { ADA, AUTH, CODE, enrol, isIn, register, signIn, textIn, type RoomsApp } from '../rooms/rooms-app.js';
import { PASSWORD } from '../users.js';
import { tenantsApp, visitorOf, type TenantClient } from './tenants-app.js';

const FRESH = 'pear tree in the valley';
const typed = { password: FRESH, passwordConfirmation: FRESH };
const NOTHING: readonly string[] = [];

describe.each<Platform>(['express', 'fastify'])('two tenants on %s', (platform) => {
  let app: RoomsApp;
  let ada: TenantClient;
  beforeEach(async () => {
    app = await tenantsApp({ platform });
    ada = visitorOf(app, 'acme');
  });
  afterEach(() => app.close());

  /** Ada, in both of them. */
  async function inBoth(): Promise<void> {
    await register(ada);
    await register(ada.at('beta'));
  }

  async function tokenFor(phase: string, tenant = 'acme'): Promise<string> {
    await visitorOf(app, tenant).post(`${AUTH}/${phase}`, { json: { email: ADA } });
    await app.idle();
    return app.outbox.last(ADA).link?.searchParams.get('token') ?? '';
  }

  const withToken = (answer: ClientAnswer) => ({ headers: { authorization: `Bearer ${textIn(answer, 'token')}` } });

  it('have an Ada each: the same address, and neither is the other', async () => {
    expect(await register(ada)).toMatchObject({ status: 200, body: { user: { email: ADA, orgId: 'acme' } } });
    const other = await register(ada.at('beta'));
    expect(other).toMatchObject({ status: 200, body: { user: { email: ADA, orgId: 'beta' } } });
    expect(await register(visitorOf(app, 'beta'))).toMatchObject({ status: 422 });
    const wrong = await signIn(visitorOf(app, 'gamma'));
    expect(wrong).toMatchObject({ status: 401, body: { code: 'ERR_AUTHENTICATION_FAILED' } });
  });

  it('[ASVS 8.4.1] know nobody of the other by cookie, and leave the cookie and its sign-in alone', async () => {
    await register(ada);
    const elsewhere = await ada.at('beta').get('/in/by-session');
    expect(elsewhere).toMatchObject({ status: 401, setCookies: NOTHING });

    const stolen = visitorOf(app, 'beta');
    await register(stolen, 'eve@example.com');
    const [own = ''] = [...stolen.cookies.keys()].filter((name) => name.startsWith('__Host-user-session'));
    const [adas = ''] = [...ada.cookies].filter(([name]) => name.startsWith('__Host-user-session')).map(([, v]) => v);
    stolen.cookies.set(own, adas);
    expect(await stolen.get('/in/by-session')).toMatchObject({ status: 401, setCookies: NOTHING });
    await stolen.post(`${AUTH}/session/sign-out`, { json: {} });
    expect(await isIn(ada)).toBe(true);
  });

  it('[ASVS 8.4.1] know nobody of the other by bearer token, and end nothing by it', async () => {
    const bearer = withToken(await register(ada));
    const beta = visitorOf(app, 'beta');
    const refused = await beta.get('/in/by-bearer', bearer);
    expect(refused.status).toBe(401);
    expect(refused.headers.get('www-authenticate')).toBe('Bearer error="invalid_token"');
    await beta.post(`${AUTH}/session/sign-out`, { json: {}, ...bearer });
    expect(await visitorOf(app, 'acme').get('/in/by-bearer', bearer)).toMatchObject({ status: 200 });
  });

  it('[ASVS 8.4.1] know nobody of the other by a stateless sign-in, by cookie and by token', async () => {
    const stateless = await tenantsApp({ platform, user: { signIns: 'stateless-until-they-expire' } });
    const [acme, beta] = [visitorOf(stateless, 'acme'), visitorOf(stateless, 'beta')];
    const bearer = withToken(await register(acme));
    await register(beta, 'eve@example.com');
    const [own = ''] = [...beta.cookies.keys()].filter((name) => name.startsWith('__Host-user-session'));
    const [adas = ''] = [...acme.cookies].filter(([name]) => name.startsWith('__Host-user-session')).map(([, v]) => v);

    expect([await isIn(acme), await isIn(beta)]).toEqual([true, true]);
    beta.cookies.set(own, adas);
    expect(await isIn(beta)).toBe(false);
    expect(await acme.get('/in/by-bearer', bearer)).toMatchObject({ status: 200 });
    expect(await beta.get('/in/by-bearer', bearer)).toMatchObject({ status: 401 });
    await stateless.close();
  });

  it('stand side by side in one browser: who signs in to one stays in the other, and out of one is out of one', async () => {
    await inBoth();
    expect([await isIn(ada), await isIn(ada.at('beta'))]).toEqual([true, true]);
    await ada.at('beta').post(`${AUTH}/session/sign-out`, { json: {} });
    expect([await isIn(ada), await isIn(ada.at('beta'))]).toEqual([true, false]);
  });

  it('[ASVS 8.4.1] refuse the key of the other', async () => {
    await inBoth();
    const headers = { 'x-key': textIn(await ada.post(`${AUTH}/header-key/create`, { json: {} }), 'key') };
    expect(await visitorOf(app, 'beta').get('/in/by-key', { headers })).toMatchObject({ status: 401 });
    expect(await visitorOf(app, 'acme').get('/in/by-key', { headers })).toMatchObject({ status: 200 });
  });

  it('[ASVS 8.4.1] refuse the link of the other, and do not use it up', async () => {
    await inBoth();
    const token = await tokenFor('link/request');
    const page = `${AUTH}/link/sign-in?${new URLSearchParams({ token }).toString()}`;
    expect(await visitorOf(app, 'beta').get(page)).toMatchObject({ status: 422, body: { code: 'ERR_INVALID_TOKEN' } });
    const there = await visitorOf(app, 'beta').post(`${AUTH}/link/sign-in`, { json: { token } });
    expect(there).toMatchObject({ status: 422, body: { code: 'ERR_INVALID_TOKEN' } });
    expect(await visitorOf(app, null).post(`${AUTH}/link/sign-in`, { json: { token } })).toMatchObject({ status: 400 });
    expect(await visitorOf(app, 'acme').post(`${AUTH}/link/sign-in`, { json: { token } })).toMatchObject({
      status: 200,
    });
  });

  it('[ASVS 8.4.1] refuse the reset link of the other, and do not use it up', async () => {
    await inBoth();
    const resetToken = await tokenFor('password/reset-request');
    const reset = (tenant: string) =>
      visitorOf(app, tenant).post(`${AUTH}/password/reset`, { json: { resetToken, ...typed } });
    expect(await reset('beta')).toMatchObject({ status: 422 });
    expect(await signIn(visitorOf(app, 'beta'))).toMatchObject({ status: 200 });
    expect(await reset('acme')).toMatchObject({ status: 200 });
    expect(await signIn(visitorOf(app, 'acme'), { password: FRESH })).toMatchObject({ status: 200 });
    expect(await signIn(visitorOf(app, 'beta'))).toMatchObject({ status: 200 });
  });

  it('[ASVS 8.4.1] refuse a handed-over password of the other', async () => {
    await inBoth();
    const issued = await visitorOf(app, 'acme').post(`${AUTH}/password/issue-sign-in-token`, {
      json: { email: ADA, password: PASSWORD },
    });
    const json = { token: textIn(issued, 'token') };
    const path = `${AUTH}/password/sign-in-with-token`;
    expect(await visitorOf(app, 'beta').post(path, { json })).toMatchObject({ status: 422 });
    expect(await visitorOf(app, 'acme').post(path, { json })).toMatchObject({ status: 200 });
  });

  it('[ASVS 8.4.1] refuse the first step of the other, by cookie and by handle, and it can still be completed', async () => {
    await inBoth();
    await enrol(ada);
    await enrol(ada.at('beta'));
    const browser = visitorOf(app, 'acme');
    const flow = textIn(await signIn(browser), 'flow');
    const complete = (at: TenantClient, more: object) =>
      at.post(`${AUTH}/second-factor/sign-in`, { json: { code: CODE, ...more } });
    expect(await complete(browser.at('beta'), {})).toMatchObject({ status: 401 });
    expect(await complete(browser.at('beta'), { flow })).toMatchObject({ status: 401 });
    expect(await complete(browser, {})).toMatchObject({ status: 200 });
  });

  it('keep a flow apart from that of the other, started later in the same browser', async () => {
    await inBoth();
    const browser = visitorOf(app, 'acme');
    const stateAt = async (tenant: string) => {
      const answer = await browser.at(tenant).get(`${AUTH}/provider`);
      return new URL(answer.headers.get('location') ?? '').searchParams.get('state') ?? '';
    };
    const [state, other] = [await stateAt('acme'), await stateAt('beta')];
    const back = (tenant: string, value: string) =>
      browser
        .at(tenant)
        .get(`${AUTH}/provider/callback?${new URLSearchParams({ state: value, code: ADA }).toString()}`);
    expect((await back('beta', state)).status).toBeGreaterThanOrEqual(400);
    expect(await back('acme', state)).toMatchObject({ status: 200, body: { user: { orgId: 'acme' } } });
    expect(await back('beta', other)).toMatchObject({ status: 200, body: { user: { orgId: 'beta' } } });
  });

  it('do not use up what an add-on of the other remembers a browser by', async () => {
    await register(ada);
    await signIn(ada, { rememberMe: 'on' });
    const names = [...ada.cookies.keys()];
    expect(names.filter((name) => name.startsWith(SERIES_COOKIE))).toHaveLength(1);
    for (const name of names) if (name.startsWith('__Host-user-session')) ada.cookies.delete(name);
    expect(await isIn(ada.at('beta'))).toBe(false);
    expect(await isIn(ada.at(null))).toBe(false);
    expect(await isIn(ada)).toBe(true);
  });

  it('end and list their own sign-ins alone', async () => {
    await inBoth();
    await signIn(visitorOf(app, 'acme'));
    const list = (await ada.get(`${AUTH}/session/list`)).body as { signIns: readonly { listId: string }[] };
    expect(list.signIns).toHaveLength(2);
    for (const { listId } of list.signIns) {
      const ended = await ada.at('beta').post(`${AUTH}/session/end`, { json: { listId } });
      expect(ended).toMatchObject({ status: 404 });
    }
    const changed = { currentPassword: PASSWORD, ...typed };
    expect(await ada.post(`${AUTH}/password/change`, { json: changed })).toMatchObject({ status: 200 });
    expect(await isIn(ada.at('beta'))).toBe(true);
    expect(await signIn(visitorOf(app, 'beta'))).toMatchObject({ status: 200 });
  });

  it('count guesses at one Ada apart from those at the other', async () => {
    await register(visitorOf(app, 'acme'));
    await register(visitorOf(app, 'beta'));
    const wrong = { password: 'not hers at all' };
    for (let guess = 0; guess < 10; guess += 1) await signIn(visitorOf(app, 'acme'), wrong);
    expect(await signIn(visitorOf(app, 'acme'))).toMatchObject({ status: 429 });
    expect(await signIn(visitorOf(app, 'beta'))).toMatchObject({ status: 200 });
  });

  it('know a device of the other as a stranger', async () => {
    await inBoth();
    const known = visitorOf(app, 'acme');
    await signIn(known);
    const stranger = { password: 'not hers at all' };
    for (let guess = 0; guess < 10; guess += 1) await signIn(visitorOf(app, 'acme'), stranger);
    for (let guess = 0; guess < 10; guess += 1) await signIn(visitorOf(app, 'beta'), stranger);
    expect(await signIn(known.at('beta'))).toMatchObject({ status: 429 });
    expect(await signIn(known)).toMatchObject({ status: 200 });
  });

  it('share what one address may try: naming more tenants makes no more of it', async () => {
    const statuses: number[] = [];
    for (let guess = 0; guess < 101; guess += 1) {
      statuses.push((await signIn(visitorOf(app, `org-${guess}`), { password: 'whatever it is' })).status);
    }
    expect(statuses.filter((status) => status === 401)).toHaveLength(100);
    expect(statuses.at(-1)).toBe(429);
  });

  it('cannot be told by a body whose the account is', async () => {
    const json = { email: ADA, password: PASSWORD, passwordConfirmation: PASSWORD, orgId: 'beta', tenant: 'beta' };
    expect(await ada.post(`${AUTH}/password/register`, { json })).toMatchObject({ body: { user: { orgId: 'acme' } } });
    expect(await signIn(visitorOf(app, 'beta'))).toMatchObject({ status: 401 });
  });

  it('answer many requests at once, each with its own', async () => {
    await inBoth();
    const tenants = Array.from({ length: 40 }, (_, index) => (index % 2 === 0 ? 'acme' : 'beta'));
    const answers = await Promise.all(tenants.map((tenant) => ada.at(tenant).get('/in/tenant')));
    expect(answers.map(({ body }) => body)).toEqual(
      tenants.map((tenant) => ({ user: tenant, context: tenant, signIn: tenant })),
    );
  });
});
