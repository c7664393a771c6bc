import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Platform } from 'nest-auth-plug/testing';
import { addUser } from '../../rooms/mailed-app.js';
import { admin, AUTH, connect, OWN_SITE, signIn, ssoApp, type SsoApp } from './setup.js';

const ELSEWHERE = { to: 'http://localhost:3000/sign-in', connection: null, displayName: null, iconUrl: null };

describe.each<Platform>(['express', 'fastify'])('somebody who types an address, on %s,', (platform) => {
  let app: SsoApp;
  beforeEach(async () => {
    app = await ssoApp({ platform, sso: { otherwise: '/sign-in' } });
    await connect(app, { domains: ['example.com', 'acme.example'], iconUrl: 'https://acme.example/icon.png' });
  });
  afterEach(() => app.close());

  const discover = (email: string, more: object = {}) =>
    app.client().post(`${AUTH}/discover`, { json: { email, ...more }, headers: OWN_SITE });
  const found = async (email: string, more: object = {}) => (await discover(email, more)).body;

  it.each(['ada@example.com', 'ADA@Example.COM', 'nobody.there@acme.example'])(
    '[ASVS 6.3.8] is told where their organisation signs in, with an account or without: %s',
    async (email) => {
      await addUser(app, 'ada@example.com');

      expect(await found(email)).toEqual({
        to: `http://localhost:3000${AUTH}?connection=acme&login_hint=${encodeURIComponent(email)}`,
        connection: 'acme',
        displayName: 'Acme Corporation',
        iconUrl: 'https://acme.example/icon.png',
      });
    },
  );

  it.each(['ada@elsewhere.example', 'ada@sub.example.com', 'ada@example.com.evil.example', 'ada@ample.com'])(
    '[ASVS 6.3.8] is told in the same shape where there is none: %s',
    async (email) => {
      expect(await found(email)).toEqual(ELSEWHERE);
    },
  );

  it('is sent on with what they wished', async () => {
    const { to } = (await found('ada@example.com', { returnTo: '/inbox' })) as { readonly to: string };

    const { pathname, search, searchParams } = new URL(to);
    expect(searchParams.get('returnTo')).toBe('/inbox');
    expect(await app.provider.signIn(app.client(), pathname + search)).toMatchObject({ status: 200 });
  });

  it('is told of no connection that is disabled, or gone, or has the domain no more', async () => {
    await admin(app, 'disable-connection', { connection: 'acme' });
    expect(await found('ada@example.com')).toEqual(ELSEWHERE);

    await admin(app, 'enable-connection', { connection: 'acme' });
    await admin(app, 'update-connection', { connection: 'acme', domains: 'example.com' });
    expect(await found('ada@acme.example')).toEqual(ELSEWHERE);
    expect(await found('ada@example.com')).toMatchObject({ connection: 'acme' });

    await admin(app, 'remove-connection', { connection: 'acme' });
    expect(await found('ada@example.com')).toEqual(ELSEWHERE);
  });

  it.each(['', 'ada', 'ada@com', '@example.com', 'ada@', `${'x'.repeat(250)}@example.com`])(
    'is told that it is none: %j',
    async (email) => {
      expect(await discover(email)).toMatchObject({ status: 422, body: { code: 'ERR_INVALID_INPUT' } });
    },
  );

  it('is not asked by another site', async () => {
    const headers = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' };
    const browser = app.client();
    await signIn(app, browser);

    expect(await browser.post(`${AUTH}/discover`, { json: { email: 'ada@example.com' }, headers })).toMatchObject({
      status: 403,
    });
  });
});
