import { afterEach, describe, expect, it } from '@jest/globals';
import type { Platform } from 'nest-auth-plug/testing';
import { whoIsIn } from '../../rooms/mailed-app.js';
import { signInRows } from '../../security/visit.js';
import { leaveBy, oidcApp, OWN_SITE, signIn, type OidcApp } from './setup.js';

describe.each<Platform>(['express', 'fastify'])('somebody who shows themselves again, on %s,', (platform) => {
  let app: OidcApp;
  afterEach(() => app.close());

  /** @param secondsAgo when they showed themselves at the provider; undefined where it does not say */
  async function stepUp(secondsAgo: number | undefined) {
    app = await oidcApp({ platform });
    const browser = app.client();
    await signIn(app, browser);
    app.clock.advance(3600);
    const now = Math.floor(app.clock.now().getTime() / 1000);
    app.provider.lies = { idTokenClaims: { auth_time: secondsAgo === undefined ? undefined : now - secondsAgo } };
    const back = await leaveBy(app, browser, 'step-up');
    const { parameters: asked } = app.provider.received.findLast(({ path }) => path === '/authorize') ?? {};
    return { answer: await browser.get(back), asked };
  }

  it('[ASVS 7.5.3] is asked for it by the provider, and fresh again', async () => {
    const { answer, asked } = await stepUp(60);

    expect(answer).toMatchObject({ status: 200 });
    expect(asked).toMatchObject({ max_age: '0' });
  });

  it.each([310, 3600, undefined])(
    '[ASVS 6.8.4] is not, where the provider only remembers them: %j',
    async (secondsAgo) => {
      const { answer } = await stepUp(secondsAgo);

      expect(answer).toMatchObject({ status: 401, body: { code: 'ERR_AUTHENTICATION_FAILED' } });
    },
  );

  it('[ASVS 7.5.3] adds to the sign-in in force, which ends by that: no second one comes of it', async () => {
    app = await oidcApp({ platform });
    const browser = app.client();
    await signIn(app, browser);

    await browser.get(await leaveBy(app, browser, 'step-up'));

    expect((await signInRows(app)).filter(({ endedAt }) => endedAt === null)).toHaveLength(1);
    expect(await whoIsIn(browser)).toBe('ada@example.com');
  });

  it.each(['link', 'step-up'])('[RFC 9700 §4.7] is nobody by then, and not signed in by a %s either', async (phase) => {
    app = await oidcApp({ platform });
    const browser = app.client();
    await signIn(app, browser);
    if (phase === 'link') app.provider.account = { sub: 'another', email: 'another@example.com' };
    const back = await leaveBy(app, browser, phase);
    await browser.post('/auth/user/session/sign-out', { headers: OWN_SITE });

    const answer = await browser.get(back);

    expect(answer.status).toBe(401);
    expect(await whoIsIn(browser)).toBeNull();
  });
});
