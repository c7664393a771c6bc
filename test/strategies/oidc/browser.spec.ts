import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Platform } from 'nest-auth-plug/testing';
import type { Browser, Page } from 'playwright-core';
import { systemClock } from '../../../lib/time/index.js';
import { frontPort, type FrontPort } from '../../oauth-kit/front-port.js';
import { openIdServer, type OpenIdServer } from '../../oauth-kit/open-id-server.js';
import { fill, press } from '../../sample-app/browsing.js';
import { chromiumIsThere, launchChromium } from '../../sample-app/chromium.js';
import { AUTH, oidcApp, type OidcApp } from './setup.js';

(chromiumIsThere() ? describe : describe.skip)('a person with a browser', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser.close());

  describe.each<Platform>(['express', 'fastify'])('and an account at a certified provider, on %s,', (platform) => {
    let [front, server, app, page] = [] as unknown as [FrontPort, OpenIdServer, OidcApp, Page]; // made before each test

    beforeEach(async () => {
      front = await frontPort();
      server = await openIdServer({
        appUrl: front.url,
        callbackPaths: [`${AUTH}/callback`],
        backChannelLogoutUrl: `${front.url}${AUTH}/back-channel-logout`,
        interaction: 'pages',
      });
      page = await (await browser.newContext()).newPage();
    });
    afterEach(async () => {
      await page.context().close();
      await app.close();
      await server.close();
      await front.close();
    });

    async function boot(authorizationParams: Readonly<Record<string, string>> = {}) {
      const { id: clientId, secret: clientSecret } = server.clients.client_secret_basic;
      const oidc = { issuer: server.issuer, clientId, clientSecret, authorizationParams };
      app = await oidcApp({ platform, oidc, app: { publicUrl: front.url } });
      catchUp();
      front.leadTo(app.url);
    }

    /** The server looks at the real time, and what it says is not to be of the app's future. */
    const catchUp = () => app.clock.advance((systemClock.now().getTime() - app.clock.now().getTime()) / 1000);

    async function agree() {
      await page.goto(`${front.url}${AUTH}`);
      await fill(page, { Name: 'ada' });
      await press(page, 'Sign in');
      expect(await page.getByRole('heading').textContent()).toBe('May the app know who you are?');
      catchUp();
      await press(page, 'Allow');
    }

    async function whoIsIn(): Promise<string | null> {
      const response = await page.goto(`${front.url}/in`);
      return response?.ok() === true ? page.locator('body').textContent() : null;
    }

    it('signs in there, agrees, and is in', async () => {
      await boot();

      await agree();

      expect(await whoIsIn()).toContain('ada@example.com');
      expect(server.errors).toEqual([]);
    });

    it('[ASVS 10.1.2] comes back by a form of another site, and is in after one more click', async () => {
      await boot({ response_mode: 'form_post' });

      await agree();
      await page.waitForURL(`${front.url}${AUTH}/callback`);
      catchUp();
      await press(page, 'Continue');

      expect(await whoIsIn()).toContain('ada@example.com');
    });

    it('[ASVS 7.6.1] [ASVS 10.5.5] signs out there, and is out here as well', async () => {
      await boot();
      await agree();
      expect(await whoIsIn()).toContain('ada@example.com');

      await page.goto(`${front.url}${AUTH}/log-out`);
      catchUp();
      await press(page, 'Yes');
      await page.waitForURL(`${front.url}/`);

      expect(server.errors).toEqual([]);
      expect(await whoIsIn()).toBeNull();
    });
  });
});
