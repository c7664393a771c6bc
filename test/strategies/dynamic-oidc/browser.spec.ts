import { describe, expect, it } from '@jest/globals';
import type { Platform } from 'nest-auth-plug/testing';
import { Outing } from '../../oauth-kit/outing.js';
import { lookAtRealTime } from '../../oauth-kit/real-time.js';
import { press } from '../../sample-app/browsing.js';
import { chromiumIsThere } from '../../sample-app/chromium.js';
import { admin, AUTH, connect, ssoApp, type SsoApp } from './setup.js';

const suite = chromiumIsThere() ? describe : describe.skip;

suite.each<Platform>(['express', 'fastify'])(
  'a person whose organisation has a certified provider, on %s,',
  (platform) => {
    const outing = new Outing(AUTH);
    let app: SsoApp;

    async function boot(authorizationParams: Readonly<Record<string, string>> = {}) {
      const publicUrl = outing.front.url;
      app = outing.leadTo(await ssoApp({ platform, sso: { authorizationParams }, app: { publicUrl } }));
      lookAtRealTime(app);
      await connect(app, outing.client);
    }

    async function agree() {
      await outing.setOut('?connection=acme');
      await press(outing.page, 'Allow');
    }

    it('signs in there, agrees, and is in', async () => {
      await boot();

      await agree();

      expect(await outing.whoIsIn()).toContain('ada@example.com');
      expect(outing.server.errors).toEqual([]);
    });

    it('[ASVS 10.1.2] comes back by a form of another site, and is in after one more click', async () => {
      await boot({ response_mode: 'form_post' });

      await agree();
      await outing.page.waitForURL(`${outing.front.url}${AUTH}/callback`);
      await press(outing.page, 'Continue');

      expect(await outing.whoIsIn()).toContain('ada@example.com');
    });

    it('[ASVS 10.1.2] comes back too late where the connection was disabled meanwhile', async () => {
      await boot();
      await outing.setOut('?connection=acme');
      await admin(app, 'disable-connection', { connection: 'acme' });
      await press(outing.page, 'Allow');
      await outing.page.waitForURL(/callback/);

      expect(await outing.page.locator('body').textContent()).toContain('ERR_AUTHENTICATION_FAILED');
      expect(await outing.whoIsIn()).toBeNull();
    });

    it('[ASVS 7.6.1] [ASVS 10.5.5] signs out there, and is out here as well', async () => {
      await boot();
      await agree();
      expect(await outing.whoIsIn()).toContain('ada@example.com');

      await outing.page.goto(`${outing.front.url}${AUTH}/log-out?connection=acme`);
      await press(outing.page, 'Yes');
      await outing.page.waitForURL(`${outing.front.url}/`);

      expect(outing.server.errors).toEqual([]);
      expect(await outing.whoIsIn()).toBeNull();
    });
  },
);
