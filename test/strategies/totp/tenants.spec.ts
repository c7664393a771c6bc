import { describe, expect, it } from '@jest/globals';
import type { Platform } from 'nest-auth-plug/testing';
import { totpSeedsModel } from '../../../lib/strategies/totp/totp.rows.js';
import { samePersonAtBoth, WITH_TENANTS } from '../../tenants/same-person.js';
import { visitorOf } from '../../tenants/tenants-app.js';
import {
  ADA,
  ASKED,
  enrol,
  reasonOf,
  REFUSED,
  signIn,
  signInWith,
  STEP,
  textIn,
  TOTP_AT,
  totpApps,
  type,
  whoIsIn,
} from './totp-app.js';

describe.each<Platform>(['express', 'fastify'])('an authenticator app at one of two tenants, on %s,', (platform) => {
  const { boot } = totpApps(platform);

  /** Ada, who is at both under one key, and has an app at `acme`. */
  async function adaAtBoth() {
    const app = await boot(WITH_TENANTS);
    await samePersonAtBoth(app, ADA);
    const [acme, beta] = [visitorOf(app, 'acme'), visitorOf(app, 'beta')];
    expect([(await signIn(acme)).status, (await signIn(beta)).status]).toEqual([200, 200]);
    return { app, acme, beta, phone: await enrol(app, acme) };
  }

  it('[ASVS 8.4.1] is asked for there, and is none at the other', async () => {
    const { app, beta } = await adaAtBoth();

    expect(await whoIsIn(beta)).toMatchObject({ email: ADA }); // whom its change signs out is at its tenant
    expect(await beta.get(`${TOTP_AT}/status`)).toMatchObject({ body: { confirmedAt: null } });
    expect(await signIn(visitorOf(app, 'beta'))).toMatchObject({ status: 200 });
    expect(await signIn(visitorOf(app, 'acme'))).toMatchObject(ASKED);
  });

  it('[ASVS 8.4.1] completes no sign-in of the other, whose codes are its own', async () => {
    const { app, beta, phone } = await adaAtBoth();
    const betas = await enrol(app, beta);
    const flow = textIn(await signIn(visitorOf(app, 'acme')), 'flow');

    expect(await type(visitorOf(app, 'beta'), 'sign-in', phone.code(), { flow })).toMatchObject(REFUSED);
    expect(await signInWith(visitorOf(app, 'beta'), phone.code())).toMatchObject(REFUSED);
    expect(reasonOf(app, 'sign-in')).toBe('wrong_code');
    expect(await type(beta, 'verify', phone.code())).toMatchObject(REFUSED);
    expect(await signInWith(visitorOf(app, 'beta'), betas.code())).toMatchObject({ status: 200 });
    expect(await type(visitorOf(app, 'acme'), 'sign-in', phone.code(), { flow })).toMatchObject({ status: 200 });
  });

  it('[ASVS 8.4.1] [ASVS 6.5.2] is nothing in the table of the other, whoever copies it there', async () => {
    const { app, beta, phone } = await adaAtBoth();
    await enrol(app, beta);
    const active = { state: 'active' };
    const { seed = null } = (await app.data.forTenant('acme').findOne(totpSeedsModel, active, ['seed'])) ?? {};
    expect(await app.data.forTenant('beta').update(totpSeedsModel, active, { seed })).toBe(1);

    expect(await signInWith(visitorOf(app, 'beta'), phone.code())).toMatchObject(REFUSED);
    expect(reasonOf(app, 'sign-in')).toBe('unreadable_seed');
  });

  it('[ASVS 8.4.1] is turned off there alone', async () => {
    const { app, acme, beta, phone } = await adaAtBoth();
    const betas = await enrol(app, beta);
    expect(await type(acme, 'disable', phone.code())).toMatchObject({ status: 200 });
    app.clock.advance(STEP);

    expect(await signIn(visitorOf(app, 'acme'))).toMatchObject({ status: 200 });
    expect(await signInWith(visitorOf(app, 'beta'), betas.code())).toMatchObject({ status: 200 });
  });
});
