import { afterEach, expect, it } from '@jest/globals';
import type { Client } from 'nest-auth-plug/testing';
import { inStep, type InStep } from '../../rooms/in-step.js';
import { ADA, addresses, addUser, NEW, refusal, rowsOfTokens, type MailedApp } from '../../rooms/mailed-app.js';
import { signInRows } from '../../security/visit.js';
import { describeEachStore } from '../../stores/each-store.js';
import { codeApp, codeFor, enter, REFUSED, REQUEST } from './setup.js';

/** As many as one code takes: see `guesses.spec.ts` for more. */
const PARALLEL = 5;

describeEachStore('parallel uses of one code', (store) => {
  let app: MailedApp;
  let step: InStep;
  afterEach(() => app.close());

  const open = async () => {
    step = inStep(await store.empty(), store.name);
    app = await codeApp({ dataLayer: step.dataLayer, code: { registration: 'open' } });
    return app.client();
  };

  async function all(browser: Client, code: string, times: number): Promise<void> {
    const answers = await step.all(app, times, () => enter(browser, code));
    const losers = answers.filter(({ status }) => status !== 200);
    expect(losers).toHaveLength(times - 1);
    for (const loser of losers) expect(refusal(loser)).toEqual(REFUSED);
    expect(await signInRows(app)).toHaveLength(1);
  }

  it.each([PARALLEL, 50])(
    '[ASVS 6.5.1] [ASVS 15.4.2] make one sign-in of %i',
    async (times) => {
      const browser = await open();
      await addUser(app);

      await all(browser, await codeFor(app, browser), times);
    },
    60_000,
  );

  it('[ASVS 6.5.1] [ASVS 2.3.3] make one account and one sign-in', async () => {
    const browser = await open();

    await all(browser, await codeFor(app, browser, NEW), PARALLEL);

    expect(await addresses(app)).toEqual([NEW]);
  }, 60_000);

  it('[ASVS 6.5.5] of ten codes that were asked for at once one works', async () => {
    await open();
    await addUser(app);
    await step.all(app, 10, () => app.client().post(REQUEST, { json: { email: ADA } }));
    await app.idle();

    // Which code is of which flow the messages do not say; the rows say how many are good.
    const rows = await rowsOfTokens(app);
    expect(rows).toHaveLength(10);
    expect(rows.filter(({ spentAt }) => spentAt === null)).toHaveLength(1);
  }, 60_000);
});
