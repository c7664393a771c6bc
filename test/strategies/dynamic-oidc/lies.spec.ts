import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Platform, ProviderFault, ProviderLies } from 'nest-auth-plug/testing';
import { addresses, whoIsIn } from '../../rooms/mailed-app.js';
import { AUTH, connect, leave, signIn, ssoApp, type SsoApp } from './setup.js';

const NOW = Date.UTC(2026, 0, 1) / 1000;

/** Every rule is oidc's: these show that a connection is not less strict. */
const LIES: readonly (readonly [string, ProviderLies])[] = [
  ['[RFC 9700 §2.1] [ASVS 10.1.2] a state of somebody else', { callback: { state: 'x'.repeat(43) } }],
  ['[RFC 9207 §2.4] [ASVS 10.2.2] an answer of another issuer', { callback: { iss: 'https://evil.example' } }],
  ['[RFC 9207 §2.4] no issuer, though it promised one', { callback: { iss: undefined } }],
  ['no ID token', { tokens: { id_token: undefined } }],
  ['[ASVS 10.5.4] another audience', { idTokenClaims: { aud: 'another-app' } }],
  ['[ASVS 10.5.4] another audience beside the app', { idTokenClaims: { aud: ['test-client', 'x'] } }],
  ['another issuer in it', { idTokenClaims: { iss: 'https://evil.example' } }],
  ['[ASVS 9.2.1] an end that is over', { idTokenClaims: { exp: NOW - 6 } }],
  ['[ASVS 10.5.1] another nonce', { idTokenClaims: { nonce: 'of somebody else' } }],
  ['[ASVS 10.5.1] no nonce', { idTokenClaims: { nonce: undefined } }],
  ['the hash of another access token', { idTokenClaims: { at_hash: 'AAAAAAAAAAAAAAAAAAAAAA' } }],
  ['[ASVS 9.1.2] nobody who signs', { signedBy: 'nobody' }],
  ['[ASVS 9.1.2] [RFC 8725 §3.1] the public key as a secret', { signedBy: 'public-key-as-secret' }],
  ['[ASVS 9.1.2] the secret of the app as a key', { signedBy: 'client-secret' }],
  ['[ASVS 9.1.1] the key of a stranger', { signedBy: 'another-key' }],
  ['[ASVS 9.1.3] the name of a key that is not there', { idTokenHeader: { kid: 'unknown' } }],
  ['no keys', { keys: [] }],
  ['user-info of somebody else', { userInfo: { sub: 'somebody-else' } }],
  ['a subject that is too long', { idTokenClaims: { sub: 'x'.repeat(256) }, userInfo: { sub: 'x'.repeat(256) } }],
];

const FAULTS: readonly ProviderFault[] = ['huge', 'hangs-up', 'redirects', { status: 503, body: '{}' }];

describe.each<Platform>(['express', 'fastify'])('a customer’s provider that lies, on %s,', (platform) => {
  let app: SsoApp;
  beforeEach(async () => {
    app = await ssoApp({ platform });
    await connect(app);
  });
  afterEach(() => app.close());

  it.each(LIES)('signs nobody in with %s', async (_what, lies) => {
    app.provider.lies = lies;
    const browser = app.client();

    const answer = await signIn(app, browser);

    expect(answer).toMatchObject({ status: 401, body: { code: 'ERR_AUTHENTICATION_FAILED' } });
    expect([await whoIsIn(browser), await addresses(app)]).toEqual([null, []]);
  });

  const endpoints = ['jwks', 'token', 'userinfo'] as const;
  const faults = endpoints.flatMap((endpoint) => FAULTS.map((fault) => [endpoint, fault] as const));
  it.each(faults)('[ASVS 13.2.4] [ASVS 15.3.2] signs nobody in where %s is %j', async (endpoint, fault) => {
    const browser = app.client();
    const path = await leave(app, browser);
    app.provider.lies = { answers: { [endpoint]: fault } };

    const { status } = await browser.get(path);

    expect([status >= 400, status < 500, await whoIsIn(browser)]).toEqual([true, true, null]);
    expect(app.provider.received.map((request) => request.path)).not.toContainEqual(
      expect.stringMatching(/^\/redirected/),
    );
  });

  it('[ASVS 15.3.2] is not waited for where it never ends', async () => {
    const browser = app.client();
    const path = await leave(app, browser);
    app.provider.lies = { answers: { token: 'slow' } };

    const answering = browser.get(path);
    while (!app.provider.received.some((request) => request.path === '/token')) await new Promise(setImmediate);
    app.clock.advance(6);

    expect(await answering).toMatchObject({ body: { code: 'ERR_PROVIDER_FAILED' } });
  });

  it('[ASVS 15.3.2] keeps nobody from the provider of another customer', async () => {
    await connect(app, { slug: 'beta', domains: [] });
    app.provider.lies = { idTokenClaims: { aud: 'another-app' } };
    await signIn(app);
    app.provider.lies = {};

    expect(await signIn(app, app.client(), { connection: 'beta' })).toMatchObject({ status: 200 });
    expect(await app.client().get(`${AUTH}?connection=acme`)).toMatchObject({ status: 303 });
  });
});
