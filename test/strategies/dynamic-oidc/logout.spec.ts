import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Client, LogoutTokenOptions, Platform } from 'nest-auth-plug/testing';
import { whoIsIn } from '../../rooms/mailed-app.js';
import { admin, AUTH, connect, signIn, ssoApp, type SsoApp } from './setup.js';

describe.each<Platform>(['express', 'fastify'])('a log-out at a customer’s provider, on %s,', (platform) => {
  let app: SsoApp;
  beforeEach(async () => {
    app = await ssoApp({ platform, sso: { afterLogOut: '/bye' } });
  });
  afterEach(() => app.close());

  /** As the provider's server does. */
  const post = (token: string, auth = AUTH) =>
    app.client().post(`${auth}/back-channel-logout`, { form: { logout_token: token } });
  const told = (options: LogoutTokenOptions = {}) => post(app.provider.logoutToken(options));
  const signedIn = async (connection = 'acme', sub = 'ada'): Promise<Client> => {
    const browser = app.client();
    app.provider.account = { sub, email: `${sub}@example.com` };
    await signIn(app, browser, { connection });
    return browser;
  };

  it.each([
    ['a user and a session', {}],
    ['a user', { sid: undefined }],
    ['a session', { sub: undefined }],
  ])('[ASVS 7.6.1] [ASVS 10.5.5] ends the sign-ins here, told of %s', async (_what, claims) => {
    await connect(app);
    const [grace, ada] = [await signedIn('acme', 'grace'), await signedIn()];

    expect(await told({ claims })).toMatchObject({ status: 204, setCookies: [] });

    expect([await whoIsIn(ada), await whoIsIn(grace)]).toEqual([null, 'grace@example.com']);
  });

  it('[ASVS 10.5.5] is told once by each token', async () => {
    await connect(app);
    await signedIn();
    const token = app.provider.logoutToken();
    await post(token);
    const browser = await signedIn();

    expect(await post(token)).toMatchObject({ status: 400, body: { error: 'invalid_request' } });
    expect(await whoIsIn(browser)).toBe('ada@example.com');
  });

  it('[ASVS 7.6.1] ends nobody who came by another client, though the provider is the same', async () => {
    await connect(app);
    const ada = await signedIn();
    const again = { connection: 'acme', clientId: 'another-client' };
    await admin(app, 'update-connection', again);

    expect(await told()).toMatchObject({ status: 400, body: { error: 'invalid_request' } });
    expect(await whoIsIn(ada)).toBe('ada@example.com');
  });

  it('[ASVS 7.6.1] ends whoever came by either of two connections of one client', async () => {
    await connect(app);
    await connect(app, { slug: 'beta', domains: [] });
    const ada = await signedIn('acme');
    app.provider.account = { sub: 'ada', email: 'second@example.com' };
    const second = app.client();
    await signIn(app, second, { connection: 'beta' });

    expect(await told({ claims: { sid: undefined } })).toMatchObject({ status: 204 });

    expect([await whoIsIn(ada), await whoIsIn(second)]).toEqual([null, null]);
  });

  it.each<[string, LogoutTokenOptions]>([
    ['of another issuer', { claims: { iss: 'https://evil.example' } }],
    ['of no issuer', { claims: { iss: undefined } }],
    ['of an issuer that is a list', { claims: { iss: ['http://127.0.0.1'] } }],
    ['for another app', { claims: { aud: 'another-app' } }],
    ['for nobody', { claims: { aud: undefined } }],
    ['for an object', { claims: { aud: { app: 'test-client' } } }],
    ['without the event', { claims: { events: undefined } }],
    ['with a nonce', { claims: { nonce: 'an ID token has one' } }],
    ['signed by nobody', { signedBy: 'nobody' }],
    ['signed by a stranger', { signedBy: 'another-key' }],
    ['signed with the public key as a secret', { signedBy: 'public-key-as-secret' }],
    ['signed with the secret of the app', { signedBy: 'client-secret' }],
  ])('[ASVS 7.6.1] [ASVS 10.5.5] is not told by a token %s', async (_what, options) => {
    await connect(app);
    const browser = await signedIn();

    expect(await told(options)).toMatchObject({ status: 400, body: { error: 'invalid_request' }, setCookies: [] });
    expect(await whoIsIn(browser)).toBe('ada@example.com');
  });

  it.each(['', 'a.b.c', 'e30.e30.', 'x'.repeat(8193)])('is not told by %j', async (token) => {
    await connect(app);

    const { status } = await post(token);

    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(500);
  });

  it('[ASVS 7.4.2] is not told by a connection that is disabled', async () => {
    await connect(app);
    const browser = await signedIn();
    await admin(app, 'disable-connection', { connection: 'acme' });

    expect(await told()).toMatchObject({ status: 400 });
    expect(await whoIsIn(browser)).toBe('ada@example.com');
  });

  it('ends nobody of another resource', async () => {
    await connect(app);
    const browser = await signedIn();

    expect(await post(app.provider.logoutToken(), '/auth/admin/sso')).toMatchObject({ status: 400 });
    await connect(app, {}, { subjectName: 'admin' });
    expect(await post(app.provider.logoutToken(), '/auth/admin/sso')).toMatchObject({ status: 204 });
    expect(await whoIsIn(browser)).toBe('ada@example.com');
  });

  it('begins here as well: the browser is sent there', async () => {
    await connect(app);

    const answer = await app.client().get(`${AUTH}/log-out?connection=acme`);

    expect(answer).toMatchObject({ status: 303, setCookies: [] });
    expect(answer.headers.get('location')).toBe(
      `${app.provider.issuer}/logout?client_id=test-client&post_logout_redirect_uri=http%3A%2F%2Flocalhost%3A3000%2Fbye`,
    );
  });

  it('is nothing where there is no such connection, or no more', async () => {
    await connect(app);
    await admin(app, 'disable-connection', { connection: 'acme' });

    for (const connection of ['acme', 'nowhere']) {
      const answer = await app.client().get(`${AUTH}/log-out?connection=${connection}`);
      expect([answer.status, answer.headers.get('location')]).toEqual([303, 'http://localhost:3000/bye']);
    }
  });
});
