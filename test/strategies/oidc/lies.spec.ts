import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Platform } from 'nest-auth-plug/testing';
import { METADATA_LIES, TOKEN_LIES } from '../../oauth-kit/lies.js';
import { whoIsIn } from '../../rooms/mailed-app.js';
import { AUTH, expectRefused, oidcApp, signIn, type OidcApp } from './setup.js';

describe.each<Platform>(['express', 'fastify'])('a provider that lies, on %s,', (platform) => {
  let app: OidcApp;
  beforeEach(async () => {
    app = await oidcApp({ platform });
  });
  afterEach(() => app.close());

  it.each(TOKEN_LIES)('signs nobody in with %s', async (_what, lies) => {
    app.provider.lies = lies;

    await expectRefused(app);
  });

  it.each(METADATA_LIES)('is not gone to with %s', async (_what, lies) => {
    app.provider.lies = lies;

    const answer = await app.client().get(AUTH);

    expect(answer).toMatchObject({ body: { code: 'ERR_PROVIDER_FAILED' }, setCookies: [] });
    expect(answer.status).toBeLessThan(500);
  });

  it('is believed again as soon as it tells the truth', async () => {
    app.provider.lies = { idTokenClaims: { aud: 'another-app' } };
    await expectRefused(app);
    app.provider.lies = {};

    expect(await signIn(app)).toMatchObject({ status: 200 });
  });

  it('[RFC 9700 §4.10] is not quoted', async () => {
    app.provider.lies = {
      callback: { error: '<script>alert(1)</script>', error_description: 'quoted', code: undefined },
    };

    const { text } = await signIn(app);

    expect(text).not.toMatch(/script|quoted/);
    expect(app.logged.join('\n')).not.toMatch(/script|quoted/);
  });

  // What is JSON is taken for it by the library, whatever it is called; where the room itself reads, it is not.
  it.each(['discovery', 'jwks'] as const)(
    '[ASVS 13.2.4] signs nobody in where %s is said to be HTML',
    async (endpoint) => {
      app.provider.lies = { answers: { [endpoint]: 'html' } };
      const browser = app.client();

      const sent = await browser.get(AUTH);
      const location = sent.headers.get('location');
      const answer = location === null ? sent : await browser.get(pathIn(app, location));

      expect(answer).toMatchObject({ body: { code: 'ERR_PROVIDER_FAILED' } });
      expect(await whoIsIn(browser)).toBeNull();
    },
  );
});

function pathIn({ provider }: OidcApp, location: string): string {
  const { pathname, search } = provider.visit(location).url;
  return pathname + search;
}
