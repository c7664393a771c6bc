import { describe, expect, it } from '@jest/globals';
import type { Platform } from 'nest-auth-plug/testing';
import {
  ADA,
  EVE,
  reasonOf,
  REFUSED,
  register,
  signIn,
  signInWith,
  STEP,
  textIn,
  TOTP_AT,
  totpApps,
  type,
  whoIsIn,
} from './totp-app.js';

const STALE = { status: 403, body: { code: 'ERR_FRESH_SIGN_IN_REQUIRED' } };
const PASSWORD_CHANGE = {
  currentPassword: 'plum tree on the hill',
  password: 'pear tree in the valley',
  passwordConfirmation: 'pear tree in the valley',
};

describe.each<Platform>(['express', 'fastify'])('stepping up with an authenticator app on %s', (platform) => {
  const { enrolled } = totpApps(platform);

  it('[ASVS 7.2.4] makes a sign-in in force fresh, under new handles', async () => {
    const { app, ada, phone } = await enrolled();
    const before = new Map(ada.cookies);
    app.clock.advance(900);
    expect(await ada.post(`${TOTP_AT}/setup`, { json: {} })).toMatchObject(STALE);

    expect(await type(ada, 'verify', phone.code())).toMatchObject({ status: 200, body: { user: { email: ADA } } });

    expect(await whoIsIn(ada)).toMatchObject({ secondFactorAt: '2026-01-01T00:15:30.000Z' });
    expect(await ada.post(`${TOTP_AT}/setup`, { json: {} })).toMatchObject({ status: 200 });
    const copy = app.client();
    for (const [name, value] of before) copy.cookies.set(name, value);
    expect(await whoIsIn(copy)).toBeNull();
  });

  it('[RFC 6238 §5.2] uses its code up, for itself and for signing in', async () => {
    const { app, ada, phone } = await enrolled();
    const code = phone.code();
    expect(await type(ada, 'verify', code)).toMatchObject({ status: 200 });

    expect(await type(ada, 'verify', code)).toMatchObject(REFUSED);
    expect(reasonOf(app, 'verify')).toBe('used_code');
    expect(await signInWith(app.client(), code)).toMatchObject(REFUSED);
    expect(await type(ada, 'disable', code)).toMatchObject(REFUSED);
    app.clock.advance(STEP);
    expect(await type(ada, 'verify', code)).toMatchObject(REFUSED);
    expect(await type(ada, 'verify', phone.code())).toMatchObject({ status: 200 });
  });

  it('is refused with a code that signed in', async () => {
    const { app, ada, phone } = await enrolled();
    const code = phone.code();
    await signInWith(app.client(), code);

    expect(await type(ada, 'verify', code)).toMatchObject(REFUSED);
    expect(await whoIsIn(ada)).toMatchObject({ email: ADA });
  });

  it('gives a bearer client a new token, and the old one is dead', async () => {
    const { app, phone } = await enrolled();
    const old = textIn(await signInWith(app.client(), phone.code()), 'token');
    app.clock.advance(STEP);
    const by = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });

    const answer = await app.client().post(`${TOTP_AT}/verify`, { json: { code: phone.code() }, ...by(old) });

    expect(answer).toMatchObject({ status: 200 });
    expect(await app.client().get('/in/by-bearer', by(old))).toMatchObject({ status: 401 });
    expect(await app.client().get('/in/by-bearer', by(textIn(answer, 'token')))).toMatchObject({
      body: { secondFactorAt: '2026-01-01T00:01:00.000Z' },
    });
  });

  it('[ASVS 2.3.1] is for nobody who is not signed in, nor has but the first step behind them', async () => {
    const { app, phone } = await enrolled();
    const browser = app.client();
    const flow = textIn(await signIn(browser), 'flow');

    for (const phase of ['verify', 'disable', 'confirm-setup', 'setup']) {
      const more = { code: phone.code(), flow };
      const refused = { status: 401, body: { code: 'ERR_SIGN_IN_REQUIRED' } };
      expect(await browser.post(`${TOTP_AT}/${phase}`, { json: more })).toMatchObject(refused);
    }
    for (const path of ['', '/status']) expect(await browser.get(TOTP_AT + path)).toMatchObject({ status: 401 });
    expect(await type(browser, 'sign-in', phone.code())).toMatchObject({ status: 200 });
  });
});

