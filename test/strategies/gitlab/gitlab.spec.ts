import { afterEach, describe, expect, it } from '@jest/globals';
import { gitlab } from 'nest-auth-plug/strategies/gitlab';
import type { Platform } from 'nest-auth-plug/testing';
import type { Addressee } from '../../rooms/mailed-app.js';
import { COMMON, presetApp, type PresetApp } from '../../rooms/preset-app.js';

/** The claims of GitLab's user-info; its ID token has no more of them than these. */
const PERSON = {
  sub: '1815',
  sub_legacy: '8d4dd5c36c4d0b7f0f1b3d6a',
  name: 'Ada Lovelace',
  nickname: 'ada',
  preferred_username: 'ada',
  email: 'ada@example.com',
  email_verified: true,
  profile: 'https://gitlab.com/ada',
  groups: ['engines'],
  groups_direct: [],
};

describe.each<Platform>(['express', 'fastify'])('GitLab, on %s,', (platform) => {
  let app: PresetApp;
  afterEach(() => app.close());

  it('signs somebody in', async () => {
    app = await presetApp(platform, ({ issuer }) => gitlab<Addressee>({ ...COMMON, issuer }));
    app.provider.account = PERSON;

    expect(await app.signIn()).toMatchObject({ body: { user: { email: 'ada@example.com', name: 'Ada Lovelace' } } });
  });
});
