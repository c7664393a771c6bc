import { afterEach, describe, expect, it } from '@jest/globals';
import { okta } from 'nest-auth-plug/strategies/okta';
import type { Platform } from 'nest-auth-plug/testing';
import type { Addressee } from '../../rooms/mailed-app.js';
import { COMMON, presetApp, type PresetApp } from '../../rooms/preset-app.js';

/** The claims of an ID token of a custom authorization server of Okta's. */
const EMPLOYEE = {
  sub: '00uid4BxXw6I6TV4m0g3',
  ver: 1,
  amr: ['pwd'],
  idp: '00o9vhk1yZIrzvGK10g3',
  email: 'ada@example.com',
  email_verified: true,
  name: 'Ada Lovelace',
  preferred_username: 'ada@example.com',
};

describe.each<Platform>(['express', 'fastify'])('Okta, on %s,', (platform) => {
  let app: PresetApp;
  afterEach(() => app.close());

  it('signs somebody in, at an authorization server that has a path', async () => {
    app = await presetApp(platform, ({ issuer }) => okta<Addressee>({ ...COMMON, issuer: `${issuer}/oauth2/default` }));
    const issuer = `${app.provider.issuer}/oauth2/default`;
    app.provider.account = EMPLOYEE;
    app.provider.lies = { metadata: { issuer }, callback: { iss: issuer }, idTokenClaims: { iss: issuer } };

    expect(await app.signIn()).toMatchObject({ body: { user: { email: 'ada@example.com', name: 'Ada Lovelace' } } });
    expect(app.provider.received[0]?.path).toBe('/oauth2/default/.well-known/openid-configuration');
  });

  it('[ASVS 10.5.3] signs nobody in for its neighbour, the server of the organisation', async () => {
    app = await presetApp(platform, ({ issuer }) => okta<Addressee>({ ...COMMON, issuer: `${issuer}/oauth2/default` }));
    app.provider.account = EMPLOYEE;

    const answer = await app.client().get('/auth/user/okta');

    expect(answer).toMatchObject({ body: { code: 'ERR_PROVIDER_FAILED' } });
  });
});
