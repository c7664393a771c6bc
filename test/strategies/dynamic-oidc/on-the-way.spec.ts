import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { RawInput } from 'nest-auth-plug';
import { fakeProvider, type Client, type Platform } from 'nest-auth-plug/testing';
import { whoIsIn } from '../../rooms/mailed-app.js';
import { admin, connect, identityRows, lastReason, leave, REFUSED, ssoApp, type SsoApp } from './setup.js';

describe.each<Platform>(['express', 'fastify'])(
  'a connection that changes while somebody is away, on %s,',
  (platform) => {
    let app: SsoApp;
    let browser: Client;
    beforeEach(async () => {
      app = await ssoApp({ platform });
      browser = app.client();
    });
    afterEach(() => app.close());

    const change = (phase: string, input: RawInput = {}) => admin(app, phase, { connection: 'acme', ...input });
    const tokensAsked = () => app.provider.received.filter(({ path }) => path === '/token').length;

    it.each(['disable-connection', 'remove-connection'])('[ASVS 10.1.2] lets them in no more: %s', async (phase) => {
      await connect(app);
      const path = await leave(app, browser);

      await change(phase);

      expect(await browser.get(path)).toMatchObject(REFUSED);
      expect([lastReason(app), tokensAsked()]).toEqual(['unknown_connection', 0]);
      expect(await whoIsIn(browser)).toBeNull();
    });

    it('[ASVS 10.1.2] lets them in no more once it is disabled and enabled again: what they left with is spent', async () => {
      await connect(app);
      const path = await leave(app, browser);
      const { cookies } = browser;
      const before = new Map(cookies);
      await change('disable-connection');
      await browser.get(path);
      await change('enable-connection');

      for (const [name, value] of before) cookies.set(name, value);
      expect(await browser.get(path)).toMatchObject({ status: 422, body: { code: 'ERR_INVALID_TOKEN' } });
    });

    it('[RFC 9700 §4.4] lets them in no more as another client', async () => {
      await connect(app);
      const path = await leave(app, browser);

      await change('update-connection', { clientId: 'another-client' });

      expect(await browser.get(path)).toMatchObject(REFUSED);
      expect([lastReason(app), tokensAsked()]).toEqual(['flow_of_another_provider', 0]);
    });

    it('[RFC 9700 §4.4] lets them in no more at another issuer, which is shown no code', async () => {
      await connect(app);
      const path = await leave(app, browser);
      const other = await fakeProvider({ clientSecret: app.provider.client.secret, clock: app.clock });
      try {
        await change('update-connection', { issuer: other.issuer });

        expect(await browser.get(path)).toMatchObject(REFUSED);
        expect(lastReason(app)).toBe('flow_of_another_provider');
        expect(other.received.map(({ path: asked }) => asked)).not.toContain('/token');
      } finally {
        await other.close();
      }
    });

    it('[RFC 9700 §4.4] is not the one of the same name that was made in its place', async () => {
      await connect(app);
      const path = await leave(app, browser);

      await change('remove-connection');
      await connect(app);

      expect(await browser.get(path)).toMatchObject(REFUSED);
      expect(lastReason(app)).toBe('unknown_connection');
    });

    it.each<[string, RawInput]>([
      ['name', { displayName: 'Another name' }],
      ['domains', { domains: 'another.example' }],
      ['way to show itself', { clientAuthentication: 'post' }],
    ])('lets them in under another %s', async (_what, input) => {
      await connect(app);
      const path = await leave(app, browser);

      await change('update-connection', input);

      expect(await browser.get(path)).toMatchObject({ status: 200 });
    });

    it.each<[string, RawInput]>([
      ['disable-connection', {}],
      ['remove-connection', {}],
      ['update-connection', { clientId: 'another-client' }],
    ])('[ASVS 15.4.2] lets nobody in while the provider takes its time: %s', async (phase, input) => {
      await connect(app);
      const path = await leave(app, browser);
      let changed: Promise<unknown> | undefined;
      const { userinfo } = app.provider.paths;
      Object.defineProperty(app.provider, 'lies', {
        get: () => {
          const isAsked = app.provider.received.some((request) => request.path === userinfo);
          if (isAsked) changed ??= change(phase, input);
          return {};
        },
      });

      const answer = await browser.get(path);
      await changed;

      expect([answer, lastReason(app)]).toMatchObject([REFUSED, 'connection_gone']);
      expect(await whoIsIn(browser)).toBeNull();
      expect(changed).toBeDefined();
    });

    it('[ASVS 6.8.1] leaves no identity behind that opens anything later', async () => {
      await connect(app);
      await browser.get(await leave(app, browser));
      await change('remove-connection');
      expect(await identityRows(app)).toEqual([]);

      await connect(app);
      app.provider.account = { sub: 'ada-1815', email: 'other@example.com' };
      await browser.get(await leave(app, browser));
      expect(await whoIsIn(browser)).toBe('other@example.com');
    });
  },
);
