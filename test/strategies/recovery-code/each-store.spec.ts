import { expect, it } from '@jest/globals';
import type { Client, ClientAnswer, Platform } from 'nest-auth-plug/testing';
import { copyOf } from '../../rooms/browsing.js';
import { describeEachStore } from '../../stores/each-store.js';
import { peopleOnEach } from '../../stores/people-on-each.js';
import {
  codeAt,
  CODES,
  codesApp,
  enrol,
  FACTOR_CODE,
  generate,
  REFUSED,
  signIn,
  signInWith,
  textIn,
  type,
  type CodesApp,
} from './codes-app.js';

const AT_ONCE = 50;

describeEachStore('recovery codes', (store) => {
  const people = peopleOnEach(store, codesApp);
  const { together } = people;
  /** With a second factor, and a set of codes. */
  async function someone(platform?: Platform) {
    const one = await people.someone(platform);
    await enrol(one.browser);
    return { ...one, codes: await generate(one.browser) };
  }
  const rowsOf = async (app: CodesApp, subject: string) =>
    (await app.rows()).filter((row) => row['subject'] === subject);

  it.each<Platform>(['express', 'fastify'])('are made, used, counted and replaced on %s', async (platform) => {
    const { app, browser, email, codes, subject } = await someone(platform);
    expect(await rowsOf(app, subject)).toHaveLength(10);

    const other = app.client();
    expect(await signInWith(other, codeAt(codes, 9).toLowerCase(), email)).toMatchObject({ status: 200 });
    expect(await signInWith(app.client(), codeAt(codes, 9), email)).toMatchObject(REFUSED);
    expect(await type(browser, 'verify', codeAt(codes, 0))).toMatchObject({ status: 200 });
    expect(await browser.get(`${CODES}/status`)).toMatchObject({ body: { codesLeft: 8 } });
    await generate(browser);
    expect(await signInWith(app.client(), codeAt(codes, 1), email)).toMatchObject(REFUSED);
    expect(await rowsOf(app, subject)).toHaveLength(10);
  });

  it('[ASVS 6.5.1] [ASVS 15.4.2] let one of fifty sign in by one code, each with a first step of its own', async () => {
    const { app, email, codes, subject } = await someone();
    const flows = await Promise.all(
      Array.from({ length: AT_ONCE }, async () => textIn(await signIn(app.client(), email), 'flow')),
    );

    const sends = flows.map((flow) => () => type(app.client(), 'sign-in', codeAt(codes, 0), { flow }));
    const answers = await together(app, sends);

    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    for (const answer of answers) if (answer.status !== 200) expect(answer).toMatchObject(REFUSED);
    expect(await rowsOf(app, subject)).toHaveLength(9);
  }, 60_000);

  it('[ASVS 6.5.1] [ASVS 15.4.2] let one of fifty go on where one code steps up and signs in at once', async () => {
    const { app, email, codes, subject } = await someone();
    const signedIn: Client[] = [];
    for (let count = 0; count < 10; count += 1) {
      const other = app.client();
      await signIn(other, email);
      await other.post('/auth/user/second-factor/sign-in', { json: { code: FACTOR_CODE } });
      signedIn.push(other);
    }
    const flows = await Promise.all(
      Array.from({ length: AT_ONCE - 10 }, async () => textIn(await signIn(app.client(), email), 'flow')),
    );

    const answers = await together(app, [
      ...signedIn.map((other) => () => type(other, 'verify', codeAt(codes, 0))),
      ...flows.map((flow) => () => type(app.client(), 'sign-in', codeAt(codes, 0), { flow })),
    ]);

    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    for (const answer of answers) if (answer.status !== 200) expect(answer).toMatchObject(REFUSED);
    expect(await rowsOf(app, subject)).toHaveLength(9);
  }, 60_000);

  it('[ASVS 6.5.1] are one set, however many are made at once', async () => {
    const { app, browser, email, subject } = await someone();
    const cookies = new Map(browser.cookies);
    const make = () => copyOf(app, { cookies }).post(`${CODES}/generate`, { json: {} });

    const answers = await together(
      app,
      Array.from({ length: 5 }, () => make),
    );

    const made = answers.filter(({ status }) => status === 200);
    expect(made).toHaveLength(1);
    expect(await rowsOf(app, subject)).toHaveLength(10);
    const [{ body }] = made as [ClientAnswer]; // there is one
    const { codes } = body as { codes: readonly string[] }; // that is what the room answers
    expect(await signInWith(app.client(), codeAt(codes, 0), email)).toMatchObject({ status: 200 });
  }, 60_000);
});
