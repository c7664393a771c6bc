import { afterEach, describe, expect, it } from '@jest/globals';
import { mergedClaims } from '../../../lib/strategies/oidc/claims.js';
import { asked, oidcApp, signIn, type OidcApp } from './setup.js';

describe('user-info', () => {
  let app: OidcApp;
  afterEach(() => app.close());

  it('says what the ID token leaves out', async () => {
    app = await oidcApp({ oidc: { profile: { name: 'name' } } });
    app.provider.lies = { idTokenClaims: { email: undefined, email_verified: undefined, name: undefined } };

    expect(await signIn(app)).toMatchObject({ body: { user: { email: 'ada@example.com', name: 'Ada Lovelace' } } });
  });

  it('is not asked for where the app wants none, nor where there is none', async () => {
    app = await oidcApp({ oidc: { userInfo: false } });
    expect(await signIn(app)).toMatchObject({ status: 200 });
    expect(asked(app, '/userinfo')).toBe(0);
    await app.close();

    app = await oidcApp();
    app.provider.lies = { metadata: { userinfo_endpoint: undefined } };
    expect(await signIn(app)).toMatchObject({ status: 200 });
    expect(asked(app, '/userinfo')).toBe(0);
  });

  it('is refused as a token that nobody would verify', async () => {
    app = await oidcApp();
    const body = `e30.${Buffer.from('{"sub":"ada-1815"}').toString('base64url')}.`;
    app.provider.lies = { answers: { userinfo: { contentType: 'application/jwt', body } } };

    expect(await signIn(app)).toMatchObject({ status: 401 });
  });
});

describe('claims of both', () => {
  it('are the signed ones first', () => {
    expect(mergedClaims({ name: 'signed' }, { name: 'other', locale: 'en' })).toEqual({ name: 'signed', locale: 'en' });
  });

  it('[ASVS 6.8.1] never vouch for an address of the other', () => {
    const [signed, other] = ['ada@example.com', 'victim@example.com'];

    expect(mergedClaims({ email: signed }, { email: other, email_verified: true })).toEqual({ email: signed });
    expect(mergedClaims({ email_verified: true }, { email: other, email_verified: false })).toEqual({
      email: other,
      email_verified: false,
    });
    expect(mergedClaims({ email_verified: true }, { email: other })).toEqual({ email: other });
  });
});
