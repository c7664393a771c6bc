import { afterEach, describe, expect, it } from '@jest/globals';
import { github } from 'nest-auth-plug/strategies/github';
import type { Platform } from 'nest-auth-plug/testing';
import { addresses, type Addressee } from '../../rooms/mailed-app.js';
import { asked, COMMON, presetApp, type PresetApp } from '../../rooms/preset-app.js';

const PATHS = { authorize: '/login/oauth/authorize', token: '/login/oauth/access_token' };

/** As `GET /user` answers, in part. */
const USER = {
  login: 'ada',
  id: 1815,
  node_id: 'MDQ6VXNlcjE4MTU=',
  avatar_url: 'https://avatars.githubusercontent.com/u/1815?v=4',
  type: 'User',
  name: 'Ada Lovelace',
  company: null,
  email: 'public@example.com',
};
/** As `GET /user/emails` answers. */
const EMAILS = [
  { email: 'old@example.com', verified: true, primary: false, visibility: null },
  { email: 'ada@example.com', verified: true, primary: true, visibility: 'private' },
];

describe.each<Platform>(['express', 'fastify'])('GitHub, on %s,', (platform) => {
  let app: PresetApp;
  afterEach(() => app.close());

  async function appWith(user: unknown = USER, emails: unknown = EMAILS) {
    const strategyAt = ({ issuer }: { issuer: string }) => github<Addressee>({ ...COMMON, serverUrl: issuer });
    app = await presetApp(platform, strategyAt, { paths: PATHS });
    app.provider.resources = { '/api/v3/user': user, '/api/v3/user/emails': emails };
    app.provider.lies = { callback: { iss: undefined }, tokens: { scope: 'user:email', token_type: 'bearer' } };
    return app;
  }

  it('signs somebody in, by the primary address and not by the public one', async () => {
    await appWith();

    expect(await app.signIn()).toMatchObject({ body: { user: { email: 'ada@example.com', name: 'Ada Lovelace' } } });
    expect(asked(app, PATHS.authorize)).toMatchObject({ scope: 'user:email', code_challenge_method: 'S256' });
  });

  it('[ASVS 6.8.1] knows them by their number, whatever they call themselves', async () => {
    await appWith();
    await app.signIn();
    app.provider.resources = {
      '/api/v3/user': { ...USER, login: 'countess', name: 'Countess' },
      '/api/v3/user/emails': [{ email: 'countess@example.com', verified: true, primary: true }],
    };

    expect(await app.signIn()).toMatchObject({ body: { user: { email: 'ada@example.com' } } });
    expect(await addresses(app)).toEqual(['ada@example.com']);
  });

  it('says with a 200 that a code is wrong, and that is understood', async () => {
    await appWith();
    app.provider.lies = { ...app.provider.lies, answers: { token: { body: '{"error":"bad_verification_code"}' } } };

    expect(await app.signIn()).toMatchObject({ status: 401 });
  });

  it.each([
    ['nobody', null, EMAILS],
    ['somebody without a number', { ...USER, id: undefined }, EMAILS],
    ['somebody without addresses', USER, []],
    ['somebody without a primary address', USER, [EMAILS[0]]],
    ['addresses that are no list', USER, { email: 'ada@example.com' }],
    ['addresses that are none', USER, [null, 'ada@example.com']],
  ])('signs nobody in who is %s', async (_what, user, emails) => {
    await appWith(user, emails);

    expect(await app.signIn()).toMatchObject({ status: 401 });
  });
});
