import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { Platform, ProviderLies } from 'nest-auth-plug/testing';
import { addresses } from '../../rooms/mailed-app.js';
import { signInRows } from '../../security/visit.js';
import { codeApp, identityRows, signIn, type CodeApp } from './setup.js';

const FAILED = 'ERR_PROVIDER_FAILED';
const REFUSED = 'ERR_AUTHENTICATION_FAILED';

describe.each<Platform>(['express', 'fastify'])('a provider that does not behave, on %s,', (platform) => {
  let app: CodeApp;
  afterEach(() => app.close());

  it.each<[string, ProviderLies, string]>([
    ['sends ten megabytes for a token', { answers: { token: 'huge' } }, FAILED],
    ['sends ten megabytes of a user', { answers: { userinfo: 'huge' } }, FAILED],
    ['sends elsewhere for a token', { answers: { token: 'redirects' } }, FAILED],
    ['sends elsewhere for a user', { answers: { userinfo: 'redirects' } }, FAILED],
    ['hangs up', { answers: { token: 'hangs-up' } }, FAILED],
    ['hangs up on a user', { answers: { userinfo: 'hangs-up' } }, FAILED],
    ['is broken', { answers: { token: { status: 503, body: '{"error":"server_error"}' } } }, FAILED],
    ['is broken where users are', { answers: { userinfo: { status: 500, body: '' } } }, FAILED],
    ['takes no code', { answers: { token: { status: 400, body: '{"error":"invalid_grant"}' } } }, REFUSED],
    ['says an error with a 200', { answers: { token: { body: '{"error":"bad_verification_code"}' } } }, REFUSED],
    ['answers no JSON', { answers: { token: { body: '<html>' } } }, REFUSED],
    ['answers a list', { answers: { token: { body: '[]' } } }, REFUSED],
    ['answers nothing', { answers: { token: { body: '' } } }, REFUSED],
    ['gives no token', { tokens: { access_token: undefined } }, REFUSED],
    ['gives a token of an unknown type', { tokens: { token_type: 'mac' } }, REFUSED],
    ['gives a number for a token', { tokens: { access_token: 7 } }, REFUSED],
    ['does not take its own token', { answers: { userinfo: { status: 401, body: '{}' } } }, REFUSED],
    ['answers a list of users', { answers: { userinfo: { body: '[{"sub":"ada"}]' } } }, REFUSED],
    ['answers no JSON of a user', { answers: { userinfo: { body: 'ada' } } }, REFUSED],
    ['names nobody', { userInfo: { sub: undefined } }, REFUSED],
    ['names somebody by nothing', { userInfo: { sub: '' } }, REFUSED],
    ['names somebody by an object', { userInfo: { sub: { toString: 'ada' } } }, REFUSED],
    ['names somebody with a control character', { userInfo: { sub: 'ada\u0000' } }, REFUSED],
    ['names somebody with half a character', { userInfo: { sub: 'ada\ud83d' } }, REFUSED],
    ['names somebody at length', { userInfo: { sub: 'a'.repeat(256) } }, REFUSED],
    ['gives no address', { userInfo: { email: undefined } }, REFUSED],
    ['gives a list of addresses', { userInfo: { email: ['ada@example.com'] } }, REFUSED],
    ['gives what is no address', { userInfo: { email: 'ada' } }, REFUSED],
  ])('[ASVS 13.2.4] [ASVS 15.3.2] signs nobody in when it %s', async (_, lies, code) => {
    app = await codeApp({ platform });
    app.provider.lies = lies;

    expect(await signIn(app, app.client())).toMatchObject({ status: 401, body: { code } });

    expect([await addresses(app), await identityRows(app), await signInRows(app)]).toEqual([[], [], []]);
    expect(app.provider.received.filter(({ path }) => path.startsWith('/redirected'))).toEqual([]);
  });

  it.each(['token', 'userinfo'] as const)(
    '[ASVS 13.2.4] waits five seconds at most when its %s answer never ends',
    async (endpoint) => {
      app = await codeApp({ platform });
      app.provider.lies = { answers: { [endpoint]: 'slow' } };

      const answer = signIn(app, app.client());
      while (!app.provider.received.some(({ path }) => path === `/${endpoint}`)) await pause(5);
      await pause(20);
      app.clock.advance(5);

      expect(await answer).toMatchObject({ status: 401, body: { code: FAILED } });
    },
  );

  it('[ASVS 13.2.4] is told from the app’s own fault when it is not there at all', async () => {
    app = await codeApp({ platform, code: { tokenEndpoint: 'http://127.0.0.1:9/token' } });

    expect(await signIn(app, app.client())).toMatchObject({ status: 401, body: { code: FAILED } });
    expect(app.logged.join()).not.toContain('ECONNREFUSED');
  });

  it('takes of its claims what fits the fields of the user, and nothing else', async () => {
    app = await codeApp({ platform, code: { profile: { name: 'name' } } });
    app.provider.account = {
      sub: 'a',
      email: 'A@Example.com',
      name: 'x'.repeat(2000),
      id: 'mine',
      emailConfirmedAt: 'now',
    };
    await signIn(app, app.client());
    app.provider.account = { sub: 'b', email: 'b@example.com', name: { first: 'B' } };
    await signIn(app, app.client());
    app.provider.account = { sub: 'c', email: 'c@example.com', name: 'C\u0000' };
    await signIn(app, app.client());

    const rows = await app.data.findMany(app.users.model, {}, { orderBy: 'email', limit: 9 });

    expect(rows).toMatchObject([{ email: 'a@example.com', name: null }, { name: null }, { name: null }]);
    expect(rows.map(({ id }) => id)).not.toContain('mine');
  });
});
