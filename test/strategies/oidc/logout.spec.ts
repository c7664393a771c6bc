import { afterEach, describe, expect, it } from '@jest/globals';
import type { Client, LogoutTokenOptions, Platform } from 'nest-auth-plug/testing';
import { whoIsIn, type Addressee } from '../../rooms/mailed-app.js';
import { secondFactor } from '../../rooms/second-factor.js';
import { AUTH, leaveBy, oidcApp, OWN_SITE, signIn, type OidcApp } from './setup.js';

const NOW = Date.UTC(2026, 0, 1) / 1000;
const EVENT = 'http://schemas.openid.net/event/backchannel-logout';

/** As the provider's server does. */
function post(app: OidcApp, token: string, auth = AUTH) {
  return app.client().post(`${auth}/back-channel-logout`, { form: { logout_token: token } });
}

/** The second factor of the tests. */
function typeCode(browser: Client) {
  return browser.post('/auth/user/second-factor/sign-in', { json: { code: '42' }, headers: OWN_SITE });
}

async function signedIn(app: OidcApp): Promise<Client> {
  const browser = app.client();
  await signIn(app, browser);
  return browser;
}

describe.each<Platform>(['express', 'fastify'])('a log-out at the provider, on %s,', (platform) => {
  let app: OidcApp;
  afterEach(() => app.close());

  it.each([
    ['a user and a session', {}],
    ['a user', { sid: undefined }],
    ['a session', { sub: undefined }],
  ])('[ASVS 7.6.1] [ASVS 10.5.5] ends the sign-ins here, told of %s', async (_what, claims) => {
    app = await oidcApp({ platform });
    const browser = await signedIn(app);

    const answer = await post(app, app.provider.logoutToken({ claims }));

    expect(answer).toMatchObject({ status: 204, setCookies: [] });
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(await whoIsIn(browser)).toBeNull();
    expect(await whoIsIn(await signedIn(app))).toBe('ada@example.com');
  });

  it('[ASVS 7.6.1] [ASVS 10.5.5] ends the sign-in of the session that it names, and of a user all', async () => {
    app = await oidcApp({ platform });
    const [phone, laptop] = [await signedIn(app), await signedIn(app)];

    await post(app, app.provider.logoutToken());

    expect([await whoIsIn(phone), await whoIsIn(laptop)]).toEqual(['ada@example.com', null]);
    await post(app, app.provider.logoutToken({ claims: { sid: undefined } }));
    expect(await whoIsIn(phone)).toBeNull();
  });

  it.each([
    ['was never seen here', { sid: 'unknown' }],
    ['is of somebody else', { sub: 'grace' }],
  ])('[ASVS 10.5.5] ends all of the user where the session %s', async (_what, claims) => {
    app = await oidcApp({ platform });
    const ada = await signedIn(app);
    app.provider.account = { sub: 'grace', email: 'grace@example.com' };
    const [grace, elsewhere] = [await signedIn(app), await signedIn(app)];
    app.provider.account = { sub: 'ada-1815', email: 'ada@example.com' };
    await signedIn(app);

    await post(app, app.provider.logoutToken({ claims }));

    const isAda = !('sub' in claims);
    const left = isAda ? [null, 'grace@example.com', 'grace@example.com'] : ['ada@example.com', null, null];
    expect([await whoIsIn(ada), await whoIsIn(grace), await whoIsIn(elsewhere)]).toEqual(left);
  });

  it('[ASVS 7.6.1] ends a sign-in whose owner has shown themselves again meanwhile', async () => {
    app = await oidcApp({ platform });
    const [browser, other] = [await signedIn(app), await signedIn(app)];
    const token = app.provider.logoutToken();
    await other.get(await leaveBy(app, other, 'step-up'));
    expect([await whoIsIn(browser), await whoIsIn(other)]).toEqual(['ada@example.com', 'ada@example.com']);

    await post(app, token);

    expect([await whoIsIn(browser), await whoIsIn(other)]).toEqual(['ada@example.com', null]);
  });

  it('[ASVS 7.6.1] ends what waits for a second factor: the code that is typed then signs nobody in', async () => {
    app = await oidcApp({ platform, user: { strategies: [secondFactor<Addressee>()] } });
    const [first, browser] = [await signedIn(app), app.client()];
    await first.post('/auth/user/second-factor/enrol', { json: { code: '42' }, headers: OWN_SITE });
    expect(await signIn(app, browser)).toMatchObject({ body: { code: 'ERR_SECOND_FACTOR_REQUIRED' } });

    expect(await post(app, app.provider.logoutToken())).toMatchObject({ status: 204 });

    expect(await typeCode(browser)).toMatchObject({ status: 401 });
    expect(await whoIsIn(browser)).toBeNull();
  });

  it('[ASVS 7.6.1] ends one that a second factor has completed, and no other', async () => {
    app = await oidcApp({ platform, user: { strategies: [secondFactor<Addressee>()] } });
    const [first, browser] = [await signedIn(app), app.client()];
    await first.post('/auth/user/second-factor/enrol', { json: { code: '42' }, headers: OWN_SITE });
    await signIn(app, browser);
    await typeCode(browser);
    expect(await whoIsIn(browser)).toBe('ada@example.com');

    await post(app, app.provider.logoutToken());

    expect([await whoIsIn(first), await whoIsIn(browser)]).toEqual(['ada@example.com', null]);
  });

  it('ends nothing more where somebody has signed out here before', async () => {
    app = await oidcApp({ platform });
    const [phone, laptop] = [await signedIn(app), await signedIn(app)];
    await laptop.post('/auth/user/session/sign-out', { headers: OWN_SITE });

    expect(await post(app, app.provider.logoutToken())).toMatchObject({ status: 204 });

    expect(await whoIsIn(phone)).toBe('ada@example.com');
  });

  it('ends nobody else', async () => {
    app = await oidcApp({ platform });
    app.provider.account = { sub: 'grace', email: 'grace@example.com' };
    const grace = await signedIn(app);
    app.provider.account = { sub: 'ada-1815', email: 'ada@example.com' };
    const ada = await signedIn(app);

    await post(app, app.provider.logoutToken());
    await post(app, app.provider.logoutToken({ claims: { sub: 'nobody', sid: 'unknown' } }));

    expect([await whoIsIn(grace), await whoIsIn(ada)]).toEqual(['grace@example.com', null]);
  });

  it('[ASVS 10.5.5] is told once by each token', async () => {
    app = await oidcApp({ platform });
    await signedIn(app);
    const token = app.provider.logoutToken();
    await post(app, token);
    const browser = await signedIn(app);

    expect(await post(app, token)).toMatchObject({ status: 400, body: { error: 'invalid_request' } });
    expect(await whoIsIn(browser)).toBe('ada@example.com');
  });

  const FAULTS: readonly (readonly [string, LogoutTokenOptions])[] = [
    ['of another issuer', { claims: { iss: 'https://evil.example' } }],
    ['for another app', { claims: { aud: 'another-app' } }],
    ['without an audience', { claims: { aud: undefined } }],
    ['made long ago', { claims: { iat: NOW - 306 } }],
    ['made in the future', { claims: { iat: NOW + 6 } }],
    ['made at no time', { claims: { iat: undefined } }],
    ['that is over', { claims: { exp: NOW - 6 } }],
    ['without an id', { claims: { jti: undefined } }],
    ['with a number as its id', { claims: { jti: 1 } }],
    ['without the event', { claims: { events: undefined } }],
    ['with another event', { claims: { events: { 'http://schemas.openid.net/event/other': {} } } }],
    ['with an event that is no object', { claims: { events: { [EVENT]: 'yes' } } }],
    ['with events that are a list', { claims: { events: [EVENT] } }],
    ['with a nonce', { claims: { nonce: 'an ID token has one' } }],
    ['of nobody', { claims: { sub: undefined, sid: undefined } }],
    ['of a number', { claims: { sub: 1815 } }],
    ['of another type', { header: { typ: 'at+jwt' } }],
    ['signed by nobody', { signedBy: 'nobody' }],
    ['signed by a stranger', { signedBy: 'another-key' }],
    ['signed with the public key as a secret', { signedBy: 'public-key-as-secret' }],
    ['signed with the secret of the app', { signedBy: 'client-secret' }],
    ['with the name of an unknown key', { header: { kid: 'unknown' } }],
  ];

  it.each(FAULTS)('[ASVS 7.6.1] [ASVS 10.5.5] is not told by a token %s', async (_what, options) => {
    app = await oidcApp({ platform });
    const browser = await signedIn(app);

    const answer = await post(app, app.provider.logoutToken(options));

    expect(answer).toMatchObject({ status: 400, body: { error: 'invalid_request' }, setCookies: [] });
    expect(await whoIsIn(browser)).toBe('ada@example.com');
  });

  it('[ASVS 9.2.2] is not told by an ID token', async () => {
    app = await oidcApp({ platform });
    const browser = await signedIn(app);
    const claims = { events: undefined, nonce: 'x', exp: NOW + 600 };

    expect(await post(app, app.provider.logoutToken({ claims, header: { typ: 'JWT' } }))).toMatchObject({
      status: 400,
    });
    expect(await whoIsIn(browser)).toBe('ada@example.com');
  });

  it.each(['', 'a.b.c', 'x'.repeat(8193)])('is not told by %j', async (token) => {
    app = await oidcApp({ platform });

    const { status } = await post(app, token);

    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(500);
  });

  it('ends nobody of another resource', async () => {
    app = await oidcApp({ platform });
    const browser = await signedIn(app);

    const answer = await post(app, app.provider.logoutToken(), '/auth/admin/oidc');

    expect(answer).toMatchObject({ status: 204 });
    expect(await whoIsIn(browser)).toBe('ada@example.com');
  });

  it('begins here as well: the browser is sent there', async () => {
    app = await oidcApp({ platform, oidc: { afterLogOut: '/bye' } });
    const answer = await app.client().get(`${AUTH}/log-out`);
    const url = new URL(answer.headers.get('location') ?? '');

    expect(answer).toMatchObject({ status: 303, setCookies: [] });
    expect(url.href).toBe(
      `${app.provider.issuer}/logout?client_id=test-client&post_logout_redirect_uri=http%3A%2F%2Flocalhost%3A3000%2Fbye`,
    );
  });

  it('is nothing where the provider has no place for it', async () => {
    app = await oidcApp({ platform });
    app.provider.lies = { metadata: { end_session_endpoint: undefined } };

    const answer = await app.client().get(`${AUTH}/log-out`);

    expect(answer.headers.get('location')).toBe('http://localhost:3000/');
  });
});
