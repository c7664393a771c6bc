import { afterEach, describe, expect, it } from '@jest/globals';
import { linkedin } from 'nest-auth-plug/strategies/linkedin';
import type { Platform } from 'nest-auth-plug/testing';
import type { Addressee } from '../../rooms/mailed-app.js';
import { asked, COMMON, presetApp, type PresetApp } from '../../rooms/preset-app.js';

const PATHS = { authorize: '/oauth/v2/authorization', token: '/oauth/v2/accessToken', userinfo: '/v2/userinfo' };

/** As `GET /v2/userinfo` answers. */
const MEMBER = {
  sub: '782bbtaQ',
  name: 'Ada Lovelace',
  given_name: 'Ada',
  family_name: 'Lovelace',
  picture: 'https://media.licdn-ei.com/dms/image/1/profile-displayphoto-shrink_100_100/0/',
  locale: { country: 'US', language: 'en' },
  email: 'ada@example.com',
  email_verified: true,
};

describe.each<Platform>(['express', 'fastify'])('LinkedIn, on %s,', (platform) => {
  let app: PresetApp;
  afterEach(() => app.close());

  it('signs somebody in without what it does not take', async () => {
    const strategyAt = ({ issuer }: { issuer: string }) => linkedin<Addressee>({ ...COMMON, serverUrl: issuer });
    app = await presetApp(platform, strategyAt, { paths: PATHS });
    app.provider.account = MEMBER;
    // Its ID token has no nonce, and names another issuer than its metadata.
    app.provider.lies = { idTokenClaims: { nonce: undefined, iss: 'https://www.linkedin.com' } };

    expect(await app.signIn()).toMatchObject({ body: { user: { email: 'ada@example.com', name: 'Ada Lovelace' } } });
    expect(asked(app, PATHS.authorize)).toEqual({
      client_id: 'test-client',
      redirect_uri: 'http://localhost:3000/auth/user/linkedin/callback',
      response_type: 'code',
      scope: 'openid profile email',
      state: expect.stringMatching(/^[\w-]{43}$/),
    });
    expect(asked(app, PATHS.token)).not.toHaveProperty('code_verifier');
  });
});
