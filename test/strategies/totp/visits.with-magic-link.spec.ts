import { describe, expect, it } from '@jest/globals';
import { magicLink } from 'nest-auth-plug/strategies/magic-link';
import { Outbox, type Platform } from 'nest-auth-plug/testing';
import { ADA, ASKED, enrol, totpApps, type, whoIsIn, type User } from './totp-app.js';

const LINK = '/auth/user/magic-link';
const confirming = {
  fields: { emailConfirmedAt: 'time' },
  addOns: [{ name: 'confirming', phases: [], confirms: { email: 'emailConfirmedAt' } }],
} as const;

describe.each<Platform>(['express', 'fastify'])(
  'a mailed link of somebody with an authenticator app on %s',
  (platform) => {
    const { boot } = totpApps(platform);

    it('[ASVS 6.3.3] asks for a code, and completes with it', async () => {
      const outbox = new Outbox();
      const app = await boot({
        user: { ...confirming, strategies: [magicLink<User>({ sender: outbox, registration: 'open' })] },
      });
      const follow = async () => {
        const browser = app.client();
        await browser.post(`${LINK}/request`, { json: { email: ADA } });
        await app.idle();
        const token = outbox.last(ADA).link?.searchParams.get('token');
        return { browser, answer: await browser.post(`${LINK}/sign-in`, { json: { token } }) };
      };
      const { browser: owner } = await follow();
      const phone = await enrol(app, owner);

      const { browser, answer } = await follow();

      expect(answer).toMatchObject(ASKED);
      expect(await whoIsIn(browser)).toBeNull();
      expect(await type(browser, 'sign-in', phone.code())).toMatchObject({ status: 200 });
      expect(await whoIsIn(browser)).toMatchObject({ email: ADA, methods: ['mail', 'otp', 'mfa'] });
    });
  },
);
