import { describe, expect, it } from '@jest/globals';
import type { Platform } from 'nest-auth-plug/testing';
import { Authenticator } from './authenticator.js';
import {
  addPasskey,
  answer,
  isIn,
  list,
  PASSKEYS,
  passkeysApps,
  register,
  show,
  signInByPassword,
  whoIsIn,
} from './passkeys-app.js';

describe.each<Platform>(['express', 'fastify'])('a passkey that a user has to have, on %s,', (platform) => {
  const { boot } = passkeysApps(platform);

  it('[ASVS 6.3.3] [ASVS 7.5.1] is added by whoever has the first step behind them, and is the second', async () => {
    const app = await boot({ user: { secondFactor: 'required' } });
    const [browser, key] = [app.client(), new Authenticator()];

    expect(await register(browser)).toMatchObject({
      status: 401,
      body: {
        code: 'ERR_SECOND_FACTOR_REQUIRED',
        factors: [],
        enrolments: [
          { strategy: 'webauthn', phase: 'registration-options' },
          { strategy: 'webauthn', phase: 'register' },
        ],
      },
    });
    expect(await isIn(browser)).toBe(false);
    expect((await browser.get(`${PASSKEYS}/list`)).status).toBe(401);
    expect(await addPasskey(browser, key)).toMatchObject({ status: 200 });
    expect(await whoIsIn(browser)).toMatchObject({
      methods: ['pwd', 'pop', 'mfa'],
      secondFactorAt: expect.any(String),
    });

    const again = app.client();
    expect(await signInByPassword(again)).toMatchObject({ status: 401 });
    expect(await show(again, key, {}, 'second-factor')).toMatchObject({ status: 200 });
  });

  it('[ASVS 6.5.6] is not removed while there is no other', async () => {
    const app = await boot({ user: { secondFactor: 'required' } });
    const [browser, key, other] = [app.client(), new Authenticator(), new Authenticator()];
    await register(browser);
    await addPasskey(browser, key);
    const [passkey] = await list(browser);

    expect(await answer(browser, 'remove', { passkeyId: passkey?.id })).toMatchObject({
      status: 409,
      body: { code: 'ERR_LAST_FACTOR' },
    });
    expect(await list(browser)).toHaveLength(1);
    expect(await isIn(browser)).toBe(true);
    await addPasskey(browser, other);
    expect(await answer(browser, 'remove', { passkeyId: passkey?.id })).toMatchObject({ status: 200 });
  });

  it('is no way out where passkeys are not for that', async () => {
    const app = await boot({ passkeys: { uses: ['sign-in'] }, user: { secondFactor: 'required' } });
    const browser = app.client();

    expect(await register(browser)).toMatchObject({ body: { factors: [], enrolments: [] } });
    expect((await browser.post(`${PASSKEYS}/registration-options`, { json: {} })).status).toBe(401);
  });
});
