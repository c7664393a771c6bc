import * as oauth from 'oauth4webapi';
import { webcrypto } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { TestClient } from './clients.js';
import { openIdServer, type OpenIdServer } from './open-id-server.js';
import { ProviderBrowser } from './provider-browser.js';
import { ask, finish } from './relying-party.js';

const APP = 'http://localhost:3000';
const CALLBACK = '/auth/user/oidc/callback';

let server: OpenIdServer;
beforeAll(async () => {
  server = await openIdServer({ appUrl: APP, callbackPaths: [CALLBACK] });
});
afterAll(() => server.close());

async function authenticationOf({ id, secret, privateKey, keyId }: TestClient): Promise<oauth.ClientAuth> {
  if (id === 'client_secret_basic') return oauth.ClientSecretBasic(secret);
  if (id === 'client_secret_post') return oauth.ClientSecretPost(secret);
  if (id === 'client_secret_jwt') return oauth.ClientSecretJwt(secret);
  if (id === 'none') return oauth.None();
  const jwk = privateKey.export({ format: 'jwk' });
  const key = await webcrypto.subtle.importKey('jwk', jwk, { name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign']);
  return oauth.PrivateKeyJwt({ key, kid: keyId });
}

async function partyOf(client: TestClient) {
  const authentication = await authenticationOf(client);
  return { issuer: server.issuer, client: { client_id: client.id }, authentication, redirectUri: APP + CALLBACK };
}

describe('the certified provider of the tests', () => {
  it.each(['client_secret_basic', 'client_secret_post', 'client_secret_jwt', 'private_key_jwt', 'none'] as const)(
    'signs somebody in for a client of %s',
    async (method) => {
      const party = await partyOf(server.clients[method]);
      const asked = await ask(party);

      const back = await new ProviderBrowser(server.issuer).visit(asked.url.href);
      const { userInfo } = await finish(party, asked, Object.fromEntries(new URL(back.path, APP).searchParams));

      expect(userInfo).toMatchObject({ sub: 'ada', email: 'ada@example.com', email_verified: true });
    },
  );

  it('sends a form where it is asked to', async () => {
    const party = await partyOf(server.clients.client_secret_post);
    const asked = await ask(party, { response_mode: 'form_post' });

    const back = await new ProviderBrowser(server.issuer).visit(asked.url.href);
    const { claims } = await finish(party, asked, back.form);

    expect(back).toMatchObject({ method: 'POST', path: CALLBACK });
    expect(claims?.sub).toBe('ada');
  });
});
