import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { fakeProvider, type FakeProvider, type Platform } from 'nest-auth-plug/testing';
import { addresses, whoIsIn } from '../../rooms/mailed-app.js';
import { AUTH, connect, identityRows, lastReason, leave, REFUSED, signIn, ssoApp, type SsoApp } from './setup.js';

describe.each<Platform>(['express', 'fastify'])('a person of a customer, on %s,', (platform) => {
  let app: SsoApp;
  let other: FakeProvider;
  beforeEach(async () => {
    app = await ssoApp({ platform, sso: { profile: { name: 'name' } } });
    other = await fakeProvider({ clientId: 'another-client', clock: app.clock });
  });
  afterEach(async () => {
    await app.close();
    await other.close();
  });

  it('signs in at their organisation’s provider, with a new account', async () => {
    await connect(app);
    const browser = app.client();

    const answer = await signIn(app, browser);

    expect(answer).toMatchObject({ status: 200, body: { user: { email: 'ada@example.com', name: 'Ada Lovelace' } } });
    expect(await whoIsIn(browser)).toBe('ada@example.com');
  });

  it('is sent there by the id of the connection as well', async () => {
    const { id } = await connect(app);

    expect(await signIn(app, app.client(), { connection: id })).toMatchObject({ status: 200 });
  });

  it('[ASVS 6.8.1] is who they were, whatever the provider calls them by now', async () => {
    const { id } = await connect(app);
    await signIn(app);
    app.provider.account = { sub: 'ada-1815', email: 'countess@example.org', email_verified: true };

    expect(await signIn(app)).toMatchObject({ status: 200, body: { user: { email: 'ada@example.com' } } });
    expect(await addresses(app)).toEqual(['ada@example.com']);
    expect(await identityRows(app)).toMatchObject([{ namespace: `${id} ${app.provider.issuer}`, uid: 'ada-1815' }]);
  });

  it('[ASVS 6.8.1] [ASVS 10.5.2] [ASVS 10.3.3] is nobody else who has the same name at another provider', async () => {
    await connect(app);
    const { issuer, client } = other;
    await connect(app, { slug: 'beta', issuer, clientId: client.id, clientSecret: client.secret, domains: [] });
    other.account = { sub: 'ada-1815', email: 'ada@beta.example' };

    const [here, there] = [app.client(), app.client()];
    await signIn(app, here);
    await signIn(app, there, { connection: 'beta', provider: other });

    expect([await whoIsIn(here), await whoIsIn(there)]).toEqual(['ada@example.com', 'ada@beta.example']);
    expect(await identityRows(app)).toHaveLength(2);
  });

  it('[ASVS 6.8.1] is nobody else who has the same name at the same provider, by another connection', async () => {
    await connect(app);
    await connect(app, { slug: 'beta', domains: [] });
    await signIn(app);
    app.provider.account = { sub: 'ada-1815', email: 'second@example.com' };

    const answer = await signIn(app, app.client(), { connection: 'beta' });

    expect(answer).toMatchObject({ status: 200, body: { user: { email: 'second@example.com' } } });
  });

  it('[ASVS 10.2.1] [ASVS 10.1.2] [RFC 9700 §4.11] goes with state, nonce and challenge, a hint, and nothing of the connection', async () => {
    await connect(app);
    const query = 'connection=acme&login_hint=ada%40example.com&scope=admin&redirect_uri=https%3A%2F%2Fevil.example';

    const answer = await app.client().get(`${AUTH}?${query}`);
    const url = new URL(answer.headers.get('location') ?? '');

    expect([answer.status, url.origin + url.pathname]).toEqual([303, `${app.provider.issuer}/authorize`]);
    expect(Object.fromEntries(url.searchParams)).toEqual({
      response_type: 'code',
      client_id: 'test-client',
      redirect_uri: 'http://localhost:3000/auth/user/sso/callback',
      scope: 'openid email',
      login_hint: 'ada@example.com',
      state: expect.stringMatching(/^[\w-]{43}$/),
      nonce: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge_method: 'S256',
    });
  });

  it.each(['nowhere', 'ACME', 'a'.repeat(50)])('goes nowhere by a connection that there is not: %s', async (name) => {
    await connect(app);

    const answer = await app.client().get(`${AUTH}?connection=${name}`);

    expect(answer).toMatchObject({ ...REFUSED, setCookies: [] });
    expect([lastReason(app), app.provider.received.map(({ path }) => path)]).toEqual([
      'unknown_connection',
      ['/.well-known/openid-configuration'], // when it was made
    ]);
  });

  it.each(['', '?connection=', '?connection=a&connection=b', `?connection=${'x'.repeat(51)}`])(
    'is told to say which: %j',
    async (query) => {
      expect(await app.client().get(AUTH + query)).toMatchObject({ status: 422, body: { code: 'ERR_INVALID_INPUT' } });
    },
  );

  it('[RFC 9700 §4.7] [ASVS 10.1.2] is nobody with what another browser left with', async () => {
    await connect(app);
    const path = await leave(app, app.client());

    expect(await app.client().get(path)).toMatchObject(REFUSED);
    expect(lastReason(app)).toBe('no_flow');
  });

  it('[RFC 9700 §4.4] [RFC 9207 §2.4] brings no code of one connection to another', async () => {
    await connect(app);
    const { issuer, client } = other;
    await connect(app, { slug: 'beta', issuer, clientId: client.id, clientSecret: client.secret, domains: [] });
    const browser = app.client();
    const { headers } = await browser.get(`${AUTH}?connection=beta`);
    const state = new URL(headers.get('location') ?? '').searchParams.get('state') ?? '';
    const { code = '' } = app.provider.visit(
      (await app.client().get(`${AUTH}?connection=acme`)).headers.get('location') ?? '',
    ).parameters;

    const query = new URLSearchParams({ code, state, iss: app.provider.issuer });
    expect(await browser.get(`${AUTH}/callback?${query.toString()}`)).toMatchObject(REFUSED);

    expect(other.received.map(({ path }) => path)).not.toContain('/token');
  });

  it('[ASVS 10.1.1] [ASVS 14.3.3] never sees what the provider gave to the app, nor what the app showed', async () => {
    const connection = await connect(app);
    const answer = await signIn(app);
    const { headers } = app.provider.received.find(({ path }) => path === '/userinfo') ?? {};
    const [, accessToken = 'none'] = /^Bearer (.+)$/.exec(headers?.authorization ?? '') ?? [];

    const said = JSON.stringify([connection, app.events, answer.setCookies]);
    const seen = [answer.text, said, ...app.logged].join('\n');

    expect([accessToken.length, app.provider.client.secret?.length]).toEqual([43, 43]);
    expect(seen).not.toContain(accessToken);
    expect(seen).not.toContain(app.provider.client.secret);
  });

  it('[PRJ 15] has the provider asked about itself once, however many come', async () => {
    await connect(app);
    app.provider.received.length = 0;
    await Promise.all(Array.from({ length: 20 }, () => app.client().get(`${AUTH}?connection=acme`)));

    for (let visit = 0; visit < 3; visit += 1) await signIn(app);

    const asked = (path: string) => app.provider.received.filter((request) => request.path === path).length;
    expect([asked('/.well-known/openid-configuration'), asked('/jwks')]).toEqual([1, 1]);
  });

  it('[RFC 9700 §4.10] is refused where the provider says no', async () => {
    await connect(app);
    app.provider.lies = { callback: { error: 'access_denied', code: undefined } };

    expect(await signIn(app)).toMatchObject(REFUSED);
  });
});
