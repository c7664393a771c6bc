import { afterEach, describe, expect, it } from '@jest/globals';
import { auth0 } from 'nest-auth-plug/strategies/auth0';
import type { Platform } from 'nest-auth-plug/testing';
import type { Addressee } from '../../rooms/mailed-app.js';
import { COMMON, presetApp, type PresetApp } from '../../rooms/preset-app.js';

/** The claims of an ID token of Auth0's: a user of its own database. */
const PERSON = {
  sub: 'auth0|64f0c1a2b3d4e5f601234567',
  nickname: 'ada',
  name: 'Ada Lovelace',
  picture: 'https://s.gravatar.com/avatar/0.png',
  updated_at: '2025-12-31T23:59:59.000Z',
  email: 'ada@example.com',
  email_verified: true,
};

describe.each<Platform>(['express', 'fastify'])('Auth0, on %s,', (platform) => {
  let app: PresetApp;
  afterEach(() => app.close());

  it('signs somebody in, as an issuer with a slash at its end', async () => {
    const strategyAt = ({ issuer }: { issuer: string }) =>
      auth0<Addressee>({ ...COMMON, domain: 'acme.eu.auth0.com', issuer: `${issuer}/` });
    app = await presetApp(platform, strategyAt);
    const issuer = `${app.provider.issuer}/`;
    app.provider.account = PERSON;
    app.provider.lies = { metadata: { issuer }, callback: { iss: issuer }, idTokenClaims: { iss: issuer } };

    expect(await app.signIn()).toMatchObject({ body: { user: { email: 'ada@example.com', name: 'Ada Lovelace' } } });
    expect(app.provider.received[0]?.path).toBe('/.well-known/openid-configuration');
  });
});

describe('the domain of Auth0', () => {
  it.each(['https://acme.auth0.com', 'acme.auth0.com/', 'ACME.auth0.com', 'acme', ''])('is not %j', (domain) => {
    expect(() => auth0<Addressee>({ ...COMMON, domain })).toThrow(/^auth0: domain /);
  });
});
