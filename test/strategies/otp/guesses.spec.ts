import { afterEach, describe, expect, it } from '@jest/globals';
import { memoryDataLayer } from 'nest-auth-plug/adapters/memory';
import type { Client, Platform } from 'nest-auth-plug/testing';
import { inStep } from '../../rooms/in-step.js';
import { ADA, addUser, BOB, NEW, refusal, type MailedApp } from '../../rooms/mailed-app.js';
import { codeApp, codeFor, enter, REFUSED, WRONG, type CodeAppOptions } from './setup.js';

describe.each<Platform>(['express', 'fastify'])('guesses at a code, on %s,', (platform) => {
  let app: MailedApp;
  afterEach(() => app.close());

  const DAY = 24 * 3600;
  const messages = [{ limit: 100, windowSeconds: 900 }];

  /** With the limits that an app has, but for messages. */
  async function visit(options: CodeAppOptions = {}): Promise<Client> {
    const limits = { messagesPerIdentity: messages, messagesPerAddress: messages };
    app = await codeApp({ platform, user: { limits }, ...options });
    await addUser(app);
    return app.client();
  }

  async function guess(browser: Client, times: number): Promise<readonly number[]> {
    const statuses = [];
    for (let count = 0; count < times; count += 1) statuses.push((await enter(browser, WRONG)).status);
    return statuses;
  }

  it('[ASVS 6.6.3] leave the right one worth nothing after five, and a new one is good', async () => {
    const browser = await visit();
    const code = await codeFor(app, browser);

    expect(await guess(browser, 5)).toEqual([422, 422, 422, 422, 422]);
    expect(refusal(await enter(browser, code))).toEqual(REFUSED);
    expect(await enter(browser, await codeFor(app, browser))).toMatchObject({ status: 200 });
  });

  it('[ASVS 6.6.3] are five at a code, also where a day ends in between', async () => {
    const browser = await visit();
    app.clock.advance(DAY - 60);
    const code = await codeFor(app, browser);

    expect(await guess(browser, 4)).toEqual([422, 422, 422, 422]);
    app.clock.advance(120);
    expect(await guess(browser, 1)).toEqual([422]);
    expect(refusal(await enter(browser, code))).toEqual(REFUSED);
  });

  it('[ASVS 6.6.3] are right at the fifth time', async () => {
    const browser = await visit();
    const code = await codeFor(app, browser);

    await guess(browser, 4);
    expect(await enter(browser, code)).toMatchObject({ status: 200 });
  });

  it('[ASVS 6.3.1] [ASVS 6.6.3] are ten at one account, however many codes and browsers they are made with', async () => {
    await visit();
    const statuses = [];
    for (let round = 0; round < 3; round += 1) {
      const browser = app.client();
      await codeFor(app, browser);
      statuses.push(...(await guess(browser, 4)));
    }
    expect(statuses).toEqual([...Array<number>(10).fill(422), 429, 429]);

    const browser = app.client();
    expect(await enter(browser, await codeFor(app, browser))).toMatchObject({ status: 429 });
  });

  it('[ASVS 6.3.1] are ten at an address without an account as well', async () => {
    await visit({ code: { registration: 'open' } });
    const statuses = [];
    for (let round = 0; round < 3; round += 1) {
      const browser = app.client();
      await codeFor(app, browser, NEW);
      statuses.push(...(await guess(browser, 4)));
    }

    expect(statuses.slice(9)).toEqual([422, 429, 429]);
  });

  it('[ASVS 6.1.1] of strangers do not keep a device out that signed in before, nor another account', async () => {
    const browser = await visit();
    await addUser(app, BOB);
    await enter(browser, await codeFor(app, browser));
    for (let round = 0; round < 3; round += 1) {
      const stranger = app.client();
      await codeFor(app, stranger);
      await guess(stranger, 4);
    }

    expect(await enter(browser, await codeFor(app, browser))).toMatchObject({ status: 200 });
    const bobs = app.client();
    expect(await enter(bobs, await codeFor(app, bobs, BOB))).toMatchObject({ status: 200 });
  });

  it('begin anew once one was right', async () => {
    const browser = await visit();
    for (let round = 0; round < 3; round += 1) {
      const code = await codeFor(app, browser);
      await guess(browser, 4);
      expect(await enter(browser, code)).toMatchObject({ status: 200 });
      browser.cookies.clear();
    }
  });

  it('[ASVS 15.4.2] reach the comparison five at a time at most, however many come at once', async () => {
    let codes = 0;
    let compared = 0;
    const generator = {
      generate: () => `code ${(codes += 1)}`,
      normalise: (typed: string) => (typed === WRONG && (compared += 1), typed),
    };
    const step = inStep(memoryDataLayer());
    const browser = await visit({ user: {}, code: { generator }, dataLayer: step.dataLayer });
    const code = await codeFor(app, browser);

    const answers = await step.all(app, 100, () => enter(browser, WRONG));

    for (const answer of answers) expect(refusal(answer)).toEqual(REFUSED);
    expect(compared).toBe(5);
    expect(refusal(await enter(browser, code))).toEqual(REFUSED);
  });

  it('[ASVS 2.4.1] cost three mails in a quarter of an hour', async () => {
    const browser = await visit({ user: { limits: {} } });
    const ask = async (email: string) => (await browser.post('/auth/user/otp/request', { json: { email } })).status;

    for (const email of [ADA, NEW]) {
      expect([await ask(email), await ask(email), await ask(email), await ask(email)]).toEqual([200, 200, 200, 429]);
    }
    await app.idle();
    expect(app.outbox.messages).toHaveLength(3);
  });
});
