import { describe, expect, it } from '@jest/globals';
import type { Platform } from 'nest-auth-plug/testing';
import {
  ADA,
  ASKED,
  enrol,
  EVE,
  reasonOf,
  REFUSED,
  register,
  signIn,
  signInWith,
  STEP,
  subjectOf,
  swapSeeds,
  textIn,
  TOTP_AT,
  totpApps,
  type,
  whoIsIn,
} from './totp-app.js';

describe.each<Platform>(['express', 'fastify'])('signing in with an authenticator app on %s', (platform) => {
  const { boot, enrolled } = totpApps(platform);

  it('[ASVS 6.3.3] takes the password and then a code', async () => {
    const { app, phone } = await enrolled();
    const browser = app.client();

    expect(await signIn(browser)).toMatchObject(ASKED);
    expect(await whoIsIn(browser)).toBeNull();
    expect(await type(browser, 'sign-in', phone.code())).toMatchObject({ status: 200, body: { user: { email: ADA } } });
    expect(await whoIsIn(browser)).toEqual({
      email: ADA,
      methods: ['pwd', 'otp', 'mfa'],
      secondFactorAt: '2026-01-01T00:00:30.000Z',
    });
  });

  it('works without cookies, by the value of the flow, and gives a bearer token', async () => {
    const { app, phone } = await enrolled();
    const flow = textIn(await signIn(app.client()), 'flow');

    const answer = await type(app.client(), 'sign-in', phone.code(), { flow });

    const headers = { authorization: `Bearer ${textIn(answer, 'token')}` };
    expect(await app.client().get('/in/by-bearer', { headers })).toMatchObject({
      status: 200,
      body: { email: ADA, methods: ['pwd', 'otp', 'mfa'] },
    });
    expect(await app.client().get('/in/by-bearer', { headers: { authorization: `Bearer ${flow}` } })).toMatchObject({
      status: 401,
    });
  });

  it('[ASVS 2.3.1] is refused without a first step', async () => {
    const { app, phone } = await enrolled();

    expect(await type(app.client(), 'sign-in', phone.code())).toMatchObject(REFUSED);
    expect(await type(app.client(), 'sign-in', phone.code(), { flow: 'none', email: ADA })).toMatchObject(REFUSED);
    expect(await signInWith(app.client(), phone.code())).toMatchObject({ status: 200 });
  });

  it('[RFC 6238 §5.2] [ASVS 6.5.1] takes a code once: not again at once, and not in the step after', async () => {
    const { app, phone } = await enrolled();
    const code = phone.code();
    expect(await signInWith(app.client(), code)).toMatchObject({ status: 200 });

    expect(await signInWith(app.client(), code)).toMatchObject(REFUSED);
    app.clock.advance(STEP);
    expect(await signInWith(app.client(), code)).toMatchObject(REFUSED);
    expect(reasonOf(app, 'sign-in')).toBe('used_code');
    expect(await signInWith(app.client(), phone.code())).toMatchObject({ status: 200 });
  });

  it('[RFC 6238 §5.2] takes the code of the step before, and afterwards none that is older', async () => {
    const { app, phone } = await enrolled();
    app.clock.advance(STEP);
    const [before, now] = [phone.code(-STEP), phone.code()];

    expect(await signInWith(app.client(), before)).toMatchObject({ status: 200 });
    expect(await signInWith(app.client(), before)).toMatchObject(REFUSED);
    expect(await signInWith(app.client(), now)).toMatchObject({ status: 200 });
    app.clock.advance(2 * STEP);
    const late = phone.code(-2 * STEP);
    expect(await signInWith(app.client(), late)).toMatchObject(REFUSED);
    expect(reasonOf(app, 'sign-in')).toBe('wrong_code');
  });

  it('takes no code of the step before once a newer one was used', async () => {
    const { app, phone } = await enrolled();
    app.clock.advance(STEP);

    expect(await signInWith(app.client(), phone.code())).toMatchObject({ status: 200 });
    expect(await signInWith(app.client(), phone.code(-STEP))).toMatchObject(REFUSED);
    expect(reasonOf(app, 'sign-in')).toBe('used_code');
  });

  it('[RFC 6238 §5.2] [ASVS 6.5.8] takes no code of the future, whatever time the client says it is', async () => {
    const { app, phone } = await enrolled();
    const browser = app.client();
    await signIn(browser);
    const time = { timestamp: String(app.clock.now().getTime() / 1000 + STEP), time: '2030-01-01' };

    expect(await type(browser, 'sign-in', phone.code(STEP), time)).toMatchObject(REFUSED);
    expect(await type(browser, 'sign-in', phone.code())).toMatchObject({ status: 200 });
  });

  it('refuses what is no code in the words for a wrong one, and takes spaces', async () => {
    const { app, phone } = await enrolled();
    const browser = app.client();
    await signIn(browser);
    const wrong = await type(browser, 'sign-in', phone.code(300));
    for (const typed of ['1', '1234567', '12345x', '-12345', ' ', '１２３４５６', "' or 1=1"]) {
      const answer = await type(browser, 'sign-in', typed);
      expect([typed, answer.status, answer.body, answer.setCookies]).toEqual([typed, wrong.status, wrong.body, []]);
    }
    expect(await browser.post(`${TOTP_AT}/sign-in`, { json: { code: Number(phone.code()) } })).toMatchObject({
      status: 422,
    });

    const code = phone.code();
    expect(await type(browser, 'sign-in', ` ${code.slice(0, 3)} ${code.slice(3)} `)).toMatchObject({ status: 200 });
  });

  it('is refused with the code of another user', async () => {
    const { app } = await enrolled();
    const eve = app.client();
    await register(eve, EVE);
    const hers = await enrol(app, eve);

    expect(await signInWith(app.client(), hers.code())).toMatchObject(REFUSED);
    expect(await signInWith(app.client(), hers.code(), EVE)).toMatchObject({ status: 200 });
  });

  it('[ASVS 6.6.3] has ten wrong codes in a quarter of an hour, whatever they are like and however many first steps', async () => {
    const { app, phone } = await enrolled({ user: { limits: {} } });
    const flows = [textIn(await signIn(app.client()), 'flow'), textIn(await signIn(app.client()), 'flow')];
    const statuses: number[] = [];
    for (let count = 0; count < 10; count += 1) {
      const typed = count % 3 === 0 ? 'not a code' : phone.code(300 + count * STEP);
      statuses.push((await type(app.client(), 'sign-in', typed, { flow: flows[count % 2] })).status);
    }

    expect(statuses).toEqual(Array.from({ length: 10 }, () => 401));
    const last = await type(app.client(), 'sign-in', phone.code(), { flow: flows[0] });
    expect(last).toMatchObject({ status: 429, body: { code: 'ERR_LIMIT_EXCEEDED' } });
    expect(Number(last.headers.get('retry-after'))).toBeGreaterThan(0);
  });

  it('[ASVS 6.5.2] is refused where two users’ seeds were swapped in the database, and says so in the log', async () => {
    const { app, phone } = await enrolled();
    const eve = app.client();
    await register(eve, EVE);
    const hers = await enrol(app, eve);
    await swapSeeds(app, await subjectOf(app), await subjectOf(app, EVE));

    for (const [email, codes] of [
      [ADA, [phone.code(), hers.code()]],
      [EVE, [phone.code(), hers.code()]],
    ] as const) {
      for (const code of codes) expect(await signInWith(app.client(), code, email)).toMatchObject(REFUSED);
      expect(reasonOf(app, 'sign-in')).toBe('unreadable_seed');
      expect(await signIn(app.client(), email)).toMatchObject(ASKED);
    }
    expect(app.logged.some((line) => line.includes('totp.seed failed'))).toBe(true);
  });

  it('is the same for every resource, and a seed of one is nothing in another', async () => {
    const { app, phone } = await enrolled();
    const admin = app.client();
    await register(admin, ADA, 'admin');

    expect(await app.client().post('/auth/admin/password/sign-in', { json: PASSWORD_OF_ADA })).toMatchObject({
      status: 200,
    });
    expect(await admin.post('/auth/admin/totp/verify', { json: { code: phone.code() } })).toMatchObject(REFUSED);
  });

  it('[ASVS 7.4.2] is over for whoever is deleted: their row is gone, and no other', async () => {
    const { app } = await enrolled();
    const eve = app.client();
    await register(eve, EVE);
    await enrol(app, eve);
    await app.service.deleteUser(await subjectOf(app));

    expect(await app.rows()).toMatchObject([{ subject: await subjectOf(app, EVE) }]);
  });

  it('[ASVS 8.2.2] stays as it is where somebody else sets theirs up, replaces it and turns it off', async () => {
    const { app, phone } = await enrolled();
    const eve = app.client();
    await register(eve, EVE);
    const hers = await enrol(app, eve);
    await type(eve, 'verify', hers.code());
    await enrol(app, eve);
    expect(await eve.post(`${TOTP_AT}/disable`, { json: {} })).toMatchObject({ status: 200 });

    expect(await app.rows()).toMatchObject([{ subject: await subjectOf(app) }]);
    expect(await signInWith(app.client(), phone.code())).toMatchObject({ status: 200 });
  });

  it('keeps the seed of somebody who is disabled for a while', async () => {
    const { app, phone } = await enrolled();
    await app.service.disable(await subjectOf(app));
    expect(await signInWith(app.client(), phone.code())).toMatchObject({ status: 401 });
    await app.service.enable(await subjectOf(app));

    expect(await signInWith(app.client(), phone.code())).toMatchObject({ status: 200 });
  });

  it('goes on where the app’s secrets are exchanged, and takes up the new one with the next code', async () => {
    let secrets = ['p3XvT8qLm2ZrYb6WnKc9HsDf4GjUe7AiQo5V1tRx'];
    const { app, phone } = await enrolled({ app: { secrets: () => secrets, keyRefreshSeconds: 1 } });
    const before = (await app.rows())[0]?.['seed'];
    secrets = ['w8NbK2yQz5TmJd7RfXg1LsVh9CpAe4UoIq6E3tYr', ...secrets];
    app.clock.advance(STEP);
    await app.idle();

    expect(await signInWith(app.client(), phone.code())).toMatchObject({ status: 200 });
    expect((await app.rows())[0]?.['seed']).not.toBe(before);
    secrets = secrets.slice(0, 1);
    app.clock.advance(STEP);
    await app.idle();
    expect(await signInWith(app.client(), phone.code())).toMatchObject({ status: 200 });
  });

  it('asks nobody who never set it up', async () => {
    const app = await boot();
    const eve = app.client();
    await register(eve, EVE);

    expect(await signIn(app.client(), EVE)).toMatchObject({ status: 200 });
    expect(await type(eve, 'verify', '123456')).toMatchObject(REFUSED);
    expect(reasonOf(app, 'verify')).toBe('not_enrolled');
  });
});

const PASSWORD_OF_ADA = { email: ADA, password: 'plum tree on the hill' };
