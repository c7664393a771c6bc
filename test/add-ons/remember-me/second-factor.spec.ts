import { afterEach, describe, expect, it } from '@jest/globals';
import type { Client, Platform } from 'nest-auth-plug/testing';
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
  textIn,
} from '../../rooms/rooms-app.js';
import { COOKIE, DAY, rememberApp, restart, seriesRows, wish, type RememberApp } from './remember-app.js';

const PENDING = '__Host-user-flow-session-pending';
const SECOND = `${AUTH}/second-factor/sign-in`;

describe.each<Platform>(['express', 'fastify'])(
  'a remembered browser whose owner has a second factor, on %s,',
  (platform) => {
    let app: RememberApp;
    afterEach(() => app.close());

    /** Remembered by both factors, and closed. */
    const open = async (): Promise<Client> => {
      app = await rememberApp({ platform });
      const elsewhere = app.client();
      await register(elsewhere);
      await enrol(elsewhere);
      await elsewhere.post(`${AUTH}/session/sign-out`, { json: {} });
      const browser = await wish(app.client());
      expect(await second(browser)).toMatchObject({ status: 200 });
      return restart(browser);
    };
    const second = (browser: Client, code = CODE, more: object = {}) =>
      browser.post(SECOND, { json: { code, ...more } });

    it('carries the wish of the first step to the second', async () => {
      const browser = await open();

      expect(browser.cookies.has(COOKIE)).toBe(true);
      expect(await seriesRows(app)).toHaveLength(1);
    });

    it('[ASVS 6.3.3] is not let in by the cookie alone, which it keeps, and is asked for the second factor once', async () => {
      const browser = await open();
      const cookie = browser.cookies.get(COOKIE);

      const first = await browser.get('/in/by-session');
      expect(first).toMatchObject({ status: 401 });
      expect(first.setCookies.map((one) => one.split('=', 1)[0])).toEqual([PENDING]);
      const asked = browser.cookies.get(PENDING);
      app.clock.advance(60);
      for (const path of ['/in/by-session', '/in/by-two-guards', '/in/by-any']) {
        expect(await browser.get(path)).toMatchObject({ status: 401, setCookies: [] });
      }

      expect([browser.cookies.get(COOKIE), browser.cookies.get(PENDING)]).toEqual([cookie, asked]);
      expect(browser.cookies.has(SESSION)).toBe(false);
    });

    it('is in by the second factor alone, remembered for no longer, and by a new cookie', async () => {
      const browser = await open();
      const [before] = await seriesRows(app);
      const cookie = browser.cookies.get(COOKIE);
      app.clock.advance(DAY);
      await browser.get('/in/by-session');

      expect(await second(browser)).toMatchObject({ status: 200, body: { user: { email: ADA } } });

      expect(await isIn(browser)).toBe(true);
      expect(browser.cookies.get(COOKIE)).not.toBe(cookie);
      expect(await seriesRows(app)).toMatchObject([{ expiresAt: before?.['expiresAt'] }]);
      expect(await liveRows(app)).toMatchObject([
        { methods: 'remember-me otp mfa', remembered: false, secondFactorAt: app.clock.now() },
      ]);
    });

    it('makes nothing last longer by a wish that comes with the second factor', async () => {
      const browser = await open();
      const [before] = await seriesRows(app);
      app.clock.advance(DAY);
      await browser.get('/in/by-session');

      await second(browser, CODE, { rememberMe: 'on' });

      expect(await seriesRows(app)).toMatchObject([{ id: before?.['id'], expiresAt: before?.['expiresAt'] }]);
    });

    it('says to whoever performs something which factor is asked for', async () => {
      const browser = await open();

      const answer = await browser.get(`${AUTH}/session/list`);

      expect(answer).toMatchObject({
        status: 401,
        body: {
          code: 'ERR_SECOND_FACTOR_REQUIRED',
          factors: [{ strategy: 'second-factor' }],
          flow: expect.any(String),
        },
      });
      expect(await second(app.client(), CODE, { flow: textIn(answer, 'flow') })).toMatchObject({ status: 401 });
      expect(await second(browser)).toMatchObject({ status: 200 });
    });

    it.each(['verify', 'enrol'])(
      '[ASVS 6.3.4] is not let in around it by the phase of the factor itself: %s',
      async (phase) => {
        const browser = await open();

        for (const code of ['wrong', CODE]) {
          const answer = await browser.post(`${AUTH}/second-factor/${phase}`, { json: { code } });
          expect(answer).toMatchObject({ status: 401, body: { code: 'ERR_SECOND_FACTOR_REQUIRED' } });
        }
        expect(browser.cookies.has(SESSION)).toBe(false);
        expect(await liveRows(app)).toHaveLength(1); // by both factors, whose cookie is gone
      },
    );

    it('gives nothing of a sign-in by both factors to a copy that comes a moment later', async () => {
      const browser = await open();
      const thief = copyOf(app, browser);
      await browser.get('/in/by-session');
      expect(await second(browser)).toMatchObject({ status: 200 });

      expect(await thief.get('/in/by-session')).toMatchObject({ status: 401 });
      expect(thief.cookies.has(SESSION)).toBe(false);
      expect(await isIn(browser)).toBe(true);
    });

    it('completes a first step by its cookie in no other browser', async () => {
      const browser = await open();
      await browser.get('/in/by-session');
      const flow = browser.cookies.get(PENDING);

      expect(await second(app.client(), CODE, { flow })).toMatchObject({ status: 401 });
      const ofBea = app.client();
      await register(ofBea, 'bea@example.com');
      await wish(ofBea, { email: 'bea@example.com' });
      expect(await second(ofBea, CODE, { flow })).toMatchObject({ status: 401 });
      expect(await second(browser)).toMatchObject({ status: 200 });
    });

    it('leaves alone a first step that was begun with the password', async () => {
      const browser = await open();
      await signIn(browser, { returnTo: '/inbox' });
      const begun = browser.cookies.get(PENDING);

      expect(await browser.get('/in/by-session')).toMatchObject({ status: 401, setCookies: [] });

      expect(browser.cookies.get(PENDING)).toBe(begun);
      expect(await second(browser)).toMatchObject({ status: 200 });
      expect(await liveRows(app)).toMatchObject([{ methods: 'pwd otp mfa' }]);
    });

    it('[Session sheet] ends what a thief got by the copy and a code, once the owner comes', async () => {
      const browser = await open();
      const thief = copyOf(app, browser);
      await thief.get('/in/by-session');
      expect(await second(thief)).toMatchObject({ status: 200 });
      app.clock.advance(31);

      expect(await isIn(browser)).toBe(false);

      expect([await isIn(thief), await isIn(restart(thief))]).toEqual([false, false]);
      expect(await liveRows(app)).toEqual([]);
    });

    it('is remembered by a wish that went to a provider and back', async () => {
      await open();
      const browser = app.client();
      const away = await browser.get(`${AUTH}/provider?rememberMe=on`);
      const state = new URL(away.headers.get('location') ?? '').searchParams.get('state') ?? '';
      const back = `${AUTH}/provider/callback?${new URLSearchParams({ state, code: ADA }).toString()}`;

      expect(await browser.get(back)).toMatchObject({ status: 401, body: { code: 'ERR_SECOND_FACTOR_REQUIRED' } });
      expect(browser.cookies.has(COOKIE)).toBe(false);
      expect(await second(browser)).toMatchObject({ status: 200 });

      expect(browser.cookies.has(COOKIE)).toBe(true);
    });
  },
);
