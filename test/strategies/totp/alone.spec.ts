import { describe, expect, it } from '@jest/globals';
import { defineResource } from 'nest-auth-plug';
import { totp } from 'nest-auth-plug/strategies/totp';
import { authTestApp, strategyContract, type AuthTestApp, type Platform } from 'nest-auth-plug/testing';
import { sealedFor } from './sealed-for.js';
import {
  ADA,
  EVE,
  Phone,
  reasonOf,
  REFUSED,
  register,
  STEP,
  TOTP_AT,
  totpApps,
  whoIsIn,
  type User,
} from './totp-app.js';

const ALONE = `${TOTP_AT}/sign-in-alone`;

describe.each<Platform>(['express', 'fastify'])('a code alone on %s', (platform) => {
  const { enrolled } = totpApps(platform);

  it('signs in where the app says so, by one factor', async () => {
    const { app, phone } = await enrolled({ totp: { signInByCodeAlone: true } });
    const browser = app.client();
    const json = { email: 'Ada@Example.com', code: phone.code() };

    expect(await browser.post(ALONE, { json })).toMatchObject({ status: 200 });
    expect(await whoIsIn(browser)).toEqual({ email: ADA, methods: ['otp'], secondFactorAt: null });
    expect(await browser.post(ALONE, { json })).toMatchObject(REFUSED);
  });

  it('is no way in unless it is asked for', async () => {
    const { app, phone } = await enrolled();

    expect(await app.client().post(ALONE, { json: { email: ADA, code: phone.code() } })).toMatchObject({ status: 404 });
  });

  it('is not turned off where nothing else lets its owner in', async () => {
    const strategies = [totp<User>({ issuer: 'Acme', signInByCodeAlone: true })];
    const users = defineResource<User>({ subjectName: 'user', table: 'users', strategies });
    const app = await authTestApp({ platform, resources: [users] });
    await app.data.insert(users.model, { id: '1', email: ADA });
    const phone = await sealedFor(app, '1');
    const browser = app.client();
    await browser.post(ALONE, { json: { email: ADA, code: phone.code() } });
    app.clock.advance(STEP);

    const answer = await browser.post(`${TOTP_AT}/disable`, { json: { code: phone.code() } });
    const after = await browser.post(`${TOTP_AT}/verify`, { json: { code: phone.code() } });
    await app.close();

    expect(answer).toMatchObject({ status: 409, body: { code: 'ERR_LAST_WAY_IN' } });
    expect(after).toMatchObject({ status: 200 });
  });

  it('[ASVS 6.3.8] is refused alike for a wrong code, for nobody, and for whoever has no app', async () => {
    const { app, phone } = await enrolled({ totp: { signInByCodeAlone: true } });
    await register(app.client(), EVE);
    const refusals = [];
    for (const [email, code] of [
      [ADA, phone.code(300)],
      [EVE, phone.code()],
      ['nobody@example.com', phone.code()],
    ]) {
      const { status, body, setCookies } = await app.client().post(ALONE, { json: { email, code } });
      refusals.push([reasonOf(app, 'sign-in-alone'), { status, body, setCookies }]);
    }

    const same = { ...REFUSED, setCookies: [] };
    expect(refusals).toEqual([
      ['wrong_code', same],
      ['not_enrolled', same],
      ['unknown_user', same],
    ]);
  });
});

describe.each<Platform>(['express', 'fastify'])('totp on %s', (platform) => {
  let phone: Phone | undefined;
  const { checks } = strategyContract<User>({
    platform,
    strategy: () => totp<User>({ issuer: 'Acme', signInByCodeAlone: true }),
    resource: { fields: { email: 'email' } },
    accounts: [{ id: '1', email: ADA }],
    prepare: async (app) => {
      phone = await sealedFor(app, '1');
    },
    phase: 'sign-in-alone',
    input(app: AuthTestApp) {
      app.clock.advance(STEP);
      return { email: ADA, code: phone?.code() };
    },
    oneTime: true,
    alike: [
      {
        phase: 'sign-in-alone',
        known: { email: ADA, code: 'wrong' },
        unknown: { email: 'nobody@example.com', code: 'wrong' },
      },
    ],
  });

  it.each(checks)('keeps the contract of strategies: $name', (check) => check.run());
});
