import { describe, expect, it } from '@jest/globals';
import { otp } from 'nest-auth-plug/strategies/otp';
import { Outbox, type Client, type Platform } from 'nest-auth-plug/testing';
import { ADA, ASKED, enrol, totpApps, type, whoIsIn, type User } from './totp-app.js';

const CODE = '/auth/user/otp';
const confirming = {
  fields: { emailConfirmedAt: 'time' },
  addOns: [{ name: 'confirming', phases: [], confirms: { email: 'emailConfirmedAt' } }],
} as const;

describe.each<Platform>(['express', 'fastify'])(
  'a mailed code of somebody with an authenticator app on %s',
  (platform) => {
    const { boot } = totpApps(platform);

    it('[ASVS 6.3.3] asks for another code, that of the app, and completes with it', async () => {
      const outbox = new Outbox();
      const strategies = [otp<User>({ sender: outbox, registration: 'open' })];
      const app = await boot({ user: { ...confirming, strategies } });
      const mailed = async (browser: Client) => {
        await browser.post(`${CODE}/request`, { json: { email: ADA } });
        await app.idle();
        return browser.post(`${CODE}/sign-in`, { json: { otp: outbox.last(ADA).code } });
      };
      const owner = app.client();
      await mailed(owner);
      const phone = await enrol(app, owner);
      const browser = app.client();

      expect(await mailed(browser)).toMatchObject(ASKED);
      expect(await whoIsIn(browser)).toBeNull();
      expect(await type(browser, 'sign-in', outbox.last(ADA).code ?? '')).toMatchObject({ status: 401 });
      expect(await type(browser, 'sign-in', phone.code())).toMatchObject({ status: 200 });
      expect(await whoIsIn(browser)).toMatchObject({ email: ADA, methods: ['mail', 'otp', 'mfa'] });
    });
  },
);
