import { afterEach, describe, expect, it } from '@jest/globals';
import { discord } from 'nest-auth-plug/strategies/discord';
import type { Platform } from 'nest-auth-plug/testing';
import type { Addressee } from '../../rooms/mailed-app.js';
import { asked, COMMON, presetApp, type PresetApp } from '../../rooms/preset-app.js';

const PATHS = { authorize: '/oauth2/authorize', token: '/api/oauth2/token' };

/** As `GET /users/@me` answers. */
const USER = {
  id: '80351110224678912',
  username: 'ada',
  discriminator: '0',
  global_name: 'Ada Lovelace',
  avatar: '8342729096ea3675442027381ff50dfe',
  verified: true,
  email: 'ada@example.com',
  flags: 64,
};

describe.each<Platform>(['express', 'fastify'])('Discord, on %s,', (platform) => {
  let app: PresetApp;
  afterEach(() => app.close());

  async function appWith(user: unknown = USER) {
    const strategyAt = ({ issuer }: { issuer: string }) => discord<Addressee>({ ...COMMON, serverUrl: issuer });
    app = await presetApp(platform, strategyAt, { paths: PATHS });
    app.provider.resources = { '/api/users/@me': user };
    return app;
  }

  it('signs somebody in, by the name that friends see', async () => {
    await appWith();

    expect(await app.signIn()).toMatchObject({ body: { user: { email: 'ada@example.com', name: 'Ada Lovelace' } } });
    expect(asked(app, PATHS.authorize)).toMatchObject({ scope: 'identify email' });
  });

  it.each([null, [], 'ada', { ...USER, id: undefined }, { ...USER, email: null }])(
    'signs nobody in of %j',
    async (user) => {
      await appWith(user);

      expect(await app.signIn()).toMatchObject({ status: 401 });
    },
  );
});
