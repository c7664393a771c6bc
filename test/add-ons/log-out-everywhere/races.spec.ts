import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { logOutEverywhere } from 'nest-auth-plug/add-ons/log-out-everywhere';
import type { Client } from 'nest-auth-plug/testing';
import { faultyDataLayer, type FaultyDataLayer } from '../../faulty-data-layer.js';
import { inStep, type InStep } from '../../rooms/in-step.js';
import { AUTH, copyOf, isIn, register, roomsApp, signIn, subjectOf, type RoomsApp } from '../../rooms/rooms-app.js';
import { describeEachStore } from '../../stores/each-store.js';
import { PASSWORD, type User } from '../../users.js';

const PATH = `${AUTH}/log-out-everywhere`;
const ROUNDS = 12;
const AT_ONCE = 50;
const PLENTY = [{ limit: 1_000_000, windowSeconds: 60 }];

describeEachStore('logging out everywhere', (store) => {
  let app: RoomsApp;
  let faulty: FaultyDataLayer;
  let step: InStep;
  let people = 0;

  beforeAll(async () => {
    faulty = faultyDataLayer(await store.empty());
    step = inStep(faulty.adapter, store.name);
    const limits = { guessesPerAddress: PLENTY, guessesPerIdentity: PLENTY, guessesPerDevice: PLENTY };
    app = await roomsApp({
      withAllHooks: false,
      dataLayer: step.dataLayer,
      user: { addOns: [logOutEverywhere<User>()], limits },
    });
  });
  afterAll(() => app.close());

  const someone = async () => {
    const email = `person${(people += 1)}@example.com`;
    const browser = app.client();
    await register(browser, email);
    return { email, browser, subject: await subjectOf(app, email) };
  };
  const keeping = (browser: Client) => browser.post(PATH, { json: { keepThisBrowser: true } });

  it('[ASVS 7.4.1] leaves nothing of what signs in at the same moment under the epoch before', async () => {
    const { email, browser, subject } = await someone();
    for (let round = 0; round < ROUNDS; round += 1) {
      await signIn(browser, { email });
      const signingIn = Array.from({ length: 4 }, () =>
        app.service.perform(['password', 'sign-in'], { email, password: PASSWORD }, { subjectName: 'user' }).then(
          ({ token }) => token,
          () => null,
        ),
      );

      const [answer, ...tokens] = await Promise.all([browser.post(PATH, { json: {} }), ...signingIn]);

      // Whoever got in did so after it, by the epoch that is now; of nobody else there is anything.
      expect(answer).toMatchObject({ status: 200 });
      const live = await app.service.listSignIns(subject);
      const got = tokens.filter((token) => token !== null);
      const opened = await Promise.all(
        got.map(async (token) => {
          const headers = { authorization: `Bearer ${token}` };
          return (await app.client().get('/in/by-bearer', { headers })).status === 200;
        }),
      );
      expect([round, live.length]).toEqual([round, opened.filter(Boolean).length]);
      await app.service.endSignIns(subject);
    }
  });

  it('[ASVS 15.4.2] keeps one of fifty that ask at once to keep theirs', async () => {
    const { browser, subject } = await someone();
    const copies = Array.from({ length: AT_ONCE }, () => copyOf(app, browser));

    const answers = await step.all(app, AT_ONCE, async (index) => keeping(copies[index] ?? browser));

    expect(answers.filter(({ status }) => ![200, 401, 503].includes(status))).toEqual([]);
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    const inside = await Promise.all(copies.map((copy) => isIn(copy)));
    expect(inside.map((yes, index) => yes === (answers[index]?.status === 200))).not.toContain(false);
    expect(await app.service.listSignIns(subject)).toHaveLength(1);
  });

  it('[ASVS 7.4.1] keeps nobody whom the owner signs out at the same moment', async () => {
    const { email, browser, subject } = await someone();
    for (let round = 0; round < ROUNDS; round += 1) {
      const thief = copyOf(app, browser);
      const owner = app.client();
      await signIn(owner, { email });

      const [kept, ended] = await step.all(app, 2, (index) =>
        index === round % 2 ? keeping(thief) : owner.post(PATH, { json: {} }),
      );
      const [byThief, byOwner] = round % 2 === 0 ? [kept, ended] : [ended, kept];

      // Where the owner was first the thief is out; where the thief was, the owner's sign-in had ended by then.
      const isOwnerFirst = byOwner?.status === 200;
      expect([round, isOwnerFirst && (await isIn(thief))]).toEqual([round, false]);
      expect([round, [200, 401].includes(byThief?.status ?? 0), await isIn(owner)]).toEqual([round, true, false]);
      await app.service.endSignIns(subject);
      await signIn(browser, { email });
    }
  });

  it('keeps nobody whose sign-in the app ended at the same moment', async () => {
    const { email, browser, subject } = await someone();
    for (let round = 0; round < ROUNDS; round += 1) {
      const copy = copyOf(app, browser);
      await Promise.all([keeping(copy), app.service.endSignIns(subject)]);

      const live = await app.service.listSignIns(subject);
      expect([round, live.length, await isIn(copy)]).toEqual([round, 0, false]);
      await signIn(browser, { email });
    }
  });

  it('[PRJ 7] says nothing of success where the store was away, and ends all or nothing', async () => {
    const { browser, subject } = await someone();
    const phone = copyOf(app, browser);
    for (const json of [{}, { keepThisBrowser: true }]) {
      for (const method of ['transaction', 'update', 'increment'] as const) {
        faulty.failNext(method);
        expect(await browser.post(PATH, { json })).toMatchObject({ status: 503, setCookies: [] });
      }
      faulty.setGone(true);
      expect(await browser.post(PATH, { json })).toMatchObject({ status: 503, setCookies: [] });
      faulty.setGone(false);
    }

    expect([await isIn(browser), await isIn(phone)]).toEqual([true, true]);
    expect(await app.service.listSignIns(subject)).toHaveLength(1);
    expect(await keeping(browser)).toMatchObject({ status: 200, body: { ended: 0 } });
  });
});
