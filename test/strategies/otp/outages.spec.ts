import { afterEach, describe, expect, it } from '@jest/globals';
import { memoryDataLayer } from 'nest-auth-plug/adapters/memory';
import type { Platform } from 'nest-auth-plug/testing';
import { countingDataLayer } from '../../rooms/counting-data-layer.js';
import { addresses, type MailedApp } from '../../rooms/mailed-app.js';
import { signInRows } from '../../security/visit.js';
import { codeApp, codeFor, enter } from './setup.js';

/** So many calls of the store a sign-in that makes an account takes at least. */
const LEAST_CALLS = 10;

describe.each<Platform>(['express', 'fastify'])('a code in whose use a call of the store fails, on %s,', (platform) => {
  let app: MailedApp;
  afterEach(() => app.close());

  it('[ASVS 2.3.3] makes neither account nor sign-in, whichever call it is, and is as good as before', async () => {
    const { adapter, calls } = countingDataLayer(memoryDataLayer());
    app = await codeApp({ platform, dataLayer: adapter, code: { registration: 'open' } });
    let failures = 0;

    for (let status = 503; status === 503;) {
      const [browser, email] = [app.client(), `new-${failures + 1}@example.com`];
      const code = await codeFor(app, browser, email);
      const before = [await addresses(app), await signInRows(app)];
      Object.assign(calls, { count: 0, failing: failures + 1 });
      const answer = await enter(browser, code);
      Object.assign(calls, { failing: 0 });
      ({ status } = answer);
      if (status !== 503) break;
      failures += 1;
      expect([answer.setCookies, await addresses(app), await signInRows(app)]).toEqual([[], ...before]);
      expect(await enter(browser, code)).toMatchObject({ status: 200, body: { user: { email } } });
    }

    expect(failures).toBeGreaterThan(LEAST_CALLS);
  });
});
