import * as oauth from 'oauth4webapi';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { fakeProvider, type FakeProvider, type ProviderFault, type ProviderLies } from 'nest-auth-plug/testing';
import { systemClock } from '../../lib/time/index.js';
import { ask, finish, insecure } from '../oauth-kit/relying-party.js';

const REDIRECT_URI = 'http://localhost:3000/auth/user/oidc/callback';

let provider: FakeProvider;
beforeEach(async () => {
  provider = await fakeProvider({ clock: systemClock });
});
afterEach(() => provider.close());

function party() {
  const { client, issuer } = provider;
  const authentication = oauth.ClientSecretBasic(client.secret ?? '');
  return { issuer, client: { client_id: client.id }, authentication, redirectUri: REDIRECT_URI };
}

async function signIn(more: Readonly<Record<string, string>> = {}) {
  const asked = await ask(party(), more);
  return finish(party(), asked, provider.visit(asked.url).parameters);
}

describe('a provider that tells the truth', () => {
  it('satisfies a certified client', async () => {
    const { claims, userInfo } = await signIn();

    expect(claims).toMatchObject({ iss: provider.issuer, aud: 'test-client', sub: 'ada-1815' });
    expect(userInfo).toMatchObject({ email: 'ada@example.com', email_verified: true });
  });

  it('sends a form where it is asked to, by which a page posts it as well', async () => {
    const { url } = await ask(party(), { response_mode: 'form_post' });

    expect(provider.visit(url)).toMatchObject({ method: 'POST', parameters: { iss: provider.issuer } });
    expect(await (await fetch(url)).text()).toContain(`action="${REDIRECT_URI}"`);
  });

  it('keeps what it was asked', async () => {
    await signIn();

    const paths = provider.received.map(({ method, path }) => `${method} ${path}`);
    expect(paths).toEqual([
      'GET /.well-known/openid-configuration',
      'GET /authorize',
      'POST /token',
      'GET /jwks',
      'GET /userinfo',
    ]);
    expect(provider.received[1]?.parameters).toMatchObject({ code_challenge_method: 'S256' });
  });

  it('takes a code once, and only with its verifier', async () => {
    const asked = await ask(party());
    const { parameters } = provider.visit(asked.url);
    await finish(party(), asked, parameters);
    const again = await ask(party());
    const other = { ...again, verifier: oauth.generateRandomCodeVerifier() };

    await expect(finish(party(), asked, parameters)).rejects.toMatchObject({ error: 'invalid_grant' });
    await expect(finish(party(), other, provider.visit(again.url).parameters)).rejects.toMatchObject({
      error: 'invalid_grant',
    });
  });

  it('knows its client', async () => {
    const asked = await ask(party());
    const { parameters } = provider.visit(asked.url);
    const stranger = { ...party(), authentication: oauth.ClientSecretBasic('another') };

    await expect(finish(stranger, asked, parameters)).rejects.toMatchObject({ error: 'invalid_client' });
  });

  it('gives new tokens for a refresh token, once', async () => {
    const { tokens } = await signIn();
    const refresh = async () => {
      const asked = await ask(party());
      const client = { client_id: provider.client.id };
      const { authentication } = party();
      const token = tokens.refresh_token ?? '';
      const response = await oauth.refreshTokenGrantRequest(asked.server, client, authentication, token, insecure);
      return oauth.processRefreshTokenResponse(asked.server, client, response);
    };

    expect((await refresh()).access_token).not.toBe(tokens.access_token);
    await expect(refresh()).rejects.toMatchObject({ error: 'invalid_grant' });
  });

  it('answers more to whoever shows an access token', async () => {
    provider.resources = { '/user/emails': [{ email: 'ada@example.com', verified: true }] };
    const { tokens } = await signIn();
    const url = `${provider.issuer}/user/emails`;

    const known = await fetch(url, { headers: { authorization: `Bearer ${tokens.access_token}` } });

    expect(await known.json()).toEqual([{ email: 'ada@example.com', verified: true }]);
    expect((await fetch(url)).status).toBe(401);
    expect((await fetch(`${provider.issuer}/nowhere`)).status).toBe(404);
  });

  it('signs by another key after a rotation', async () => {
    await signIn();
    provider.rotateKeys();

    const { claims } = await signIn();

    expect(claims?.sub).toBe('ada-1815');
    expect(provider.keys.own.kid).toBe('key-2');
  });

  it('sends whoever signs out back', async () => {
    const url = `${provider.issuer}/logout?post_logout_redirect_uri=http%3A%2F%2Flocalhost%3A3000%2F&state=abc`;

    const answer = await fetch(url, { redirect: 'manual' });

    expect(answer.headers.get('location')).toBe('http://localhost:3000/?state=abc');
  });
});

