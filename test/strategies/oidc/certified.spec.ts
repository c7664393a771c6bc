import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { OidcSettings } from 'nest-auth-plug/strategies/oidc';
import type { Client, Platform } from 'nest-auth-plug/testing';
import { systemClock } from '../../../lib/time/index.js';
import { AUTHENTICATION_BY, type ClientMethod } from '../../oauth-kit/clients.js';
import { openIdServer, type OpenIdServer } from '../../oauth-kit/open-id-server.js';
import { ProviderBrowser } from '../../oauth-kit/provider-browser.js';
import { press, whoIsIn, type Addressee } from '../../rooms/mailed-app.js';
import { AUTH, oidcApp, type OidcApp } from './setup.js';

let server: OpenIdServer;
beforeAll(async () => {
  server = await openIdServer({ appUrl: 'http://localhost:3000', callbackPaths: [`${AUTH}/callback`] });
});
afterAll(() => server.close());

function settingsOf(method: ClientMethod): Partial<OidcSettings<Addressee>> {
  const { id, secret, privateKey, keyId } = server.clients[method];
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  return {
    issuer: server.issuer,
    clientId: id,
    clientAuthentication: AUTHENTICATION_BY[method],
    clientSecret: secret,
    privateKey: { pem, algorithm: 'ES256', keyId },
    scope: 'openid email profile',
    profile: { name: 'name' },
  };
}

/** The server looks at the real time. */
async function presentApp(method: ClientMethod, platform: Platform, more: Partial<OidcSettings<Addressee>> = {}) {
  const app = await oidcApp({ platform, oidc: { ...settingsOf(method), ...more } });
  app.clock.advance((systemClock.now().getTime() - app.clock.now().getTime()) / 1000);
  return app;
}

async function come(browser: Client, at = new ProviderBrowser(server.issuer)) {
  const sent = await browser.get(AUTH);
  return at.visit(sent.headers.get('location') ?? '');
}

describe.each<Platform>(['express', 'fastify'])('a certified provider, on %s,', (platform) => {
  let app: OidcApp;
  afterEach(() => app.close());

  it.each(Object.keys(AUTHENTICATION_BY) as ClientMethod[])(
    // they are its names
    '[RFC 9700 §2.5] signs somebody in for a client of %s',
    async (method) => {
      app = await presentApp(method, platform);
      const browser = app.client();
      const { path } = await come(browser);

      const answer = await browser.get(path);

      expect(answer).toMatchObject({ status: 200, body: { user: { email: 'ada@example.com', name: 'ADA' } } });
      expect(server.errors).toEqual([]);
    },
  );

  it('takes a form from it, which comes without cookies, by a page of our own', async () => {
    const more = { authorizationParams: { response_mode: 'form_post' } };
    app = await presentApp('client_secret_post', platform, more);
    const browser = app.client();
    const { path, form } = await come(browser);
    const headers = { origin: server.issuer, 'sec-fetch-site': 'cross-site' };

    const page = await app.client().post(path, { form, headers });
    const answer = await press(browser, page);

    expect(page).toMatchObject({ status: 200, setCookies: [] });
    expect(answer).toMatchObject({ status: 200, body: { user: { email: 'ada@example.com' } } });
  });

  it('is asked for a strength, and says it', async () => {
    app = await presentApp('client_secret_basic', platform, { acrValues: ['urn:test:strong'], maxAgeSeconds: 600 });
    const browser = app.client();
    const { path } = await come(browser);

    expect(await browser.get(path)).toMatchObject({ status: 200 });
    expect(await whoIsIn(browser)).toBe('ada@example.com');
  });
});
