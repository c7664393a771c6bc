import { describe, expect, it } from '@jest/globals';
import type { Platform } from 'nest-auth-plug/testing';
import { Outing } from '../../oauth-kit/outing.js';
import { lookAtRealTime } from '../../oauth-kit/real-time.js';
import { press } from '../../sample-app/browsing.js';
import { chromiumIsThere } from '../../sample-app/chromium.js';
import { AUTH, oidcApp } from './setup.js';

const suite = chromiumIsThere() ? describe : describe.skip;

suite.each<Platform>(['express', 'fastify'])('a person with an account at a certified provider, on %s,', (platform) => {
  const outing = new Outing(AUTH);

  async function boot(authorizationParams: Readonly<Record<string, string>> = {}) {
    const oidc = { ...outing.client, authorizationParams };
    lookAtRealTime(outing.leadTo(await oidcApp({ platform, oidc, app: { publicUrl: outing.front.url } })));
  }

  async function agree() {
    await outing.setOut();
    expect(await outing.page.getByRole('heading').textContent()).toBe('May the app know who you are?');
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

  it('[ASVS 7.6.1] [ASVS 10.5.5] signs out there, and is out here as well', async () => {
    await boot();
    await agree();
    expect(await outing.whoIsIn()).toContain('ada@example.com');

    await outing.page.goto(`${outing.front.url}${AUTH}/log-out`);
    await press(outing.page, 'Yes');
    await outing.page.waitForURL(`${outing.front.url}/`);

    expect(outing.server.errors).toEqual([]);
    expect(await outing.whoIsIn()).toBeNull();
  });
});
