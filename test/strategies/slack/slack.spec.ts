import { afterEach, describe, expect, it } from '@jest/globals';
import { slack, type SlackOptions } from 'nest-auth-plug/strategies/slack';
import type { Platform } from 'nest-auth-plug/testing';
import type { Addressee } from '../../rooms/mailed-app.js';
import { asked, COMMON, presetApp, type PresetApp } from '../../rooms/preset-app.js';

/** The claims of an ID token of Slack's. */
const MEMBER = {
  sub: 'U0R7JM',
  'https://slack.com/user_id': 'U0R7JM',
  'https://slack.com/team_id': 'T0R7GR',
  'https://slack.com/team_domain': 'acme',
  email: 'ada@example.com',
  email_verified: true,
  name: 'Ada Lovelace',
  locale: 'en-US',
};

describe.each<Platform>(['express', 'fastify'])('Slack, on %s,', (platform) => {
  let app: PresetApp;
  afterEach(() => app.close());

  async function appWith(options: Partial<SlackOptions<Addressee>> = {}) {
    app = await presetApp(platform, ({ issuer }) => slack<Addressee>({ ...COMMON, issuer, ...options }));
    app.provider.account = MEMBER;
    app.provider.lies = { tokens: { ok: true }, userInfo: { ok: true } };
    return app;
  }

  it('signs somebody in', async () => {
    await appWith();

    expect(await app.signIn()).toMatchObject({ body: { user: { email: 'ada@example.com', name: 'Ada Lovelace' } } });
    expect(asked(app, '/authorize')).toMatchObject({ scope: 'openid email profile' });
  });

  it('[ASVS 6.8.4] signs in people of one workspace, where the app says which', async () => {
    await appWith({ teamId: 'T0R7GR' });

    expect(await app.signIn()).toMatchObject({ status: 200 });
    expect(asked(app, '/authorize')).toMatchObject({ team: 'T0R7GR' });
  });

  it.each([undefined, 'T0EVIL', ['T0R7GR']])('[ASVS 6.8.4] and nobody of %j', async (team) => {
    await appWith({ teamId: 'T0R7GR' });
    app.provider.account = { ...MEMBER, 'https://slack.com/team_id': team };

    expect(await app.signIn()).toMatchObject({ status: 401 });
  });

  it('[ASVS 6.8.1] takes one name in two workspaces for two people', async () => {
    await appWith();
    await app.signIn();
    app.provider.account = { ...MEMBER, 'https://slack.com/team_id': 'T0OTHER', email: 'other@example.com' };

    expect(await app.signIn()).toMatchObject({ body: { user: { email: 'other@example.com' } } });
  });

  it.each([undefined, '', 7, 'T0.U0', ['T0R7GR']])(
    '[ASVS 6.8.1] takes nobody who is of the workspace %j',
    async (team) => {
      await appWith();
      app.provider.account = { ...MEMBER, 'https://slack.com/team_id': team };

      expect(await app.signIn()).toMatchObject({ status: 401 });
    },
  );

  it('says with a 200 that a code is wrong, and that is understood', async () => {
    await appWith();
    app.provider.lies = { answers: { token: { body: '{"ok":false,"error":"invalid_code"}' } } };

    expect(await app.signIn()).toMatchObject({ status: 401 });
  });
});
