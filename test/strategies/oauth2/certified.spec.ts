import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Strategy } from 'nest-auth-plug';
import { oauth2, type ClientKey, type OAuth2Settings } from 'nest-auth-plug/strategies/oauth2';
import type { Platform } from 'nest-auth-plug/testing';
import { openIdServer, type OpenIdServer } from '../../oauth-kit/open-id-server.js';
import type { ClientMethod } from '../../oauth-kit/clients.js';
import { ProviderBrowser } from '../../oauth-kit/provider-browser.js';
import { ADA, mailedApp, whoIsIn, type Addressee, type MailedApp } from '../../rooms/mailed-app.js';
import { AUTH, CALLBACK, identityRows } from './setup.js';

type Way = OAuth2Settings<Addressee>['clientAuthentication'];
const WAYS: readonly (readonly [ClientMethod, Way])[] = [
  ['client_secret_basic', 'basic'],
  ['client_secret_post', 'post'],
  ['client_secret_jwt', 'client_secret_jwt'],
  ['private_key_jwt', 'private_key_jwt'],
  ['none', 'none'],
];

describe.each<Platform>(['express', 'fastify'])('a certified provider, used as plain OAuth 2.0 on %s,', (platform) => {
  let server: OpenIdServer;
  let app: MailedApp;
  beforeAll(async () => {
    server = await openIdServer({ appUrl: 'http://localhost:3000', callbackPaths: [CALLBACK] });
  });
  afterEach(() => app.close());
  afterAll(() => server.close());

  const strategy = (method: ClientMethod, way: Way, more: Partial<OAuth2Settings<Addressee>>): Strategy<Addressee> => {
    const { id, secret, privateKey, keyId } = server.clients[method];
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    const key: ClientKey = { pem, algorithm: 'ES256', keyId };
    return oauth2<Addressee>({
      clientId: id,
      clientAuthentication: way,
      clientSecret: async () => secret,
      privateKey: key,
      issuer: server.issuer,
      requireIssuer: true,
      authorizationEndpoint: `${server.issuer}/auth`,
      tokenEndpoint: `${server.issuer}/token`,
      userInfo: `${server.issuer}/me`,
      scope: 'openid email profile',
      registration: 'open',
      profile: { name: 'name' },
      calls: { allowHttpOnLoopback: true },
      ...more,
    });
  };
  const visit = async (method: ClientMethod, way: Way, more: Partial<OAuth2Settings<Addressee>> = {}) => {
    app = await mailedApp({ platform, strategies: () => [strategy(method, way, more)] });
    return app.client();
  };

  it.each(WAYS)('[RFC 9700 §2.5] [ASVS 10.2.1] signs somebody in for a client of %s', async (method, way) => {
    const browser = await visit(method, way);
    const { headers } = await browser.get(AUTH);

    const back = await new ProviderBrowser(server.issuer).visit(headers.get('location') ?? '');

    expect(await browser.get(back.path)).toMatchObject({ status: 200, body: { user: { email: ADA, name: 'ADA' } } });
    expect(await whoIsIn(browser)).toBe(ADA);
    expect(await identityRows(app)).toMatchObject([{ namespace: server.issuer, uid: 'ada' }]);
    expect(server.errors).toEqual([]);
  });

  it('renews what it gave, by its own rules', async () => {
    const browser = await visit('client_secret_basic', 'basic', {
      keepTokens: true,
      scope: 'openid email offline_access',
      authorizationParams: { prompt: 'consent' },
    });
    const { headers } = await browser.get(AUTH);
    const back = await new ProviderBrowser(server.issuer).visit(headers.get('location') ?? '');
    await browser.get(back.path);
    const id = (await app.data.findOne(app.users.model, { email: ADA }))?.['id'];
    const token = () => app.service.providerToken({ id }, 'oauth2', { subjectName: 'user' });
    const first = await token();
    app.clock.advance(600);

    const next = await token();

    expect(next.accessToken.reveal()).not.toBe(first.accessToken.reveal());
    const authorization = `Bearer ${next.accessToken.reveal()}`;
    const me = await fetch(`${server.issuer}/me`, { headers: { authorization } });
    expect(await me.json()).toMatchObject({ sub: 'ada' });
  });
});
