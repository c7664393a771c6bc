import { expect, it } from '@jest/globals';
import type { ClientAnswer, Platform } from 'nest-auth-plug/testing';
import { copyOf } from '../../rooms/browsing.js';
import { describeEachStore } from '../../stores/each-store.js';
import { peopleOnEach } from '../../stores/people-on-each.js';
import {
  ASKED,
  enrol,
  REFUSED,
  setUp,
  signIn,
  signInWith,
  STEP,
  swapSeeds,
  textIn,
  totpApp,
  type,
  whoIsIn,
  type TotpApp,
} from './totp-app.js';

const AT_ONCE = 50;

describeEachStore('authenticator apps', (store) => {
  const { someone, together } = peopleOnEach(store, totpApp);

  const statuses = (answers: readonly ClientAnswer[]) =>
    answers.map(({ status }) => status).toSorted((one, other) => one - other);
  const oneOf = (count: number) => [200, ...Array.from({ length: count - 1 }, () => 401)];
  const rowsOf = async (app: TotpApp, subject: string) =>
    (await app.rows()).filter((row) => row['subject'] === subject);
  /** First steps, each of another browser. */
  const firstSteps = async (app: TotpApp, email: string, count: number) =>
    Promise.all(
      Array.from({ length: count }, async () => {
        const browser = app.client();
        const flow = textIn(await signIn(browser, email), 'flow');
        return { browser, flow };
      }),
    );

  it.each<Platform>(['express', 'fastify'])(
    'are set up, asked for, stepped up with and turned off on %s',
    async (platform) => {
      const { app, browser, email, subject } = await someone(platform);
      const phone = await enrol(app, browser);
      expect(await rowsOf(app, subject)).toMatchObject([
        { state: 'active', expiresAt: null, confirmedAt: expect.any(Date), epoch: 0 },
      ]);

      const other = app.client();
      expect(await signIn(other, email)).toMatchObject(ASKED);
      expect(await type(other, 'sign-in', phone.code(-STEP))).toMatchObject(REFUSED);
      expect(await type(other, 'sign-in', phone.code())).toMatchObject({ status: 200 });
      app.clock.advance(STEP);
      expect(await type(other, 'verify', phone.code())).toMatchObject({ status: 200 });
      app.clock.advance(STEP);
      expect(await type(other, 'disable', phone.code())).toMatchObject({ status: 200 });
      expect(await whoIsIn(browser)).toBeNull();
      expect(await signIn(app.client(), email)).toMatchObject({ status: 200 });
      expect(await rowsOf(app, subject)).toEqual([]);
    },
    60_000,
  );

  it('[RFC 6238 §5.2] [ASVS 6.5.1] [ASVS 15.4.2] let one of fifty sign in by one code, each with a first step of its own', async () => {
    const { app, browser, email } = await someone();
    const phone = await enrol(app, browser);
    const steps = await firstSteps(app, email, AT_ONCE);
    const code = phone.code();

    const answers = await together(
      app,
      steps.map((step) => () => type(step.browser, 'sign-in', code)),
    );

    expect(statuses(answers)).toEqual(oneOf(AT_ONCE));
    for (const answer of answers) if (answer.status !== 200) expect(answer).toMatchObject(REFUSED);
  }, 60_000);

  it('[RFC 6238 §5.2] let one of them go on where one code steps up, signs in and turns off at once', async () => {
    const { app, browser, email, subject } = await someone();
    const phone = await enrol(app, browser);
    const second = app.client();
    await signInWith(second, phone.code(), email);
    app.clock.advance(STEP);
    const steps = await firstSteps(app, email, 10);
    const code = phone.code();

    const answers = await together(app, [
      () => type(browser, 'disable', code),
      () => type(second, 'verify', code),
      ...steps.map((step) => () => type(step.browser, 'sign-in', code)),
    ]);

    expect(statuses(answers)).toEqual(oneOf(12));
    expect(await rowsOf(app, subject)).toHaveLength(answers[0]?.status === 200 ? 0 : 1);
  }, 60_000);

  it('[ASVS 2.3.4] are confirmed once, by one of twenty who type the first code at once', async () => {
    const { app, browser, subject } = await someone();
    const phone = await setUp(app, browser);

    const answers = await together(
      app,
      Array.from({ length: 20 }, () => () => type(copyOf(app, browser), 'confirm-setup', phone.code())),
    );

    const losers = answers.filter(({ status }) => status !== 200);
    expect(losers).toHaveLength(19);
    // 403 to whoever comes when it is confirmed: it would replace a factor, which they have not shown.
    for (const { status } of losers) expect([401, 403]).toContain(status);
    expect(await rowsOf(app, subject)).toMatchObject([{ state: 'active' }]);
  }, 60_000);

  it('leave one key of those that are set up at once', async () => {
    const { app, browser, subject } = await someone();
    const answers = await together(
      app,
      Array.from({ length: 10 }, () => () => browser.post('/auth/user/totp/setup', { json: {} })),
    );

    expect(new Set(answers.map((answer) => textIn(answer, 'secret'))).size).toBe(10);
    expect(await rowsOf(app, subject)).toMatchObject([{ state: 'pending' }]);
  }, 60_000);

  it('[ASVS 6.5.2] are refused where seeds were swapped in the database', async () => {
    const [one, other] = [await someone(), await someone()];
    const { app } = one;
    const phones = [await enrol(app, one.browser), await enrol(app, other.browser)];
    await swapSeeds(app, one.subject, other.subject);

    for (const phone of phones) {
      for (const { email } of [one, other]) {
        expect(await signInWith(app.client(), phone.code(), email)).toMatchObject(REFUSED);
      }
    }
  }, 60_000);
});
