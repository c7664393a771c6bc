import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Provider } from '@nestjs/common';
import { injected, type RawInput } from 'nest-auth-plug';
import type { Platform } from 'nest-auth-plug/testing';
import { AUTHENTICATION_BY, type ClientMethod } from '../../oauth-kit/clients.js';
import { openIdServer, type OpenIdServer } from '../../oauth-kit/open-id-server.js';
import { ProviderBrowser } from '../../oauth-kit/provider-browser.js';
import { lookAtRealTime } from '../../oauth-kit/real-time.js';
import { press } from '../../rooms/mailed-app.js';
import { AUTH, connect, ssoApp, type SsoApp, type SsoAppOptions } from './setup.js';

let server: OpenIdServer;
beforeAll(async () => {
  server = await openIdServer({ appUrl: 'http://localhost:3000', callbackPaths: [`${AUTH}/callback`] });
});
afterAll(() => server.close());

describe.each<Platform>(['express', 'fastify'])('a certified provider of a customer, on %s,', (platform) => {
  let app: SsoApp;
  afterEach(() => app.close());

  async function connectedBy(method: ClientMethod, sso: SsoAppOptions['sso'] = {}, providers: Provider[] = []) {
    const { id, secret, privateKey, keyId } = server.clients[method];
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    const settings = { scope: 'openid email profile', privateKey: { pem, algorithm: 'ES256', keyId }, ...sso };
    app = await ssoApp({ platform, sso: settings, providers });
    lookAtRealTime(app);
    const said: RawInput = { issuer: server.issuer, clientId: id, clientAuthentication: AUTHENTICATION_BY[method] };
    const clientSecret = method.startsWith('client_secret') ? secret : undefined;
    await connect(app, { ...said, clientSecret });
    const browser = app.client();
    const sent = await browser.get(`${AUTH}?connection=acme`);
    return { browser, back: await new ProviderBrowser(server.issuer).visit(sent.headers.get('location') ?? '') };
  }

  it.each(Object.keys(AUTHENTICATION_BY) as ClientMethod[])(
    // they are its names
    '[RFC 9700 §2.5] signs somebody in for a connection of %s',
    async (method) => {
      const { browser, back } = await connectedBy(method);

      const answer = await browser.get(back.path);

      expect(answer).toMatchObject({ status: 200, body: { user: { email: 'ada@example.com' } } });
      expect(server.errors).toEqual([]);
    },
  );

  it('is shown a key that the app keeps elsewhere', async () => {
    const { privateKey, keyId } = server.clients.private_key_jwt;
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    const kept = { provide: 'KEY', useValue: { pem, algorithm: 'ES256', keyId } };
    const settings = { privateKey: injected('KEY', (key: typeof kept.useValue) => key) };

    const { browser, back } = await connectedBy('private_key_jwt', settings, [kept]);

    expect(await browser.get(back.path)).toMatchObject({ status: 200, body: { user: { email: 'ada@example.com' } } });
  });

  it('sends a form from another site, which our own page sends once more', async () => {
    const { browser, back } = await connectedBy('client_secret_post', {
      authorizationParams: { response_mode: 'form_post' },
    });
    const headers = { origin: server.issuer, 'sec-fetch-site': 'cross-site' };

    const page = await app.client().post(back.path, { form: back.form, headers });
    const answer = await press(browser, page);

    expect(page).toMatchObject({ status: 200, setCookies: [] });
    expect(answer).toMatchObject({ status: 200, body: { user: { email: 'ada@example.com' } } });
  });
});
