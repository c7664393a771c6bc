import { createHash } from 'node:crypto';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Module } from '@nestjs/common';
import { injected } from 'nest-auth-plug';
import { fakeProvider, type Platform } from 'nest-auth-plug/testing';
import { addresses, whoIsIn } from '../../rooms/mailed-app.js';
import { asked, AUTH, DISCOVERY, oidcApp, signIn, type OidcApp } from './setup.js';

const CALLBACK = 'http://localhost:3000/auth/user/oidc/callback';

describe.each<Platform>(['express', 'fastify'])('a visitor of an OpenID provider, on %s,', (platform) => {
  let app: OidcApp;
  afterEach(() => app.close());

  it('is signed in, with a new account', async () => {
    app = await oidcApp({ platform, oidc: { profile: { name: 'name' } } });
    const browser = app.client();

    const answer = await signIn(app, browser);

    expect(answer).toMatchObject({ status: 200, body: { user: { email: 'ada@example.com', name: 'Ada Lovelace' } } });
    expect(await whoIsIn(browser)).toBe('ada@example.com');
  });

  it('is signed in where the app keeps its id and secret elsewhere', async () => {
    @Module({ providers: [{ provide: 'PROVIDER', useValue: { id: 'test-client', secret: 'kept elsewhere' } }] })
    class KeptModule {}
    const kept = (name: 'id' | 'secret') => injected('PROVIDER', (of: Record<typeof name, string>) => of[name]);
    const provider = await fakeProvider({ clientSecret: 'kept elsewhere' });
    const told = { clientId: kept('id'), clientSecret: kept('secret') };
    app = await oidcApp({ platform, oidc: told, provider, imports: [KeptModule] });

    expect(await signIn(app)).toMatchObject({ status: 200 });
  });

  it('[OIDC §3.3.2.11] is signed in where the token shows which code it is for', async () => {
    app = await oidcApp({ platform });
    const browser = app.client();
    const sent = await browser.get(AUTH);
    const { url, parameters } = app.provider.visit(sent.headers.get('location') ?? '');
    const digest = createHash('sha256')
      .update(parameters['code'] ?? '')
      .digest();
    app.provider.lies = { idTokenClaims: { c_hash: digest.subarray(0, 16).toString('base64url') } };

    expect(await browser.get(url.pathname + url.search)).toMatchObject({ status: 200 });
  });

  it('[ASVS 6.8.1] [OIDC §5.7] is who they were, whatever the provider calls them by now', async () => {
    app = await oidcApp({ platform });
    await signIn(app);
    app.provider.account = { sub: 'ada-1815', email: 'countess@example.org', email_verified: true };

    const answer = await signIn(app);

    expect(answer).toMatchObject({ status: 200, body: { user: { email: 'ada@example.com' } } });
    expect(await addresses(app)).toEqual(['ada@example.com']);
  });

  it('[ASVS 10.2.1] [ASVS 10.1.2] [OIDC §3.1.2.1] goes with state, nonce and challenge, and no more scopes than wanted', async () => {
    app = await oidcApp({ platform });

    const answer = await app.client().get(AUTH);
    const url = new URL(answer.headers.get('location') ?? '');

    expect(answer.status).toBe(303);
    expect(url.origin + url.pathname).toBe(`${app.provider.issuer}/authorize`);
    expect(Object.fromEntries(url.searchParams)).toEqual({
      response_type: 'code',
      client_id: 'test-client',
      redirect_uri: CALLBACK,
      scope: 'openid email',
      state: expect.stringMatching(/^[\w-]{43}$/),
      nonce: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge_method: 'S256',
    });
  });

  it('[RFC 9700 §4.11] passes on a hint, a prompt and languages, and nothing else', async () => {
    app = await oidcApp({ platform });
    const query = new URLSearchParams({
      login_hint: 'ada@example.com',
      prompt: 'login',
      ui_locales: 'de en',
      scope: 'openid admin',
      redirect_uri: 'https://evil.example',
      client_id: 'another',
      state: 'chosen',
      nonce: 'chosen',
      claims: '{}',
      max_age: '99999',
    });

    const answer = await app.client().get(`${AUTH}?${query.toString()}`);
    const url = new URL(answer.headers.get('location') ?? '');

    expect(Object.fromEntries(url.searchParams)).toMatchObject({
      login_hint: 'ada@example.com',
      prompt: 'login',
      ui_locales: 'de en',
      scope: 'openid email',
      redirect_uri: CALLBACK,
      client_id: 'test-client',
    });
    expect(url.searchParams.get('state')).not.toBe('chosen');
    expect(url.searchParams.get('nonce')).not.toBe('chosen');
    expect([url.searchParams.has('claims'), url.searchParams.has('max_age')]).toEqual([false, false]);
  });

  it('is refused a hint that is no hint', async () => {
    app = await oidcApp({ platform });

    const answer = await app.client().get(`${AUTH}?login_hint=${'x'.repeat(4097)}`);

    expect(answer).toMatchObject({ status: 422, body: { code: 'ERR_INVALID_INPUT' } });
  });

  it('[RFC 9207 §2.4] [ASVS 10.2.2] sends the code to this provider, by the secret of the app', async () => {
    app = await oidcApp({ platform });

    await signIn(app);

    const token = app.provider.received.find(({ path }) => path === '/token');
    expect(token?.headers.authorization).toMatch(/^Basic /);
    expect(token?.parameters).toEqual({
      grant_type: 'authorization_code',
      code: expect.any(String),
      code_verifier: expect.stringMatching(/^[\w-]{43}$/),
      redirect_uri: CALLBACK,
    });
  });

  it('[ASVS 10.1.1] [ASVS 14.3.3] never sees what the provider gave to the app', async () => {
    app = await oidcApp({ platform });
    const browser = app.client();
    const answer = await signIn(app, browser);
    const { headers } = app.provider.received.find(({ path }) => path === '/userinfo') ?? {};
    const [, accessToken = 'none'] = /^Bearer (.+)$/.exec(headers?.authorization ?? '') ?? [];

    const seen = [answer.text, JSON.stringify(answer.setCookies), ...app.logged].join('\n');

    expect(accessToken).toHaveLength(43);
    expect(seen).not.toContain(accessToken);
  });

  it('[PRJ 15] has the provider asked about itself once, however many come', async () => {
    app = await oidcApp({ platform });
    const many = Array.from({ length: 20 }, () => app.client().get(AUTH));
    await Promise.all(many);

    for (let visit = 0; visit < 3; visit += 1) await signIn(app);

    expect([asked(app, DISCOVERY), asked(app, '/jwks')]).toEqual([1, 1]);
  });
});
