import { afterEach, describe, expect, it } from '@jest/globals';
import { facebook } from 'nest-auth-plug/strategies/facebook';
import type { Platform } from 'nest-auth-plug/testing';
import type { Addressee } from '../../rooms/mailed-app.js';
import { asked, COMMON, presetApp, type PresetApp } from '../../rooms/preset-app.js';

const PATHS = { authorize: '/v23.0/dialog/oauth', token: '/v23.0/oauth/access_token' };

/** As `GET /me?fields=id,name,email` answers. */
const USER = { id: '10158735290012345', name: 'Ada Lovelace', email: 'ada@example.com' };

describe.each<Platform>(['express', 'fastify'])('Facebook, on %s,', (platform) => {
  let app: PresetApp;
  afterEach(() => app.close());

  async function appWith(user: unknown = USER) {
    const strategyAt = ({ issuer }: { issuer: string }) => facebook<Addressee>({ ...COMMON, serverUrl: issuer });
    app = await presetApp(platform, strategyAt, { paths: PATHS });
    app.provider.resources = { '/v23.0/me': user };
    return app;
  }

  it('signs somebody in', async () => {
    await appWith();

    expect(await app.signIn()).toMatchObject({ body: { user: { email: 'ada@example.com', name: 'Ada Lovelace' } } });
    expect(asked(app, '/v23.0/me')).toEqual({ fields: 'id,name,email' });
  });

  it('signs nobody in who has no address there, or did not give it', async () => {
    await appWith({ id: USER.id, name: USER.name });

    expect(await app.signIn()).toMatchObject({ status: 401 });
  });
});

describe('the version of Facebook', () => {
  it.each(['23', 'v23', 'v23.0/../x'])('is not %j', (version) => {
    expect(() => facebook<Addressee>({ ...COMMON, version })).toThrow(/^facebook: version /);
  });
});
