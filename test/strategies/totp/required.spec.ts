import { describe, expect, it } from '@jest/globals';
import type { Client, Platform } from 'nest-auth-plug/testing';
import {
  ADA,
  ASKED,
  Phone,
  register,
  REFUSED,
  signIn,
  STEP,
  textIn,
  TOTP_AT,
  totpApps,
  type,
  whoIsIn,
  type TotpApp,
} from './totp-app.js';

const MUST_ENROL = {
  status: 401,
  body: {
    code: 'ERR_SECOND_FACTOR_REQUIRED',
    factors: [],
    enrolments: [
      { strategy: 'totp', phase: 'page' },
      { strategy: 'totp', phase: 'setup' },
      { strategy: 'totp', phase: 'confirm-setup' },
    ],
  },
};

describe.each<Platform>(['express', 'fastify'])(
  'an authenticator app where a second factor is required, on %s',
  (platform) => {
    const { boot } = totpApps(platform);

    async function arrive() {
      const app = await boot({ user: { secondFactor: 'required' } });
      const ada = app.client();
      expect(await register(ada)).toMatchObject(MUST_ENROL);
      return { app, ada };
    }

    async function setUp(app: TotpApp, browser: Client, more: object = {}): Promise<Phone> {
      return new Phone(app, textIn(await browser.post(`${TOTP_AT}/setup`, { json: more }), 'url'));
    }

    it('[ASVS 6.3.3] is set up before anybody is signed in, and signs in by its first code', async () => {
      const { app, ada } = await arrive();
      expect(await whoIsIn(ada)).toBeNull();
      const phone = await setUp(app, ada);
      expect((await ada.get(TOTP_AT)).text).toContain('otpauth:');
      expect(await type(ada, 'confirm-setup', '000000')).toMatchObject(REFUSED);
      expect(await whoIsIn(ada)).toBeNull();

      expect(await type(ada, 'confirm-setup', phone.code())).toMatchObject({
        status: 200,
        body: { user: { email: ADA } },
      });

      expect(await whoIsIn(ada)).toMatchObject({ email: ADA, methods: ['pwd', 'otp', 'mfa'] });
      app.clock.advance(STEP);
      const browser = app.client();
      expect(await signIn(browser)).toMatchObject(ASKED);
      expect(await type(browser, 'sign-in', phone.code())).toMatchObject({ status: 200 });
    });

    it('is set up without cookies, by the value of the flow', async () => {
      const { app } = await arrive();
      const flow = textIn(await signIn(app.client()), 'flow');
      const phone = await setUp(app, app.client(), { flow });

      expect(await type(app.client(), 'confirm-setup', phone.code(), { flow })).toMatchObject({ status: 200 });
      // From now on it would replace a key, which a first step does not.
      expect(await type(app.client(), 'confirm-setup', phone.code(), { flow })).toMatchObject({ status: 403 });
    });

    it('[ASVS 2.3.1] opens nothing else to whoever has to set it up', async () => {
      const { app, ada } = await arrive();
      await setUp(app, ada);

      for (const phase of ['verify', 'disable', 'sign-in']) {
        expect(await type(ada, phase, '123456')).toMatchObject({ status: 401 });
      }
      expect(await ada.get(`${TOTP_AT}/status`)).toMatchObject({ status: 401 });
      expect(await whoIsIn(ada)).toBeNull();
    });

    it('[ASVS 6.5.6] is not turned off where it is the only one', async () => {
      const { app, ada } = await arrive();
      const phone = await setUp(app, ada);
      await type(ada, 'confirm-setup', phone.code());
      app.clock.advance(STEP);
      const last = { status: 409, body: { code: 'ERR_LAST_FACTOR' } };

      expect(await type(ada, 'disable', phone.code())).toMatchObject(last);
      expect(await ada.post(`${TOTP_AT}/disable`, { json: {} })).toMatchObject(last);
      await app.idle();
      expect(app.outbox.messages.map(({ change }) => change)).toEqual(['added']);
      // Nothing was used up by that either.
      expect(await type(ada, 'verify', phone.code())).toMatchObject({ status: 200 });
    });
  },
);
