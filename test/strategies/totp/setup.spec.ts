import { describe, expect, it } from '@jest/globals';
import type { Client, Platform } from 'nest-auth-plug/testing';
import { secondFactor } from '../../rooms/second-factor.js';
import { PASSWORD } from '../../users.js';
import {
  ADA,
  ASKED,
  enrol,
  EVE,
  Phone,
  reasonOf,
  REFUSED,
  register,
  setUp,
  signIn,
  signInWith,
  STEP,
  subjectOf,
  textIn,
  TOTP_AT,
  totpApps,
  type,
  whoIsIn,
  type TotpApp,
  type User,
} from './totp-app.js';

const pending = async (app: TotpApp) => (await app.rows()).filter(({ state }) => state === 'pending');
const active = async (app: TotpApp) => (await app.rows()).filter(({ state }) => state === 'active');
const changes = ({ outbox }: TotpApp) =>
  outbox.messages.map((message) => [message.to, message.purpose, message.change]);

describe.each<Platform>(['express', 'fastify'])('setting up an authenticator app on %s', (platform) => {
  const { visit, enrolled } = totpApps(platform);

  it('gives a key to scan and to type, of which nothing counts before its first code', async () => {
    const { app, ada } = await visit();

    const answer = await ada.post(`${TOTP_AT}/setup`, { json: {} });

    expect(answer).toMatchObject({ status: 200, body: { secret: expect.stringMatching(/^[A-Z2-7]{32}$/) } });
    const url = new URL(textIn(answer, 'url'));
    expect([url.protocol, url.host, decodeURIComponent(url.pathname)]).toEqual([
      'otpauth:',
      'totp',
      `/Acme & Co:${ADA}`,
    ]);
    expect(url.searchParams.get('secret')).toBe(textIn(answer, 'secret'));
    expect(textIn(answer, 'qr')).toMatch(/^<svg\s[^]*<path fill="#000" d="(M\d+ \d+h1v1h-1z)+" \/>\s*<\/svg>$/);
    expect(textIn(answer, 'expiresAt')).toBe('2026-01-01T00:10:00.000Z');
    expect(answer.headers.get('cache-control')).toContain('no-store');
    expect(await signIn(app.client())).toMatchObject({ status: 200 });
  });

  it('counts from its first right code on', async () => {
    const { app, ada } = await visit();
    const phone = await setUp(app, ada);

    expect(await type(ada, 'confirm-setup', phone.code())).toMatchObject({
      status: 200,
      body: { user: { email: ADA } },
    });

    expect(await whoIsIn(ada)).toEqual({
      email: ADA,
      methods: ['pwd', 'otp', 'mfa'],
      secondFactorAt: '2026-01-01T00:00:00.000Z',
    });
    expect(await signIn(app.client())).toMatchObject(ASKED);
    expect(await pending(app)).toEqual([]);
  });

  it('[ASVS 6.5.2] keeps no seed that is readable, and no code', async () => {
    const { app, ada } = await visit();
    const answer = await ada.post(`${TOTP_AT}/setup`, { json: {} });
    const phone = new Phone(app, textIn(answer, 'url'));
    const secret = textIn(answer, 'secret');
    const kept = [JSON.stringify(await app.rows())];
    await type(ada, 'confirm-setup', phone.code());
    kept.push(JSON.stringify(await app.rows()), app.logged.join('\n'), JSON.stringify(app.events));

    for (const text of kept) expect(text).not.toContain(secret);
    expect(kept[2]).not.toContain(phone.code());
    expect(kept[3]).not.toContain(phone.code());
    expect(Buffer.from(String((await active(app))[0]?.['seed']), 'base64url').length).toBeGreaterThan(20 + 12 + 16);
  });

  it('[ASVS 7.5.1] is abandoned, and everything is as before', async () => {
    const { app, ada, phone } = await enrolled();
    const other = await setUp(app, ada);

    expect(await signIn(app.client())).toMatchObject(ASKED);
    expect(await signInWith(app.client(), other.code())).toMatchObject(REFUSED);
    expect(await signInWith(app.client(), phone.code())).toMatchObject({ status: 200 });
    expect(await active(app)).toHaveLength(1);
  });

  it('[RFC 6238 §5.2] uses up the code that confirms it: nobody signs in or steps up with that', async () => {
    const { app, ada } = await visit();
    const phone = await setUp(app, ada);
    const code = phone.code();
    await type(ada, 'confirm-setup', code);

    expect(await signInWith(app.client(), code)).toMatchObject(REFUSED);
    expect(reasonOf(app, 'sign-in')).toBe('used_code');
    expect(await type(ada, 'verify', code)).toMatchObject(REFUSED);
    app.clock.advance(STEP);
    expect(await signInWith(app.client(), code)).toMatchObject(REFUSED);
    expect(await signInWith(app.client(), phone.code())).toMatchObject({ status: 200 });
  });

  it('goes on with the newest key alone', async () => {
    const { app, ada } = await visit();
    const first = await setUp(app, ada);
    const second = await setUp(app, ada);

    expect(first.url).not.toBe(second.url);
    expect(await type(ada, 'confirm-setup', first.code())).toMatchObject(REFUSED);
    expect(await type(ada, 'confirm-setup', second.code())).toMatchObject({ status: 200 });
    expect(await app.rows()).toHaveLength(1);
  });

  it.each([
    [
      'a code of nothing that was set up',
      async (_app: TotpApp, _ada: Client, phone: Phone) => phone.code(60),
      'wrong_code',
    ],
    [
      'a key of more than ten minutes ago',
      async (app: TotpApp, _ada: Client, phone: Phone) => {
        app.clock.advance(600);
        return phone.code();
      },
      'no_setup',
    ],
  ])('is refused, and nothing is enrolled: %s', async (_, codeAfter, reason) => {
    const { app, ada } = await visit({ user: { sessions: { freshSeconds: 3600 } } });
    const phone = await setUp(app, ada);

    expect(await type(ada, 'confirm-setup', await codeAfter(app, ada, phone))).toMatchObject(REFUSED);
    expect(reasonOf(app, 'confirm-setup')).toBe(reason);
    expect(await active(app)).toEqual([]);
  });

  it('is refused where nothing was set up', async () => {
    const { app, ada } = await visit();

    expect(await type(ada, 'confirm-setup', '123456')).toMatchObject(REFUSED);
    expect(reasonOf(app, 'confirm-setup')).toBe('no_setup');
  });

  it('is confirmed once: the same code again finds nothing that waits', async () => {
    const { app, ada } = await visit();
    const phone = await setUp(app, ada);
    await type(ada, 'confirm-setup', phone.code());

    expect(await type(ada, 'confirm-setup', phone.code())).toMatchObject(REFUSED);
    expect(await app.rows()).toHaveLength(1);
  });

  it('[ASVS 7.4.3] is void once a credential changes', async () => {
    const { app, ada } = await visit();
    const phone = await setUp(app, ada);
    await app.service.endSignIns(await subjectOf(app));
    await signIn(ada);

    expect(await type(ada, 'confirm-setup', phone.code())).toMatchObject(REFUSED);
    expect(reasonOf(app, 'confirm-setup')).toBe('no_setup');
    expect(await ada.get(`${TOTP_AT}/status`)).toMatchObject({ body: { confirmedAt: null, setupExpiresAt: null } });
  });

  it('[ASVS 7.4.3] signs this device in anew, and every other out', async () => {
    const { app, ada } = await visit();
    const elsewhere = app.client();
    await signIn(elsewhere);
    const before = new Map(ada.cookies);
    await enrol(app, ada);

    expect(await whoIsIn(ada)).toMatchObject({ email: ADA });
    expect(await whoIsIn(elsewhere)).toBeNull();
    const copy = app.client();
    for (const [name, value] of before) copy.cookies.set(name, value);
    expect(await whoIsIn(copy)).toBeNull();
  });

  it('[ASVS 6.3.7] is told to the owner, once it counts', async () => {
    const { app, ada } = await visit();
    const phone = await setUp(app, ada);
    await app.idle();
    expect(app.outbox.messages).toEqual([]);
    await type(ada, 'confirm-setup', '000000');
    await type(ada, 'confirm-setup', phone.code());
    await app.idle();

    expect(changes(app)).toEqual([[ADA, 'second-factor-changed', 'added']]);
    expect(app.outbox.last()).toMatchObject({ factor: 'Authenticator app', user: { email: ADA } });
  });

  it.each(['page', 'setup', 'confirm-setup', 'disable'])('[ASVS 7.5.1] takes a fresh sign-in: %s', async (phase) => {
    const { app, ada } = await visit();
    app.clock.advance(601);
    const visitPhase = (browser: Client) => (phase === 'page' ? browser.get(TOTP_AT) : type(browser, phase, '123456'));

    expect(await visitPhase(ada)).toMatchObject({ status: 403, body: { code: 'ERR_FRESH_SIGN_IN_REQUIRED' } });
    expect(await visitPhase(app.client())).toMatchObject({ status: 401, body: { code: 'ERR_SIGN_IN_REQUIRED' } });
  });

  it('[ASVS 7.5.1] replaces a key only for whoever has just shown a second factor', async () => {
    const { app, ada, phone } = await enrolled();
    // As long ago as it may be for the password, and longer for the second factor.
    const change = { currentPassword: 'plum tree on the hill', password: 'pear tree in the valley' };
    await ada.post('/auth/user/password/change', { json: { ...change, passwordConfirmation: change.password } });

    const refused = { status: 403, body: { code: 'ERR_FRESH_SIGN_IN_REQUIRED' } };
    expect(await ada.post(`${TOTP_AT}/setup`, { json: {} })).toMatchObject(refused);
    expect(await type(ada, 'confirm-setup', phone.code())).toMatchObject(refused);

    await type(ada, 'verify', phone.code());
    const other = await setUp(app, ada);
    expect(await type(ada, 'confirm-setup', other.code())).toMatchObject({ status: 200 });
    app.clock.advance(STEP);
    await app.idle();
    expect(changes(app).at(-1)).toEqual([ADA, 'second-factor-changed', 'replaced']);
    expect(await app.rows()).toHaveLength(1);
    await ada.post('/auth/user/session/sign-out', { json: {} });
    const again = () => ada.post('/auth/user/password/sign-in', { json: { email: ADA, password: change.password } });
    await again();
    expect(await type(ada, 'sign-in', phone.code())).toMatchObject(REFUSED);
    expect(await type(ada, 'sign-in', other.code())).toMatchObject({ status: 200 });
  });

  it('[ASVS 7.5.1] is not added beside another factor by the password alone, shown again', async () => {
    const { app, ada } = await visit({ user: { strategies: [secondFactor<User>()] } });
    const code = { json: { code: 'code of ada' } };
    expect(await ada.post('/auth/user/second-factor/enrol', code)).toMatchObject({ status: 200 });
    const phone = await setUp(app, ada);
    app.clock.advance(601);
    await ada.post('/auth/user/password/verify', { json: { password: PASSWORD } });

    const refused = { status: 403, body: { code: 'ERR_FRESH_SIGN_IN_REQUIRED' } };
    expect(await ada.post(`${TOTP_AT}/setup`, { json: {} })).toMatchObject(refused);
    expect(await type(ada, 'confirm-setup', phone.code())).toMatchObject(refused);
    expect(await active(app)).toEqual([]);
    expect(await ada.post('/auth/user/second-factor/verify', code)).toMatchObject({ status: 200 });
    expect(await type(ada, 'confirm-setup', (await setUp(app, ada)).code())).toMatchObject({ status: 200 });
  });

  it('is nobody else’s: not by a code, not by a name in the body', async () => {
    const { app, ada } = await visit();
    const eve = app.client();
    await register(eve, EVE);
    const phone = await setUp(app, ada);

    const more = { subject: await subjectOf(app), email: ADA };
    expect(await type(eve, 'confirm-setup', phone.code(), more)).toMatchObject(REFUSED);
    await eve.post(`${TOTP_AT}/setup`, { json: more });
    const owners = new Set((await app.rows()).map(({ subject }) => subject));
    expect(owners).toEqual(new Set([await subjectOf(app), await subjectOf(app, EVE)]));
    expect(await active(app)).toEqual([]);
  });

  it('is told by its status, without anything secret', async () => {
    const { app, ada } = await visit();
    const status = async () => (await ada.get(`${TOTP_AT}/status`)).body;

    expect(await status()).toEqual({ confirmedAt: null, setupExpiresAt: null });
    const phone = await setUp(app, ada);
    expect(await status()).toEqual({ confirmedAt: null, setupExpiresAt: '2026-01-01T00:10:00.000Z' });
    await type(ada, 'confirm-setup', phone.code());
    expect(await status()).toEqual({ confirmedAt: '2026-01-01T00:00:00.000Z', setupExpiresAt: null });
  });

  it('draws no code where the app wants none', async () => {
    const { ada } = await visit({ totp: { qr: false } });

    expect(await ada.post(`${TOTP_AT}/setup`, { json: {} })).toMatchObject({ status: 200, body: { qr: null } });
    expect((await ada.get(TOTP_AT)).text).not.toContain('<svg');
  });
});
