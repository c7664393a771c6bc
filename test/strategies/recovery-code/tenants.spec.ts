import { describe, expect, it } from '@jest/globals';
import type { Platform } from 'nest-auth-plug/testing';
import { samePersonAtBoth, WITH_TENANTS } from '../../tenants/same-person.js';
import { visitorOf } from '../../tenants/tenants-app.js';
import {
  ADA,
  codeAt,
  CODES,
  codesApps,
  enrol,
  generate,
  reasonOf,
  REFUSED,
  signIn,
  signInWith,
  textIn,
  type,
} from './codes-app.js';

describe.each<Platform>(['express', 'fastify'])('recovery codes at one of two tenants, on %s,', (platform) => {
  const { boot } = codesApps(platform);

  /** Ada, who is at both under one key, with another factor at each, and codes at `acme`. */
  async function adaAtBoth() {
    const app = await boot(WITH_TENANTS);
    await samePersonAtBoth(app, ADA, { factorCode: null });
    const [acme, beta] = [visitorOf(app, 'acme'), visitorOf(app, 'beta')];
    for (const browser of [acme, beta]) {
      await signIn(browser);
      expect(await enrol(browser)).toMatchObject({ status: 200 });
    }
    return { app, acme, beta, codes: await generate(acme) };
  }

  it('[ASVS 8.4.1] are offered there, and are none at the other', async () => {
    const { app, beta } = await adaAtBoth();

    expect(await beta.get(`${CODES}/status`)).toMatchObject({ body: { codesLeft: 0 } });
    const offered = async (tenant: string) => (await signIn(visitorOf(app, tenant))).body;
    expect(await offered('beta')).toMatchObject({ factors: [{ strategy: 'second-factor' }] });
    expect(await offered('acme')).toMatchObject({
      factors: [{ strategy: 'second-factor' }, { strategy: 'recovery-code', backup: true }],
    });
  });

  it('[ASVS 8.4.1] sign nobody in at the other, and are not used up by that', async () => {
    const { app, beta, codes } = await adaAtBoth();
    const betas = await generate(beta);
    const flow = textIn(await signIn(visitorOf(app, 'acme')), 'flow');

    expect(await type(visitorOf(app, 'beta'), 'sign-in', codeAt(codes, 0), { flow })).toMatchObject(REFUSED);
    expect(await signInWith(visitorOf(app, 'beta'), codeAt(codes, 0))).toMatchObject(REFUSED);
    expect(reasonOf(app, 'sign-in')).toBe('wrong_code');
    expect(await type(beta, 'verify', codeAt(codes, 0))).toMatchObject(REFUSED);
    expect(await type(visitorOf(app, 'acme'), 'sign-in', codeAt(codes, 0), { flow })).toMatchObject({ status: 200 });
    expect(await signInWith(visitorOf(app, 'beta'), codeAt(betas, 0))).toMatchObject({ status: 200 });
  });

  it('[ASVS 8.4.1] are replaced there alone', async () => {
    const { app, acme, beta, codes } = await adaAtBoth();
    const betas = await generate(beta);
    await generate(acme);

    expect(await signInWith(visitorOf(app, 'acme'), codeAt(codes, 0))).toMatchObject(REFUSED);
    expect(await signInWith(visitorOf(app, 'beta'), codeAt(betas, 0))).toMatchObject({ status: 200 });
  });
});
