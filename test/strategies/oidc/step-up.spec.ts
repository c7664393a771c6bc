import { afterEach, describe, expect, it } from '@jest/globals';
import type { Platform } from 'nest-auth-plug/testing';
import { AUTH, oidcApp, signIn, type OidcApp } from './setup.js';

describe.each<Platform>(['express', 'fastify'])('somebody who shows themselves again, on %s,', (platform) => {
  let app: OidcApp;
  afterEach(() => app.close());

  /** @param secondsAgo when they showed themselves at the provider; undefined where it does not say */
  async function stepUp(secondsAgo: number | undefined) {
    app = await oidcApp({ platform });
    const browser = app.client();
    await signIn(app, browser);
    app.clock.advance(3600);
    const sent = await browser.post(`${AUTH}/step-up`, { headers: { origin: 'http://localhost:3000' } });
    const [, location = ''] = /url=(.+)$/.exec(sent.headers.get('refresh') ?? '') ?? [];
    const now = Math.floor(app.clock.now().getTime() / 1000);
    app.provider.lies = { idTokenClaims: { auth_time: secondsAgo === undefined ? undefined : now - secondsAgo } };
    const { url } = app.provider.visit(location);
    return { answer: await browser.get(url.pathname + url.search), asked: new URL(location).searchParams };
  }

  it('[ASVS 7.5.3] is asked for it by the provider, and fresh again', async () => {
    const { answer, asked } = await stepUp(60);

    expect(answer).toMatchObject({ status: 200 });
    expect(asked.get('max_age')).toBe('0');
  });

  it.each([310, 3600, undefined])(
    '[ASVS 6.8.4] is not, where the provider only remembers them: %j',
    async (secondsAgo) => {
      const { answer } = await stepUp(secondsAgo);

      expect(answer).toMatchObject({ status: 401, body: { code: 'ERR_AUTHENTICATION_FAILED' } });
    },
  );
});