describe.each<Platform>(['express', 'fastify'])('turning an authenticator app off on %s', (platform) => {
  const { enrolled } = totpApps(platform);

  it('[ASVS 6.5.6] takes a code, and nobody is asked for one any more', async () => {
    const { app, ada, phone } = await enrolled();

    expect(await type(ada, 'disable', phone.code())).toMatchObject({ status: 200 });

    expect(await whoIsIn(ada)).toMatchObject({ email: ADA });
    expect(await signIn(app.client())).toMatchObject({ status: 200 });
    expect(await app.rows()).toEqual([]);
    app.clock.advance(STEP);
    expect(await type(ada, 'verify', phone.code())).toMatchObject(REFUSED);
    expect(reasonOf(app, 'verify')).toBe('not_enrolled');
  });

  it('[ASVS 7.4.3] ends every other sign-in and every step that is under way', async () => {
    const { app, ada, phone } = await enrolled();
    const elsewhere = app.client();
    await signInWith(elsewhere, phone.code());
    app.clock.advance(STEP);
    const flow = textIn(await signIn(app.client()), 'flow');
    await type(ada, 'disable', phone.code());

    expect(await whoIsIn(elsewhere)).toBeNull();
    app.clock.advance(STEP);
    expect(await type(app.client(), 'sign-in', phone.code(), { flow })).toMatchObject(REFUSED);
  });

  it('is refused with a wrong code or a used one, and everything stays', async () => {
    const { app, ada, phone } = await enrolled();
    const code = phone.code();
    await signInWith(app.client(), code);

    for (const typed of [code, phone.code(300), 'x']) expect(await type(ada, 'disable', typed)).toMatchObject(REFUSED);
    expect(await app.rows()).toHaveLength(1);
  });

  it('[ASVS 6.4.3] takes no code of whoever has just shown a second factor, which the password alone is not', async () => {
    const { app, ada, phone } = await enrolled();
    await ada.post('/auth/user/password/change', { json: PASSWORD_CHANGE });
    expect(await ada.post(`${TOTP_AT}/disable`, { json: {} })).toMatchObject(STALE);
    expect(await app.rows()).toHaveLength(1);

    await type(ada, 'verify', phone.code());
    const elsewhere = await ada.post(`${TOTP_AT}/disable`, { json: {} });

    expect(elsewhere).toMatchObject({ status: 200, body: { user: { email: ADA } } });
    expect(await whoIsIn(ada)).toMatchObject({ email: ADA });
    expect(await app.rows()).toEqual([]);
  });

  it('[ASVS 7.4.3] ends every other sign-in also where no code was typed', async () => {
    const { app, ada, phone } = await enrolled();
    const elsewhere = app.client();
    await signInWith(elsewhere, phone.code());
    await ada.post(`${TOTP_AT}/disable`, { json: {} });

    expect([await whoIsIn(elsewhere), await whoIsIn(ada)]).toEqual([null, expect.objectContaining({ email: ADA })]);
  });

  it('is a 404 where there is none, for whoever has shown another', async () => {
    const { ada } = await enrolled();
    await ada.post(`${TOTP_AT}/disable`, { json: {} });

    expect(await ada.post(`${TOTP_AT}/disable`, { json: {} })).toMatchObject({ status: 404 });
  });

  it('[ASVS 6.3.7] is told to the owner, by code or without', async () => {
    const { app, ada, phone } = await enrolled();
    await type(ada, 'disable', phone.code());
    await app.idle();

    expect(app.outbox.last(ADA)).toMatchObject({ purpose: 'second-factor-changed', change: 'removed' });
    expect(app.outbox.messages).toHaveLength(2);
  });

  it('is nobody else’s', async () => {
    const { app, phone } = await enrolled();
    const eve = app.client();
    await register(eve, EVE);

    expect(await type(eve, 'disable', phone.code(), { email: ADA })).toMatchObject(REFUSED);
    expect(await app.rows()).toHaveLength(1);
  });
});
