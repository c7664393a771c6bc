import { afterEach, describe, expect, it } from '@jest/globals';
import { memoryDataLayer } from 'nest-auth-plug/adapters/memory';
import type { Platform } from 'nest-auth-plug/testing';
import { countingDataLayer } from '../../rooms/counting-data-layer.js';
import { addresses, NEW, type MailedApp } from '../../rooms/mailed-app.js';
import { signInRows } from '../../security/visit.js';
import { linkApp, linkFor, redeem } from './setup.js';

/** So many calls of the store a sign-in that makes an account takes at least. */
const LEAST_CALLS = 10;

describe.each<Platform>(['express', 'fastify'])('a link in whose use a call of the store fails, on %s,', (platform) => {
  let app: MailedApp;
  afterEach(() => app.close());

  it('[ASVS 2.3.3] makes neither account nor sign-in, whichever call it is, and is as good as before', async () => {
    const { adapter, calls } = countingDataLayer(memoryDataLayer());
    app = await linkApp({ platform, dataLayer: adapter, link: { registration: 'open' } });
    const browser = app.client();
    const token = await linkFor(app, NEW);

    const failed = [];
    for (let status = 503; status === 503;) {
      Object.assign(calls, { count: 0, failing: failed.length + 1 });
      const answer = await redeem(browser, token);
      Object.assign(calls, { failing: 0 });
      ({ status } = answer);
      if (status === 503) failed.push([answer.setCookies, await addresses(app), await signInRows(app)]);
    }

    expect(failed.length).toBeGreaterThan(LEAST_CALLS);
    for (const left of failed) expect(left).toEqual([[], [], []]);
    expect([await addresses(app), (await signInRows(app)).length]).toEqual([[NEW], 1]);
  });
});
