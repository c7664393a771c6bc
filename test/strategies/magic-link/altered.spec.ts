import { afterEach, describe, expect, it } from '@jest/globals';
import { tenantFromHeader } from 'nest-auth-plug';
import { Outbox, type Platform } from 'nest-auth-plug/testing';
import { ADA, addUser, ask, BOB, NEW, refusal, whoIsIn, type MailedApp } from '../../rooms/mailed-app.js';
import { link } from '../../rooms/link.js';
import { visitorOf } from '../../tenants/tenants-app.js';
import { AUTH, linkApp, linkFor, redeem, REFUSED, tokenTo } from './setup.js';

/** The same signature under a payload that says something else. */
function forged(token: string, changes: object): string {
  const [header = '', payload = '', signature = ''] = token.split('.');
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as object; // a JWT's payload is one
  const altered = Buffer.from(JSON.stringify({ ...claims, ...changes })).toString('base64url');
  return [header, altered, signature].join('.');
}

describe.each<Platform>(['express', 'fastify'])('a link that was altered, on %s,', (platform) => {
  let app: MailedApp;
  afterEach(() => app.close());

  it('[ASVS 9.2.2] fails alike, whatever of it is other, and the one that was not still works', async () => {
    const others = new Outbox();
    app = await linkApp({ platform, user: { strategies: [link(others)] } });
    const browser = app.client();
    await addUser(app);
    await addUser(app, BOB);
    await ask(app, browser, '/auth/user/link/request');
    const token = await linkFor(app, ADA);
    const altered = [
      forged(token, { sub: 'user?id=id%20of%20bob%40example.com' }),
      forged(token, { purpose: 'magic-link:register' }),
      forged(token, { aud: 'test-app:admin' }),
      forged(token, { iss: 'evil.example' }),
      forged(token, { exp: 4_000_000_000 }),
      others.last(ADA).link?.searchParams.get('token') ?? '',
      token.slice(0, -1),
      `${token}A`,
      'x',
      'x'.repeat(4096),
    ];

    for (const other of altered) {
      expect(refusal(await redeem(browser, other))).toEqual(REFUSED);
      const query = new URLSearchParams({ token: other }).toString();
      expect(refusal(await browser.get(`${AUTH}?${query}`))).toEqual(REFUSED);
    }
    for (const path of ['/auth/admin/magic-link', '/auth/user/link']) {
      expect(refusal(await redeem(browser, token, path))).toEqual(REFUSED);
    }
    expect(await whoIsIn(browser)).toBeNull();
    expect(await redeem(browser, token)).toMatchObject({ status: 200, body: { user: { email: ADA } } });
  });

  it('[ASVS 2.2.1] is told what is missing or too long, and loses nothing', async () => {
    app = await linkApp({ platform });
    const browser = app.client();
    await addUser(app);
    const token = await linkFor(app, ADA);

    for (const json of [{}, { token: '' }, { token: ['x'] }, { token: 'x'.repeat(4097) }, { token: { a: token } }]) {
      const answer = await browser.post(`${AUTH}/sign-in`, { json });
      expect(answer).toMatchObject({ status: 422, body: { code: 'ERR_INVALID_INPUT' }, setCookies: [] });
    }
    for (const query of ['', '?token=', `?token=${token}&token=${token}`]) {
      expect(await browser.get(`${AUTH}${query}`)).toMatchObject({ status: 422, body: { code: 'ERR_INVALID_INPUT' } });
    }
    for (const email of [
      '',
      'ada',
      'ada@@example.com',
      'a@b@example.com',
      `${'x'.repeat(250)}@example.com`,
      'a,b@example.com',
    ]) {
      expect(await ask(app, browser, `${AUTH}/request`, email)).toMatchObject({ status: 422 });
    }
    expect(app.outbox.messages).toHaveLength(1);
    expect(await redeem(browser, token)).toMatchObject({ status: 200 });
  });

  it('[ASVS 8.4.1] opens nothing at another tenant, nor voids anything there', async () => {
    app = await linkApp({
      platform,
      link: { registration: 'open' },
      user: { tenantField: 'orgId' },
      app: { tenants: { resolve: tenantFromHeader('x-tenant') } },
    });
    const [acme, beta] = [visitorOf(app, 'acme'), visitorOf(app, 'beta')];
    const asked = async (browser: typeof acme, email: string) => {
      await ask(app, browser, `${AUTH}/request`, email);
      return tokenTo(app, email);
    };
    const first = await asked(acme, NEW);
    expect(app.outbox.last(NEW)).toMatchObject({ tenant: 'acme', user: null });
    const second = await asked(beta, NEW);

    expect(refusal(await redeem(beta, first))).toEqual(REFUSED);
    expect(refusal(await redeem(acme, second))).toEqual(REFUSED);
    expect(await redeem(acme, first)).toMatchObject({ status: 200, body: { user: { email: NEW, orgId: 'acme' } } });
    expect(await redeem(beta, second)).toMatchObject({ status: 200, body: { user: { email: NEW, orgId: 'beta' } } });
  });
});