describe('a provider that lies', () => {
  const LIES: readonly (readonly [string, ProviderLies])[] = [
    ['the issuer of its metadata', { metadata: { issuer: 'https://evil.example' } }],
    ['the issuer of its answer', { callback: { iss: 'https://evil.example' } }],
    ['no issuer in its answer', { callback: { iss: undefined } }],
    ['the state', { callback: { state: 'of somebody else' } }],
    ['a refusal', { callback: { error: 'access_denied', code: undefined } }],
    ['the code', { callback: { code: 'made up' } }],
    ['the issuer of the ID token', { idTokenClaims: { iss: 'https://evil.example' } }],
    ['its audience', { idTokenClaims: { aud: 'another-app' } }],
    ['its end', { idTokenClaims: { exp: 1 } }],
    ['its nonce', { idTokenClaims: { nonce: 'of somebody else' } }],
    ['no nonce', { idTokenClaims: { nonce: undefined } }],
    ['no subject', { idTokenClaims: { sub: undefined } }],
    ['no signature', { signedBy: 'nobody' }],
    ['the signature of somebody else', { signedBy: 'another-key' }],
    ['its public key as a secret', { signedBy: 'public-key-as-secret' }],
    ['the secret of the app as its key', { signedBy: 'client-secret' }],
    ['the name of its key', { idTokenHeader: { kid: 'unknown' } }],
    ['no keys', { keys: [] }],
    ['no ID token', { tokens: { id_token: undefined } }],
    ['the type of the access token', { tokens: { token_type: 'mac' } }],
    ['user-info of somebody else', { userInfo: { sub: 'somebody-else' } }],
  ];

  it.each(LIES)('is found out by a certified client: %s', async (_what, lies) => {
    provider.lies = lies;

    await expect(signIn()).rejects.toThrow();
  });

  it('names no key where it is told so, and one key is enough then', async () => {
    provider.lies = { idTokenHeader: { kid: undefined } };
    const one = await signIn();
    const { own, another } = provider.keys;
    provider.lies = { idTokenHeader: { kid: undefined }, keys: [own, another] };

    expect(one.claims?.sub).toBe('ada-1815');
    await expect(signIn()).rejects.toThrow(/multiple applicable keys/);
  });

  it('takes a code again where it is told so', async () => {
    provider.lies = { takesCodesAgain: true };
    const asked = await ask(party());
    const { parameters } = provider.visit(asked.url);

    await finish(party(), asked, parameters);

    await expect(finish(party(), asked, parameters)).resolves.toBeDefined();
  });
});

describe('a provider that fails', () => {
  async function keysAs(fault: ProviderFault, signal?: AbortSignal) {
    provider.lies = { answers: { jwks: fault } };
    const answer = await fetch(`${provider.issuer}/jwks`, { redirect: 'manual', ...(signal && { signal }) });
    return { answer, text: () => answer.text() };
  }

  it('sends ten megabytes that hold the right answer', async () => {
    const { text } = await keysAs('huge');
    const body = await text();

    expect(body.length).toBeGreaterThan(10 * 1024 * 1024);
    expect(JSON.parse(body)).toEqual({ keys: [provider.keys.own] });
  });

  it('never comes to an end', async () => {
    const stop = new AbortController();
    const { answer } = await keysAs('slow', stop.signal);
    const reader = (answer.body as ReadableStream<Uint8Array>).getReader(); // a 200 has one
    await reader.read();
    await reader.read();
    stop.abort();

    await expect(reader.read()).rejects.toThrow(/abort/);
  });

  it('hangs up in the middle', async () => {
    const { text } = await keysAs('hangs-up');

    await expect(text()).rejects.toThrow();
  });

  it('sends to another place of loopback, where the right answer is', async () => {
    const { answer } = await keysAs('redirects');
    const there = await fetch(new URL(answer.headers.get('location') ?? '', provider.issuer));

    expect(answer.status).toBe(307);
    expect(await there.json()).toEqual({ keys: [provider.keys.own] });
  });

  it('calls it HTML', async () => {
    const { answer } = await keysAs('html');

    expect(answer.headers.get('content-type')).toBe('text/html');
    expect(await answer.json()).toEqual({ keys: [provider.keys.own] });
  });

  it('says what a test wants it to', async () => {
    const { answer } = await keysAs({ status: 503, body: 'later' });

    expect([answer.status, await answer.text()]).toEqual([503, 'later']);
  });
});
