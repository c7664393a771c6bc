import { describe, expect, it } from '@jest/globals';
import { totp } from 'nest-auth-plug/strategies/totp';
import { Outbox, type Platform } from 'nest-auth-plug/testing';
import { TOTP, URI } from 'otpauth';
import { ADA, codeAt, codesApps, generate, register, signIn, textIn, type, whoIsIn, type User } from './codes-app.js';

const TOTP_AT = '/auth/user/totp';

describe.each<Platform>(['express', 'fastify'])('somebody who lost their authenticator app on %s', (platform) => {
  const { boot } = codesApps(platform);

  it('[ASVS 6.4.4] signs in by a code on paper, turns the app off, and sets another up', async () => {
    const outbox = new Outbox();
    const app = await boot({ user: { strategies: [totp<User>({ issuer: 'Acme', notices: { sender: outbox } })] } });
    const ada = app.client();
    await register(ada);
    const setUp = async () => {
      const parsed = URI.parse(textIn(await ada.post(`${TOTP_AT}/setup`, { json: {} }), 'url'));
      if (!(parsed instanceof TOTP)) throw new Error('not of codes that change with time');
      return () => parsed.generate({ timestamp: app.clock.now().getTime() });
    };
    const lost = await setUp();
    await ada.post(`${TOTP_AT}/confirm-setup`, { json: { code: lost() } });
    const codes = await generate(ada);
    await ada.post('/auth/user/session/sign-out', { json: {} });

    expect(await signIn(ada)).toMatchObject({
      body: { factors: [{ strategy: 'recovery-code', backup: true }, { strategy: 'totp' }] },
    });
    expect(await type(ada, 'sign-in', codeAt(codes, 0))).toMatchObject({ status: 200 });
    expect(await ada.post(`${TOTP_AT}/disable`, { json: {} })).toMatchObject({ status: 200 });
    const found = await setUp();
    app.clock.advance(30);
    expect(await ada.post(`${TOTP_AT}/confirm-setup`, { json: { code: lost() } })).toMatchObject({ status: 401 });
    expect(await ada.post(`${TOTP_AT}/confirm-setup`, { json: { code: found() } })).toMatchObject({ status: 200 });

    expect(await whoIsIn(ada)).toMatchObject({ email: ADA });
    await app.idle();
    expect(outbox.messages.map(({ change }) => change)).toEqual(['added', 'removed', 'added']);
    expect(app.outbox.messages.map(({ purpose }) => purpose)).toEqual(['second-factor-changed', 'recovery-code-used']);
  });
});
