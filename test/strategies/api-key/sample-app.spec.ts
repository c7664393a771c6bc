import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Client, type Platform } from 'nest-auth-plug/testing';
import { startSample, type Sample } from '../../sample-app/start-sample.js';
import { PASSWORD } from '../../users.js';
import { asBearer } from './keys-app.js';

describe.each<Platform>(['express', 'fastify'])('the page of API keys of the sample app on %s', (platform) => {
  let sample: Sample;
  let browser: Client;
  beforeEach(async () => {
    sample = await startSample(platform);
    browser = new Client(sample.url);
    const ada = { email: 'ada@example.com', name: 'Ada', password: PASSWORD, passwordConfirmation: PASSWORD };
    await browser.post('/auth/user/password/register', { json: ada });
  });
  afterEach(() => sample.close());

  /** As a browser without JavaScript does it. */
  const send = (phase: string, form: Readonly<Record<string, string>>) =>
    browser.post(`/auth/user/api-key/${phase}`, { form, headers: { origin: sample.url } });
  const keyIn = (text: string) => /<code>(sample_\w+)<\/code>/.exec(text)?.[1] ?? '';
  const me = (key: string) => new Client(sample.url).get('/api/me', asBearer(key));

  it('makes a key that is shown once and calls the API, lists it, and revokes it', async () => {
    expect((await browser.get('/')).text).toContain('href="/api-keys"');

    const made = await send('issue', { name: '<b>CI</b>', scopes: 'profile:read' });
    const key = keyIn(made.text);
    expect([made.status, made.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    expect(made.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(await me(key)).toMatchObject({ status: 200, body: { email: 'ada@example.com', name: 'Ada' } });

    const page = (await browser.get('/api-keys')).text;
    expect(page).toContain('&lt;b&gt;CI&lt;/b&gt;');
    expect(page).not.toContain(key.split('_')[2]);
    const revoked = await send('revoke', { keyId: /name="keyId" value="(\w+)"/.exec(page)?.[1] ?? '' });
    expect([revoked.status, revoked.headers.get('location')]).toEqual([303, '/api-keys?notice=key-revoked']);
    expect((await browser.get('/api-keys?notice=key-revoked')).text).toContain('The key is revoked.');
    expect(await me(key)).toMatchObject({ status: 401 });
  });

  it('makes a key without the scope that the API asks for, which a person does not need', async () => {
    const key = keyIn((await send('issue', { name: 'CI' })).text);
    const { token } = (
      await browser.post('/auth/user/password/sign-in', {
        json: { email: 'ada@example.com', password: PASSWORD },
      })
    ).body as { token: string };

    const refused = await me(key);
    expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([
      403,
      'Bearer error="insufficient_scope", scope="profile:read"',
    ]);
    expect(await me(token)).toMatchObject({ status: 200 });
    expect(await new Client(sample.url).get('/api', asBearer(key))).toMatchObject({ status: 401 });
  });

  it('says beside the field what is wrong with it, and sends strangers to sign in', async () => {
    const refused = await send('issue', { name: '' });
    const location = refused.headers.get('location') ?? '';
    expect([refused.status, location]).toEqual([303, '/api-keys?problem=ERR_INVALID_INPUT&fields=name.required']);
    expect((await browser.get(location)).text).toContain('Please fill this in.');

    const stranger = await new Client(sample.url).get('/api-keys');
    expect([stranger.status, stranger.headers.get('location')]).toEqual([303, '/sign-in?returnTo=%2Fapi-keys']);
  });
});
