import { afterEach, describe, expect, it } from '@jest/globals';
import { Outbox, type Client, type Platform } from 'nest-auth-plug/testing';
import { acting } from '../../rooms/acting.js';
import {
  ADA,
  AUTH,
  copyOf,
  isIn,
  isInBy,
  liveRows,
  register,
  SESSION,
  signIn,
  subjectOf,
  textIn,
} from '../../rooms/rooms-app.js';
import { PASSWORD } from '../../users.js';
import {
  COOKIE,
  DAY,
  rememberApp,
  restart,
  seriesRows,
  wish,
  type RememberApp,
  type RememberAppOptions,
} from './remember-app.js';

const OTHER = 'bea@example.com';

describe.each<Platform>(['express', 'fastify'])('a browser on %s', (platform) => {
  let app: RememberApp;
  afterEach(() => app.close());

  /** Ada is registered, elsewhere. */
  const open = async (options: RememberAppOptions = {}): Promise<Client> => {
    app = await rememberApp({ platform, ...options });
    const elsewhere = app.client();
    await register(elsewhere);
    await elsewhere.post(`${AUTH}/session/sign-out`, { json: {} });
    return app.client();
  };
  const signOut = (browser: Client) => browser.post(`${AUTH}/session/sign-out`, { json: {} });
  const cookieOf = (browser: Client) => browser.cookies.get(COOKIE);
  const thefts = () => app.events.filter(({ name }) => name === 'remember-me.theft');

  describe('whose owner wished to be remembered', () => {
    it('is in again after a restart, by a cookie that scripts and other sites do not see', async () => {
      const browser = await open();
      const answer = await signIn(browser, { rememberMe: 'on' });
      expect(answer.setCookies.find((cookie) => cookie.startsWith(COOKIE))).toMatch(
        /^__Host-user-remember-me=[\w-]{43}\.[\w-]{43}; Max-Age=2592000; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
      );
      expect(answer.text).not.toContain(cookieOf(browser));

      restart(browser);

      expect(await isIn(browser)).toBe(true);
      expect(browser.cookies.has(SESSION)).toBe(true);
      expect(await browser.get('/in/by-session')).toMatchObject({ status: 200, setCookies: [] });
    });

    it('is remembered from registering as well', async () => {
      const browser = await open();
      const json = { email: OTHER, password: PASSWORD, passwordConfirmation: PASSWORD, rememberMe: true };
      expect(await browser.post(`${AUTH}/password/register`, { json })).toMatchObject({ status: 200 });

      expect(await browser.get('/in/by-session')).toMatchObject({ text: OTHER });
      expect(await restart(browser).get('/in/by-session')).toMatchObject({ text: OTHER });
    });

    it.each(['on', 'true', '1', true])('may say so by %j', async (rememberMe) => {
      const browser = await open();
      await signIn(browser, { rememberMe });

      expect(await isIn(restart(browser))).toBe(true);
    });

    it('[Session sheet] gets another cookie with each use, and the one before opens nothing but what it opened', async () => {
      const browser = await wish(await open());
      const first = cookieOf(browser);
      await isIn(restart(browser));
      const second = cookieOf(browser);
      app.clock.advance(31);
      await isIn(restart(browser));

      expect(new Set([first, second, cookieOf(browser)]).size).toBe(3);
      expect(await isIn(browser)).toBe(true);
    });

    it('[ASVS 7.2.4] has one sign-in by it at a time, with new handles: the one before is dead', async () => {
      const browser = await wish(await open());
      const before = copyOf(app, browser);

      await isIn(restart(browser));

      expect(await liveRows(app)).toHaveLength(1);
      before.cookies.delete(COOKIE);
      expect([await isIn(before), await isIn(browser)]).toEqual([false, true]);
    });

    it('is in again when its session was idle for too long, for each guard that asks', async () => {
      const browser = await wish(await open());
      app.clock.advance(3 * DAY);

      expect(await browser.get('/in/by-two-guards')).toMatchObject({ status: 200 });

      expect(await liveRows(app)).toMatchObject([{ remembered: true }]);
      expect(await isIn(browser)).toBe(true);
    });

    it('[ASVS 7.3.2] is remembered for 30 days and no longer, however often it comes; its last sign-in lives as any', async () => {
      const browser = await wish(await open());
      for (let day = 0; day < 29; day += 1) {
        app.clock.advance(DAY);
        expect([day, await isIn(restart(browser))]).toEqual([day, true]);
      }
      app.clock.advance(DAY);
      expect(await isIn(browser)).toBe(true);

      const answer = await restart(browser).get('/in/by-session');

      expect(answer).toMatchObject({ status: 401 });
      expect(browser.cookies.has(COOKIE)).toBe(false);
    });

    it('is remembered for as long as the app says', async () => {
      const browser = await wish(await open({ remember: { lifetimeSeconds: 7 * DAY } }));
      app.clock.advance(7 * DAY - 1);
      expect(await isIn(restart(browser))).toBe(true);
      app.clock.advance(1);
      expect(await isIn(restart(browser))).toBe(false);
    });

    it('is in by a sign-in that says so, of one factor, as old as what was shown', async () => {
      const browser = await wish(await open());
      const since = app.clock.now();
      app.clock.advance(DAY);
      await isIn(restart(browser));

      expect(await liveRows(app)).toMatchObject([
        { remembered: true, methods: 'remember-me', authenticatedAt: since, secondFactorAt: null },
      ]);
      expect((await liveRows(app))[0]).toMatchObject({ createdAt: app.clock.now() });
    });

    it('[ASVS 7.5.3] [ASVS 7.5.2] does nothing that asks for a fresh sign-in, not even at once, until something is shown', async () => {
      const browser = await wish(await open());
      await isIn(restart(browser));
      const others = () => browser.post(`${AUTH}/session/end`, { json: { listId: 'others' } });
      expect(await browser.get(`${AUTH}/session/list`)).toMatchObject({ status: 200 });
      expect(await others()).toMatchObject({ status: 403, body: { code: 'ERR_FRESH_SIGN_IN_REQUIRED' } });

      const typed = { password: 'pear tree in the valley', passwordConfirmation: 'pear tree in the valley' };
      await browser.post(`${AUTH}/password/change`, { json: { currentPassword: PASSWORD, ...typed } });

      expect(await others()).toMatchObject({ status: 200 });
      expect(await liveRows(app)).toMatchObject([{ remembered: false, methods: 'remember-me pwd' }]);
    });

    it('goes on with one sign-in however many requests come at once, and each gets the same cookie', async () => {
      const browser = await wish(await open());
      await signIn(app.client());
      const copies = Array.from({ length: 20 }, () => copyOf(app, restart(browser)));

      const answers = await Promise.all(copies.map((copy) => copy.get('/in/by-session')));

      expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
      expect(new Set(copies.map(cookieOf)).size).toBe(1);
      expect(copies.map(cookieOf)).not.toContain(cookieOf(browser));
      expect(copies.filter(({ cookies }) => cookies.has(SESSION))).toHaveLength(1);
      expect(await liveRows(app)).toMatchObject([{ remembered: false }, { remembered: true }]);
    });
  });

  describe('whose cookie was copied', () => {
    it('[Session sheet] is out with the thief when it shows the older one, and the app is told once', async () => {
      const notices = new Outbox();
      const browser = await wish(await open({ remember: { sender: notices } }));
      const thief = copyOf(app, restart(browser));
      expect(await isIn(thief)).toBe(true);
      app.clock.advance(31);

      const answer = await browser.get('/in/by-session');

      expect(answer).toMatchObject({ status: 401 });
      expect(answer.setCookies.join()).toMatch(
        /^__Host-user-remember-me=; Max-Age=0; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
      );
      expect([await isIn(thief), await isIn(restart(thief))]).toEqual([false, false]);
      expect(await liveRows(app)).toEqual([]);
      expect(await seriesRows(app)).toEqual([]);
      const subject = await subjectOf(app);
      expect(thefts()).toMatchObject([{ outcome: 'refused', facts: { subject, address: expect.any(String) } }]);
      await app.idle();
      expect(notices.messages).toMatchObject([{ purpose: 'remember-me-theft', to: ADA, user: { email: ADA } }]);
    });

    it('keeps what its owner signed in to elsewhere', async () => {
      const browser = await wish(await open());
      const phone = app.client();
      await signIn(phone);
      const tablet = await wish(app.client());
      const thief = copyOf(app, restart(browser));
      await isIn(thief);
      app.clock.advance(31);

      expect(await isIn(browser)).toBe(false);

      expect([await isIn(phone), await isIn(restart(tablet))]).toEqual([true, true]);
    });

    it('loses its session to a thief who uses the copy, and so finds out', async () => {
      const browser = await wish(await open());
      const thief = copyOf(app, restart(copyOf(app, browser)));
      app.clock.advance(60);
      expect(await isIn(thief)).toBe(true);
      app.clock.advance(31);

      expect(await isIn(browser)).toBe(false);
      expect(await isIn(thief)).toBe(false);
      expect(thefts()).toHaveLength(1);
    });

    it.each([
      ['signs in', (browser: Client) => signIn(browser)],
      ['signs in with the wish', (browser: Client) => signIn(browser, { rememberMe: 'on' })],
      ['signs out', (browser: Client) => signOut(browser)],
    ])('ends what the thief has also where the owner %s first', async (_, act) => {
      const browser = await wish(await open());
      const thief = copyOf(app, restart(browser));
      await isIn(thief);
      app.clock.advance(31);

      expect(await act(browser)).toMatchObject({ status: 200 });

      expect([await isIn(thief), await isIn(restart(thief))]).toEqual([false, false]);
      expect(thefts()).toHaveLength(1);
    });
  });

  describe('whose owner did not wish it', () => {
    it.each([undefined, 'off', 'false', '0', false, ''])('is not in after a restart: %j', async (rememberMe) => {
      const browser = await open();
      expect(await signIn(browser, { ...(rememberMe !== undefined && { rememberMe }) })).toMatchObject({ status: 200 });

      expect(browser.cookies.has(COOKIE)).toBe(false);
      expect(await isIn(restart(browser))).toBe(false);
      expect(await seriesRows(app)).toEqual([]);
    });

    it('[ASVS 2.2.1] is told so where the wish is neither yes nor no, before any password is looked at', async () => {
      const browser = await open();
      const verified = app.hash.verified;

      const answer = await signIn(browser, { rememberMe: 'maybe' });

      expect(answer).toMatchObject({ status: 422, body: { problems: [{ field: 'rememberMe', code: 'invalid' }] } });
      expect(app.hash.verified).toBe(verified);
    });
  });

  describe('that is left', () => {
    it('[ASVS 7.4.1] forgets its owner at sign-out, cookie and copies', async () => {
      const browser = await wish(await open());
      const copy = copyOf(app, restart(copyOf(app, browser)));

      const answer = await signOut(browser);

      expect(answer.setCookies.map((cookie) => cookie.split(';', 2).join(';')).toSorted()).toEqual([
        `${COOKIE}=; Max-Age=0`,
        `${SESSION}=; Max-Age=0`,
      ]);
      expect([await isIn(restart(browser)), await isIn(copy)]).toEqual([false, false]);
      expect(await seriesRows(app)).toEqual([]);
      expect(thefts()).toEqual([]);
    });

    it('[ASVS 7.4.1] forgets its owner where its session is gone already, with the sign-in that was behind it', async () => {
      const browser = await open();
      const token = textIn(await signIn(browser, { rememberMe: 'on' }), 'token');
      const copy = copyOf(app, restart(browser));

      expect(await signOut(browser)).toMatchObject({ status: 200 });

      expect([await isIn(browser), await isIn(copy), await isInBy(app, token)]).toEqual([false, false, false]);
      expect(await liveRows(app)).toEqual([]);
    });

    it('forgets its owner when the bearer token signs out', async () => {
      const browser = await open();
      const token = textIn(await signIn(browser, { rememberMe: 'on' }), 'token');

      await app.client().post(`${AUTH}/session/sign-out`, { json: {}, headers: { authorization: `Bearer ${token}` } });

      expect(await isIn(restart(browser))).toBe(false);
    });

    it('forgets its owner when its sign-in is ended from another device, which stays known itself', async () => {
      const browser = await wish(await open());
      app.clock.advance(1);
      const phone = await wish(app.client());
      const list = (await phone.get(`${AUTH}/session/list`)).body as {
        signIns: { listId: string; current: boolean }[];
      };
      const listId = list.signIns.find(({ current }) => !current)?.listId;

      expect(await phone.post(`${AUTH}/session/end`, { json: { listId } })).toMatchObject({ status: 200 });

      expect([await isIn(browser), await isIn(restart(browser))]).toEqual([false, false]);
      expect(await isIn(restart(phone))).toBe(true);
    });

    it('forgets its owner after a step up as well', async () => {
      const browser = await wish(await open());
      await browser.post(`${AUTH}/second-factor/enrol`, { json: { code: 'code of ada' } });
      await wish(browser);
      await browser.post(`${AUTH}/second-factor/sign-in`, { json: { code: 'code of ada' } });
      await browser.post(`${AUTH}/second-factor/verify`, { json: { code: 'code of ada' } });
      const copy = copyOf(app, browser);
      copy.cookies.delete(COOKIE);
      expect(await seriesRows(app)).toHaveLength(1);

      await signOut(copy);

      expect(await seriesRows(app)).toEqual([]);
    });
  });

  describe('in which somebody signs in anew', () => {
    it('stays known, for no longer, where it is the same person', async () => {
      const browser = await wish(await open());
      app.clock.advance(20 * DAY);
      expect(await signIn(restart(browser))).toMatchObject({ status: 200 });

      expect(await isIn(restart(browser))).toBe(true);
      expect(await liveRows(app)).toMatchObject([{ remembered: true, authenticatedAt: app.clock.now() }]);
      app.clock.advance(10 * DAY);
      expect(await isIn(restart(browser))).toBe(false);
    });

    it('is known for another 30 days where it is wished again', async () => {
      const browser = await wish(await open());
      app.clock.advance(20 * DAY);
      await wish(restart(browser));

      expect(await seriesRows(app)).toHaveLength(1);
      app.clock.advance(29 * DAY);
      expect(await isIn(restart(browser))).toBe(true);
    });

    it('never takes the next person for the one before', async () => {
      const browser = restart(await wish(await open()));
      const copy = copyOf(app, browser);
      await register(app.client(), OTHER);

      expect(await signIn(browser, { email: OTHER })).toMatchObject({ body: { user: { email: OTHER } } });

      expect(browser.cookies.has(COOKIE)).toBe(false);
      expect(await browser.get('/in/by-session')).toMatchObject({ text: OTHER });
      expect([await isIn(restart(browser)), await isIn(copy)]).toEqual([false, false]);
      expect(await seriesRows(app)).toEqual([]);
    });

    it('remembers the next person where that one wishes it', async () => {
      const browser = await wish(await open());
      await register(app.client(), OTHER);
      await wish(browser, { email: OTHER });

      expect(await restart(browser).get('/in/by-session')).toMatchObject({ text: OTHER });
      expect(await seriesRows(app)).toHaveLength(1);
    });
  });

  it('is not remembered by whoever acts in it for somebody else', async () => {
    const browser = await open({ user: { strategies: [acting(ADA)] } });

    expect(await browser.post(`${AUTH}/acting/begin`, { json: { rememberMe: 'on' } })).toMatchObject({ status: 200 });

    expect(await isIn(browser)).toBe(true);
    expect(await isIn(restart(browser))).toBe(false);
    expect(await seriesRows(app)).toEqual([]);
  });

  describe('that brings something else', () => {
    it.each([
      ['a bearer token', { authorization: 'Bearer no-token' }],
      ['a malformed one', { authorization: 'Bearer' }],
      ['a key in a header', { 'x-key': 'no-key' }],
    ])('is known by %s alone, a bad one as well', async (_, headers) => {
      const browser = await wish(await open());

      const answer = await restart(browser).get('/in/by-session', { headers });

      expect(answer).toMatchObject({ status: 401, setCookies: [] });
      expect(await isIn(browser)).toBe(true);
    });

    it('is known all the same where that belongs to a proxy in front', async () => {
      const browser = await wish(await open());

      const headers = { authorization: 'Basic c3RhZ2luZzpzZWNyZXQ=' };
      expect(await restart(browser).get('/in/by-session', { headers })).toMatchObject({ status: 200 });
    });

    it('is no browser where it is code: nobody could keep the cookie that it wishes', async () => {
      await open();
      const input = { email: ADA, password: PASSWORD, rememberMe: true };
      const { user } = await app.service.perform(['password', 'sign-in'], input, { subjectName: 'user' });

      expect(user).toMatchObject({ email: ADA });
      expect(await seriesRows(app)).toEqual([]);
    });
  });

  describe('with a cookie that is none', () => {
    it.each(['garbage', `${'x'.repeat(43)}.${'y'.repeat(43)}`])('loses it: %s', async (value) => {
      const browser = await open();
      browser.cookies.set(COOKIE, value);

      expect(await isIn(browser)).toBe(false);
      expect(browser.cookies.has(COOKIE)).toBe(false);
    });

    it('is known by nothing where it comes twice', async () => {
      const browser = await wish(await open());
      const cookie = `${COOKIE}=${cookieOf(browser)}; ${COOKIE}=${cookieOf(browser)}`;

      expect(await app.client().get('/in/by-session', { headers: { cookie } })).toMatchObject({ status: 401 });
      expect(await isIn(restart(browser))).toBe(true);
    });
  });
});
