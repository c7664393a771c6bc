import { afterEach, describe, expect, it } from '@jest/globals';
import { googleClaims } from '../../../lib/strategies/google/google.claims.js';
import { google, type GoogleOptions } from 'nest-auth-plug/strategies/google';
import type { Platform } from 'nest-auth-plug/testing';
import type { Addressee } from '../../rooms/mailed-app.js';
import { asked, COMMON, presetApp, type PresetApp } from '../../rooms/preset-app.js';

/** The claims of an ID token of Google's, for somebody of a Workspace. */
const WORKSPACE = {
  sub: '110169484474386276334',
  hd: 'example.com',
  email: 'ada@example.com',
  email_verified: true,
  name: 'Ada Lovelace',
  given_name: 'Ada',
  family_name: 'Lovelace',
  picture: 'https://lh3.googleusercontent.com/a/photo=s96-c',
  azp: 'test-client',
};

describe.each<Platform>(['express', 'fastify'])('Google, on %s,', (platform) => {
  let app: PresetApp;
  afterEach(() => app.close());

  async function appWith(options: Partial<GoogleOptions<Addressee>> = {}) {
    app = await presetApp(platform, ({ issuer }) => google<Addressee>({ ...COMMON, issuer, ...options }));
    app.provider.account = WORKSPACE;
    return app;
  }

  it('signs somebody in', async () => {
    await appWith();

    expect(await app.signIn()).toMatchObject({ body: { user: { email: 'ada@example.com', name: 'Ada Lovelace' } } });
    expect(asked(app, '/token')).toMatchObject({ client_secret: COMMON.clientSecret });
  });

  it('[ASVS 6.8.4] signs in people of one domain, where the app says which', async () => {
    await appWith({ hostedDomain: 'example.com' });

    expect(await app.signIn()).toMatchObject({ status: 200 });
    expect(asked(app, '/authorize')).toMatchObject({ hd: 'example.com' });
  });

  it.each([undefined, 'evil.example', true, ['example.com']])('[ASVS 6.8.4] and nobody of %j', async (hd) => {
    await appWith({ hostedDomain: 'example.com' });
    app.provider.account = { ...WORKSPACE, hd };

    expect(await app.signIn()).toMatchObject({ status: 401, body: { code: 'ERR_AUTHENTICATION_FAILED' } });
  });
});

describe('an address at Google', () => {
  it.each([
    [{ hd: 'example.com', email: 'ada@example.com', email_verified: true }, true],
    [{ email: 'ada@gmail.com', email_verified: true }, true],
    [{ email: 'ADA@GMAIL.COM', email_verified: true }, true],
    [{ email: 'ada@example.com', email_verified: true }, false],
    [{ email: 'ada@notgmail.com', email_verified: true }, false],
    [{ email: 'ada@gmail.com', email_verified: 'true' }, false],
    [{ email: 'ada@gmail.com' }, false],
    [{ email: ['ada@gmail.com'], email_verified: true }, false],
  ])('[ASVS 6.8.1] of %j is vouched for: %j', (claims, isVerified) => {
    expect(googleClaims(claims, undefined)).toEqual({ ...claims, email_verified: isVerified });
  });
});
