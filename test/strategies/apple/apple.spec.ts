import { generateKeyPairSync } from 'node:crypto';
import { afterEach, describe, expect, it } from '@jest/globals';
import { jwtVerify } from 'jose';
import { Module, type Type } from '@nestjs/common';
import { defineResource, injected, Secret } from 'nest-auth-plug';
import { apple, type AppleOptions } from 'nest-auth-plug/strategies/apple';
import { Client, type Platform } from 'nest-auth-plug/testing';
import { appleClaims } from '../../../lib/strategies/apple/apple.claims.js';
import { press, type Addressee } from '../../rooms/mailed-app.js';
import { asked, COMMON, presetApp, type PresetApp } from '../../rooms/preset-app.js';

const AUTH = '/auth/user/apple';
const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

/** The claims of an ID token of Apple's. */
const PERSON = {
  sub: '001234.0123456789abcdef0123456789abcdef.1234',
  email: 'x7y8z9@privaterelay.appleid.com',
  email_verified: 'true',
  is_private_email: 'true',
  nonce_supported: true,
  real_user_status: 2,
};
/** What Apple has the browser bring along the first time. */
const USER = '{"name":{"firstName":"Ada","lastName":"Lovelace"},"email":"victim@example.com"}';

describe.each<Platform>(['express', 'fastify'])('Apple, on %s,', (platform) => {
  let app: PresetApp;
  afterEach(() => app.close());

  async function appWith(more: Partial<AppleOptions<Addressee>> = {}, imports: readonly Type[] = []) {
    const { clientSecret: _, ...common } = COMMON;
    const strategyAt = ({ issuer }: { issuer: string }) =>
      apple<Addressee>({ ...common, issuer, teamId: 'TEAM012345', keyId: 'KEY0123456', key: pem, ...more });
    app = await presetApp(
      platform,
      strategyAt,
      { takesClientSecret: (secret) => secret.split('.').length === 3 },
      { imports: [...imports] },
    );
    app.provider.account = PERSON;
    // Apple has no user-info.
    app.provider.lies = {
      metadata: { userinfo_endpoint: undefined, authorization_response_iss_parameter_supported: undefined },
    };
    return app;
  }

  it('signs somebody in by a form, and takes the name that comes the first time', async () => {
    await appWith();
    app.provider.lies = { ...app.provider.lies, callback: { iss: undefined, user: USER } };

    const answer = await app.signIn();

    expect(answer).toMatchObject({ status: 200, body: { user: { email: PERSON.email, name: 'Ada Lovelace' } } });
    expect(asked(app, '/authorize')).toMatchObject({ response_mode: 'form_post', scope: 'openid email name' });
  });

  it('signs the same person in later, without a name', async () => {
    await appWith();
    app.provider.lies = { ...app.provider.lies, callback: { iss: undefined, user: USER } };
    await app.signIn();
    app.provider.lies = { ...app.provider.lies, callback: { iss: undefined } };

    expect(await app.signIn()).toMatchObject({ status: 200, body: { user: { name: 'Ada Lovelace' } } });
  });

  it('[RFC 9700 §2.5] is shown a secret that is made of the key, for a moment', async () => {
    await appWith();
    await app.signIn();
    const { client_secret: secret = '' } = asked(app, '/token');

    const { payload, protectedHeader } = await jwtVerify(secret, publicKey, { audience: 'https://appleid.apple.com' });

    expect(protectedHeader).toEqual({ alg: 'ES256', kid: 'KEY0123456' });
    expect(payload).toMatchObject({ iss: 'TEAM012345', sub: 'test-client' });
    expect(Number(payload.exp) - Number(payload.iat)).toBe(300);
  });

  it('makes its secret of a key that the app keeps elsewhere', async () => {
    @Module({ providers: [{ provide: 'APPLE', useValue: { key: pem, clientId: 'test-client' } }] })
    class KeyModule {}
    const kept = <T>(read: (of: { readonly key: string; readonly clientId: string }) => T) => injected('APPLE', read);
    await appWith({ clientId: kept(({ clientId }) => clientId), key: kept(({ key }) => key) }, [KeyModule]);

    expect(await app.signIn()).toMatchObject({ status: 200 });
    const { client_secret: secret = '' } = asked(app, '/token');
    expect((await jwtVerify(secret, publicKey)).payload).toMatchObject({ sub: 'test-client' });
  });

  it('makes its secret of a key that a function answers', async () => {
    await appWith({ key: () => new Secret(pem) });

    expect(await app.signIn()).toMatchObject({ status: 200 });
    const { client_secret: secret = '' } = asked(app, '/token');
    expect((await jwtVerify(secret, publicKey)).payload).toMatchObject({ sub: 'test-client' });
  });

  it('[ASVS 10.1.2] gets a page for a form without a cookie, which spends nothing and names nobody', async () => {
    await appWith();
    const browser = app.client();
    const sent = await browser.get(AUTH);
    const { url, parameters } = app.provider.visit(sent.headers.get('location') ?? '');
    const form = { ...parameters, user: '{"name":{"firstName":"<script>"}}' };
    const headers = { origin: 'https://appleid.apple.com', 'sec-fetch-site': 'cross-site' };

    const page = await new Client(app.url).post(url.pathname, { form, headers });
    const stranger = await press(new Client(app.url), page);

    expect(page.text).not.toContain('<script>');
    expect(page.setCookies).toEqual([]);
    expect(stranger.status).toBe(401);
    expect(await press(browser, page)).toMatchObject({ status: 200 });
  });
});

describe('the key of Apple', () => {
  it.each(['', 'hush-hush', pem.replaceAll('\n', '')])('is looked at when the app starts: %#', async (key) => {
    const { clientSecret: _, ...common } = COMMON;
    const strategy = apple<Addressee>({ ...common, teamId: 'TEAM012345', keyId: 'KEY0123456', key });
    const resource = defineResource<Addressee>({
      subjectName: 'user',
      table: 'users',
      fields: { name: 'text' },
      strategies: [strategy],
    });

    const problems = await strategy.check?.({ ...resource, fields: resource.fieldKinds });

    expect(problems).toMatchObject([{ where: 'resources.user.strategies.apple.key' }]);
    expect(JSON.stringify(problems)).not.toContain('hush');
  });
});

describe('claims of Apple', () => {
  it.each([
    ['true', true],
    [true, true],
    ['false', false],
    [false, false],
    [1, false],
    [undefined, false],
  ])('say by %j that the address is confirmed: %j', (said, isVerified) => {
    expect(appleClaims({ email_verified: said }, {})).toEqual({ email_verified: isVerified });
  });

  it('[ASVS 6.8.1] take a name from the browser, and nothing else', () => {
    const user = '{"sub":"1","email":"victim@example.com","email_verified":true,"name":{"firstName":"Ada","sub":"1"}}';

    expect(appleClaims({ sub: 'own', email: 'own@example.com' }, { user })).toEqual({
      sub: 'own',
      email: 'own@example.com',
      email_verified: false,
      given_name: 'Ada',
      name: 'Ada',
    });
  });

  it.each([
    '',
    '[]',
    'null',
    '{',
    '{"name":null}',
    '{"name":"Ada"}',
    '{"name":{"firstName":1}}',
    '{"name":{"firstName":""}}',
  ])('take no name from %j', (user) => {
    expect(appleClaims({}, { user })).toEqual({ email_verified: false });
  });
});
