import { createHash } from 'node:crypto';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { AddOn } from 'nest-auth-plug';
import type { Platform } from 'nest-auth-plug/testing';
import { ADA, addresses, whoIsIn, type Addressee } from '../../rooms/mailed-app.js';
import { signInRows } from '../../security/visit.js';
import {
  AUTH,
  CALLBACK,
  codeApp,
  comeBack,
  identityRows,
  leave,
  REFUSED,
  signIn,
  type CodeApp,
  type CodeAppOptions,
} from './setup.js';

const PARALLEL = 50;

/** Tells what was wished at the start. */
const wishing: AddOn<Addressee> = {
  name: 'wishing',
  phases: [],
  carries: ['wish'],
  signedIn: async ({ carried, returnTo }) => ({ ...carried, returnTo }),
};

describe.each<Platform>(['express', 'fastify'])('sign-in at a provider, on %s,', (platform) => {
  let app: CodeApp;
  afterEach(() => app.close());

  async function visit(options: CodeAppOptions = {}) {
    app = await codeApp({ platform, ...options });
    return app.client();
  }

  it('[RFC 9700 §2.1.1] [ASVS 10.2.1] sends the browser away with a challenge, a state and its own callback', async () => {
    const browser = await visit();

    const { status, headers, setCookies } = await browser.get(AUTH);

    expect(status).toBe(303);
    const { origin, pathname, searchParams } = new URL(headers.get('location') ?? '');
    expect(origin + pathname).toBe(`${app.provider.issuer}/authorize`);
    expect(Object.fromEntries(searchParams)).toEqual({
      client_id: 'test-client',
      response_type: 'code',
      redirect_uri: `http://localhost:3000${CALLBACK}`,
      scope: 'profile email',
      state: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge_method: 'S256',
    });
    expect(setCookies).toEqual([expect.stringMatching(/^__Host-user-flow-oauth2-redirect=.*HttpOnly.*SameSite=Lax/)]);
  });

  it('makes an account of who comes back, and signs it in', async () => {
    const browser = await visit();

    expect(await signIn(app, browser)).toMatchObject({
      status: 200,
      body: { user: { email: ADA, name: 'Ada Lovelace' } },
    });

    expect(await whoIsIn(browser)).toBe(ADA);
    expect(await identityRows(app)).toMatchObject([
      { namespace: app.provider.issuer, uid: 'ada-1815', accountName: ADA, accessToken: null, refreshToken: null },
    ]);
  });

  it('[RFC 9700 §2.1.1] [ASVS 10.2.1] shows the verifier of its own challenge, another each time', async () => {
    const browser = await visit();
    await signIn(app, browser);
    await signIn(app, app.client());

    const sent = app.provider.received;
    const challenges = sent
      .filter(({ path }) => path === '/authorize')
      .map(({ parameters }) => parameters['code_challenge']);
    const verifiers = sent
      .filter(({ path }) => path === '/token')
      .map(({ parameters }) => parameters['code_verifier'] ?? '');
    expect(verifiers.map((verifier) => createHash('sha256').update(verifier).digest('base64url'))).toEqual(challenges);
    expect(new Set(challenges).size).toBe(2);
  });

  it('[ASVS 6.8.1] [ASVS 10.5.2] [ASVS 10.3.3] knows who comes again by the name that the provider has for them, whatever else it says', async () => {
    const first = await visit();
    await signIn(app, first);
    app.provider.account = {
      sub: 'ada-1815',
      email: 'countess@example.com',
      email_verified: true,
      name: 'The Countess',
    };
    const second = app.client();

    expect(await signIn(app, second)).toMatchObject({
      status: 200,
      body: { user: { email: ADA, name: 'Ada Lovelace' } },
    });

    expect(await addresses(app)).toEqual([ADA]);
    expect(await identityRows(app)).toHaveLength(1);
  });

  it('takes a number for a name, where the provider counts its users', async () => {
    const browser = await visit({ code: { uid: 'id' } });
    app.provider.account = { id: 4711, email: ADA };
    await signIn(app, browser);
    app.provider.account = { id: '4711', email: 'other@example.com' };

    expect(await signIn(app, app.client())).toMatchObject({ status: 200, body: { user: { email: ADA } } });
  });

  it('makes no account where registration is closed, and says no more than of anything else', async () => {
    const browser = await visit({ code: { registration: 'closed' } });

    expect(await signIn(app, browser)).toMatchObject(REFUSED);

    expect([await addresses(app), await identityRows(app)]).toEqual([[], []]);
  });

  it('[RFC 9700 §4.11] keeps where to go afterwards and what was wished, as it was at the start', async () => {
    const browser = await visit({ user: { addOns: [wishing] } });
    const brought = await leave(app, browser, `${AUTH}?wish=cake&returnTo=/account`);

    const answer = await comeBack(browser, { ...brought, returnTo: '/elsewhere', wish: 'nothing' });

    expect(answer).toMatchObject({ status: 200, body: { wish: 'cake', returnTo: '/account' } });
  });

  it('[PRJ] runs nothing on HEAD', async () => {
    const browser = await visit();
    const brought = await leave(app, browser);
    const query = new URLSearchParams(Object.entries(brought)).toString();

    for (const path of [AUTH, `${CALLBACK}?${query}`]) {
      expect(await browser.request('HEAD', path)).toMatchObject({ status: 405, setCookies: [] });
    }

    expect(await comeBack(browser, brought)).toMatchObject({ status: 200 });
  });

  it('[RFC 9700 §4.5] [ASVS 2.3.3] [ASVS 15.4.2] makes one sign-in and one identity of fifty callbacks with one code', async () => {
    const browser = await visit();
    const brought = await leave(app, browser);

    const answers = await Promise.all(Array.from({ length: PARALLEL }, () => comeBack(browser, brought)));

    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    for (const { status } of answers) expect([200, 401, 422]).toContain(status);
    expect([await identityRows(app), await addresses(app), await signInRows(app)]).toMatchObject([[{}], [ADA], [{}]]);
    expect(app.provider.received.filter(({ path }) => path === '/token')).toHaveLength(1);
  });

  describe('by a form that the provider sends', () => {
    const CROSS_SITE = { 'sec-fetch-site': 'cross-site', origin: 'https://provider.example' };
    const code = { authorizationParams: { response_mode: 'form_post' } };

    it('[PRJ] shows a page of its own that posts it once more, and spends nothing', async () => {
      const browser = await visit({ code });
      const brought = await leave(app, browser);
      const form = { ...brought, code: `${brought['code']}"<script>` };

      const page = await app.client().post(CALLBACK, { form, headers: CROSS_SITE });

      expect(page).toMatchObject({ status: 200, setCookies: [] });
      expect(page.headers.get('content-security-policy')).toContain("form-action 'self'");
      expect(page.text).toContain(`<form method="post" action="${CALLBACK}">`);
      expect(page.text).toContain('&quot;&lt;script&gt;');
      const marked = { ...brought, reposted: '1' };
      expect(await browser.post(CALLBACK, { form: marked, headers: CROSS_SITE })).toMatchObject({ status: 200 });
    });

    it('signs in, the whole way', async () => {
      const browser = await visit({ code });

      expect(await signIn(app, browser)).toMatchObject({ status: 200 });

      expect(await whoIsIn(browser)).toBe(ADA);
    });

    it('[PRJ] fails where the page was shown already, and by GET', async () => {
      const browser = await visit({ code });
      const brought = await leave(app, browser);
      const stranger = app.client();

      const again = await stranger.post(CALLBACK, { form: { ...brought, reposted: '1' }, headers: CROSS_SITE });
      expect(again).toMatchObject(REFUSED);
      expect(await comeBack(stranger, brought)).toMatchObject(REFUSED);
    });
  });
});
