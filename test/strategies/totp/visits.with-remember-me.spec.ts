import { describe, expect, it } from '@jest/globals';
import { rememberMe } from 'nest-auth-plug/add-ons/remember-me';
import { Outbox, type Platform } from 'nest-auth-plug/testing';
import { PASSWORD } from '../../users.js';
import { ADA, STEP, totpApps, type, whoIsIn } from './totp-app.js';

const SESSION = '__Host-user-session';

describe.each<Platform>(['express', 'fastify'])(
  'a remembered browser of somebody with an authenticator app on %s',
  (platform) => {
    const { enrolled } = totpApps(platform);

    it('[ASVS 6.3.3] is asked for a code before it is let in again', async () => {
      const { app, phone } = await enrolled({ user: { addOns: [rememberMe({ sender: new Outbox() })] } });
      const browser = app.client();
      const json = { email: ADA, password: PASSWORD, rememberMe: 'on' };
      await browser.post('/auth/user/password/sign-in', { json });
      await type(browser, 'sign-in', phone.code());
      app.clock.advance(STEP);
      browser.cookies.delete(SESSION);

      expect(await whoIsIn(browser)).toBeNull();
      expect(browser.cookies.has(SESSION)).toBe(false);
      expect(await type(browser, 'sign-in', phone.code())).toMatchObject({ status: 200 });
      expect(await whoIsIn(browser)).toMatchObject({ email: ADA });
    });
  },
);
