import { afterEach, describe, expect, it } from '@jest/globals';
import type { Platform } from 'nest-auth-plug/testing';
import { BANNED, SERIES_COOKIE } from './all-hooks.js';
import { eagerLink, forgetfulCallback } from './provider-callback.js';
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

describe.each<Platform>(['express', 'fastify'])('on %s', (platform) => {
  let app: RoomsApp;
  const open: RoomsApp[] = [];
  afterEach(async () => {
    for (const one of open.splice(0)) await one.close();
  });

  const boot = async (options: RoomsAppOptions = {}) => {
    app = await roomsApp({ platform, ...options });
    open.push(app);
    return app.client();
  };

  describe('a strategy with a header credential', () => {
    const withKey = (key: string) => ({ headers: { 'x-key': key } });
    const makeKey = async (browser: Awaited<ReturnType<typeof boot>>) =>
      textIn(await browser.post(`${AUTH}/header-key/create`, { json: {} }), 'key');

    it('lets its key through guards that accept it, and tells what the key may', async () => {
      const browser = await boot();
      await register(browser);
      const key = await makeKey(browser);

      const answer = await app.client().get('/in/by-key', withKey(key));

      expect(answer).toMatchObject({ status: 200, body: { email: ADA, id: expect.any(String), scopes: ['read'] } });
      expect(answer.setCookies).toEqual([]);
      expect(await app.service.listSignIns(await subject())).toHaveLength(1);
    });

    it('[ASVS 7.2.2] opens nothing else by its key, and nothing of its own by a sign-in', async () => {
      const browser = await boot();
      await register(browser);
      const key = await makeKey(browser);
      const token = textIn(await signIn(app.client()), 'token');

      for (const path of ['/in/by-session', '/in/by-bearer']) {
        expect(await app.client().get(path, withKey(key))).toMatchObject({ status: 401 });
        const asBearer = { headers: { authorization: `Bearer ${key}` } };
        expect(await app.client().get(path, asBearer)).toMatchObject({ status: 401 });
      }
      expect(await browser.get('/in/by-key')).toMatchObject({ status: 401 });
      expect(await app.client().get('/in/by-key', withKey(token))).toMatchObject({ status: 401 });
    });

    it('enters no phase that is meant for a person', async () => {
      const browser = await boot();
      await register(browser);
      const key = await makeKey(browser);

      for (const [method, path] of [
        ['POST', 'header-key/create'],
        ['GET', 'session/list'],
        ['POST', 'second-factor/verify'],
      ] as const) {
        const answer = await app.client().request(method, `${AUTH}/${path}`, {
          ...withKey(key),
          ...(method === 'POST' && { json: { code: 'any' } }),
        });
        expect(answer).toMatchObject({ status: 401, body: { code: 'ERR_SIGN_IN_REQUIRED' } });
      }
    });

    it('decides alone where it is present: a bad key does not fall back to the cookie', async () => {
      const browser = await boot();
      await register(browser);

      expect(await browser.get('/in/by-any')).toMatchObject({ status: 200 });
      expect(await browser.get('/in/by-any', withKey('wrong'))).toMatchObject({ status: 401 });
    });

    it('[ASVS 6.3.4] refuses the key of a disabled user, and of one who may not sign in', async () => {
      let allowed = true;
      const browser = await boot({ user: { maySignIn: () => allowed } });
      await register(browser);
      const key = await makeKey(browser);

      allowed = false;
      expect(await app.client().get('/in/by-key', withKey(key))).toMatchObject({ status: 401 });
      allowed = true;
      expect(await app.client().get('/in/by-key', withKey(key))).toMatchObject({ status: 200 });
      await app.service.disable(await subject());
      expect(await app.client().get('/in/by-key', withKey(key))).toMatchObject({ status: 401 });
    });
  });

  describe('a strategy with a cross-site callback', () => {
    const CROSS_SITE = { 'sec-fetch-site': 'cross-site', origin: 'https://provider.example' };
    const start = async (browser: Awaited<ReturnType<typeof boot>>, query = '') => {
      const answer = await browser.get(`${AUTH}/provider${query}`);
      expect(answer).toMatchObject({ status: 303 });
      return new URL(answer.headers.get('location') ?? '').searchParams.get('state') ?? '';
    };
    const callback = (state: string, code = ADA) =>
      `${AUTH}/provider/callback?${new URLSearchParams({ state, code }).toString()}`;

    it.each(['GET', 'POST'] as const)('signs in whoever comes back by %s, from another site', async (method) => {
      const browser = await boot();
      await register(app.client());
      const state = await start(browser);

      const request = method === 'GET' ? {} : { form: { state, code: ADA } };
      const path = method === 'GET' ? callback(state) : `${AUTH}/provider/callback`;
      const answer = await browser.request(method, path, { ...request, headers: CROSS_SITE });

      expect(answer).toMatchObject({ status: 200, body: { user: { email: ADA } } });
      expect(await isIn(browser)).toBe(true);
    });

    it('runs nothing on HEAD, so that a preview does not use the way back up', async () => {
      const browser = await boot();
      await register(app.client());
      const state = await start(browser);

      expect(await browser.request('HEAD', callback(state))).toMatchObject({ status: 405 });
      expect(app.faults.visited).not.toContain('provider.callback');
      expect(await browser.get(callback(state))).toMatchObject({ status: 200 });
    });

    it('refuses a way back that was taken already', async () => {
      const browser = await boot();
      await register(app.client());
      const state = await start(browser);
      const cookies = new Map(browser.cookies);
      await browser.get(callback(state));

      const thief = app.client();
      for (const [name, value] of cookies) thief.cookies.set(name, value);
      const replayed = await thief.get(callback(state));

      expect(replayed).toMatchObject({ status: 422, body: { code: 'ERR_INVALID_TOKEN' } });
      expect(await isIn(thief)).toBe(false);
    });

    it('[ASVS 3.5.1] refuses a way back that this browser did not start', async () => {
      const browser = await boot();
      await register(app.client());
      const state = await start(app.client());

      expect(await browser.get(callback(state))).toMatchObject({ status: 401 });
      await start(browser);
      expect(await browser.get(callback(state))).toMatchObject({ status: 401 });
    });

    it('lets a way back expire', async () => {
      const browser = await boot();
      await register(app.client());
      const state = await start(browser);

      app.clock.advance(601);

      expect(await browser.get(callback(state))).toMatchObject({ status: 401 });
    });

    it('keeps what was wished at the start, and asks for the second factor on the way', async () => {
      const browser = await boot();
      const owner = app.client();
      await register(owner);
      await enrol(owner);
      const state = await start(browser, '?rememberMe=on&returnTo=/inbox');

      expect(await browser.get(callback(state))).toMatchObject({
        status: 401,
        body: { code: 'ERR_SECOND_FACTOR_REQUIRED' },
      });
      const answer = await browser.post(`${AUTH}/second-factor/sign-in`, { json: { code: 'code of ada' } });

      expect(answer).toMatchObject({ status: 200, body: { remembered: true } });
      expect(browser.cookies.has(SERIES_COOKIE)).toBe(true);
    });

    it('[ASVS 7.6.2] is a bug that signs nobody in where a link that is only followed proves somebody', async () => {
      const browser = await boot({ user: { strategies: [eagerLink()] } });
      await register(app.client());

      const answer = await browser.get(`${AUTH}/eager/follow?${new URLSearchParams({ code: ADA }).toString()}`);

      expect(answer).toMatchObject({ status: 500, setCookies: [] });
      expect(await app.service.listSignIns(await subject())).toHaveLength(1);
    });

    it('is a bug that signs nobody in where it forgets to spend its flow', async () => {
      const browser = await boot({ user: { strategies: [forgetfulCallback()] } });
      await register(app.client());
      const answer = await browser.get(`${AUTH}/forgetful`);
      const state = new URL(answer.headers.get('location') ?? '').searchParams.get('state') ?? '';

      const back = await browser.get(
        `${AUTH}/forgetful/callback?${new URLSearchParams({ state, code: ADA }).toString()}`,
      );

      expect(back).toMatchObject({ status: 500, setCookies: [] });
      expect(await app.service.listSignIns(await subject())).toHaveLength(1);
    });
  });

  describe('a strategy that sends a link', () => {
    const ask = async (browser: Awaited<ReturnType<typeof boot>>, email = ADA) => {
      const answer = await browser.post(`${AUTH}/link/request`, { json: { email } });
      await app.idle();
      return answer;
    };
    const sent = () => app.outbox.last(ADA).link ?? new URL('https://nowhere.example');
    const tokenOf = (url: URL) => url.searchParams.get('token') ?? '';

    it('answers alike whoever is asked for, and sends to those there are', async () => {
      const browser = await boot();
      await register(app.client());

      const known = await ask(browser);
      const unknown = await ask(browser, 'nobody@example.com');

      expect([known.status, known.text]).toEqual([unknown.status, unknown.text]);
      expect(app.outbox.messages.map(({ to }) => to)).toEqual([ADA]);
      expect(sent().href).toMatch(/^http:\/\/localhost:3000\/auth\/user\/link\/sign-in\?token=/);
    });

    it('[ASVS 3.5.3] consumes nothing by opening the page, however often', async () => {
      const browser = await boot();
      await register(app.client());
      await ask(browser);
      const page = `${sent().pathname}${sent().search}`;

      for (const method of ['GET', 'HEAD', 'GET']) {
        expect(await browser.request(method, page)).toMatchObject({ status: 200, setCookies: [] });
      }
      expect(await isIn(browser)).toBe(false);
      const answer = await browser.post(`${AUTH}/link/sign-in`, { json: { token: tokenOf(sent()) } });
      expect(answer).toMatchObject({ status: 200, body: { user: { email: ADA } } });
      expect(await isIn(browser)).toBe(true);
    });

    it('[ASVS 6.5.1] signs in once', async () => {
      const browser = await boot();
      await register(app.client());
      await ask(browser);
      const json = { token: tokenOf(sent()) };

      const answers = await Promise.all(
        Array.from({ length: 10 }, () => app.client().post(`${AUTH}/link/sign-in`, { json })),
      );

      expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
      expect(answers.filter(({ status }) => status === 422)).toHaveLength(9);
    });
  });

  describe('an add-on that uses all seven hooks', () => {
    it('refuses, withholds, takes part and watches', async () => {
      const browser = await boot();

      expect(await register(browser, BANNED)).toMatchObject({ status: 401 });
      await register(browser);
      await app.service.changeUser(await subject(), { name: 'root' });
      await app.service.changeUser(await subject(), { name: 'Ada' });

      expect(await app.service.subjectToUser(await subject())).toMatchObject({ name: 'Ada' });
      expect(app.faults.visited).toEqual(expect.arrayContaining(['changingUser', 'signedIn', 'observe']));
      expect(app.addOn.seen.events.map(({ name, outcome }) => `${name} ${outcome}`)).toEqual(
        expect.arrayContaining(['password.register refused', 'password.register ok']),
      );
      const told = JSON.stringify(app.addOn.seen.events);
      expect(told).not.toMatch(/@example\.com|plum tree|\$plain/);
    });

    it('knows a browser again, once, and hands it a sign-in like any other', async () => {
      const browser = await boot();
      await register(app.client());
      await signIn(browser, { rememberMe: true });
      await signIn(browser, { rememberMe: 'on' });
      browser.cookies.delete('__Host-user-session');
      const thief = app.client();
      for (const [name, value] of browser.cookies) thief.cookies.set(name, value);

      expect(await isIn(browser)).toBe(true);
      expect(browser.cookies.has('__Host-user-session')).toBe(true);
      expect(await isIn(thief)).toBe(false);
    });

    it('is asked too where the session that the browser brings is dead', async () => {
      const browser = await boot();
      await register(app.client());
      await signIn(browser, { rememberMe: 'on' });

      app.clock.advance(3 * 24 * 3600);

      expect(await isIn(browser)).toBe(true);
    });

    it('makes one sign-in of its proof, however many guards ask', async () => {
      const browser = await boot();
      await register(app.client());
      await signIn(browser, { rememberMe: 'on' });
      const before = (await app.service.listSignIns(await subject())).length;
      browser.cookies.delete('__Host-user-session');

      expect(await browser.get('/in/by-two-guards')).toMatchObject({ status: 200 });

      expect(await app.service.listSignIns(await subject())).toHaveLength(before + 1);
    });

    it('cannot bring back whoever was signed out everywhere, disabled, or may not sign in', async () => {
      let allowed = true;
      const browser = await boot({ user: { maySignIn: () => allowed } });
      await register(app.client());
      const remembered = async () => {
        await signIn(browser, { rememberMe: 'on' });
        browser.cookies.delete('__Host-user-session');
      };

      await remembered();
      await app.service.endSignIns(await subject());
      expect(await browser.get('/in/by-session')).toMatchObject({ status: 401 });
      await remembered();
      allowed = false;
      expect(await browser.get('/in/by-session')).toMatchObject({ status: 401 });
      allowed = true;
      await app.service.disable(await subject());
      expect(await browser.get('/in/by-session')).toMatchObject({ status: 401 });
    });

    it('hears which sign-in ended, by sign-out, from the list, and for want of room', async () => {
      const browser = await boot({ user: { sessions: { maxPerSubject: 2 } } });
      await register(browser);
      const other = app.client();
      await signIn(other);
      await signIn(app.client());
      const [spared] = app.addOn.seen.ended;
      expect(spared).toMatchObject({ which: 'this', signInId: expect.any(String) });

      await other.post(`${AUTH}/session/sign-out`, { json: {} });
      await app.service.endSignIns(await subject());

      expect(app.addOn.seen.ended).toMatchObject([
        { which: 'this', signInId: spared?.signInId },
        { which: 'this', signInId: expect.any(String) },
        { which: 'all', signInId: null },
      ]);
      expect(new Set(app.addOn.seen.ended.map(({ signInId }) => signInId)).size).toBe(3);
    });
  });

  async function subject() {
    const row = await app.data.findOne(app.users.model, { email: ADA });
    return app.service.userToSubject(row ?? {}, 'user');
  }
});
