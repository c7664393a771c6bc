import { afterEach, describe, expect, it } from '@jest/globals';
import type { Platform } from 'nest-auth-plug/testing';
import {
  ADA,
  addresses,
  addUser,
  ask,
  BOB,
  follow,
  NEW,
  pathOf,
  press,
  refusal,
  rowsOfTokens,
  whoIsIn,
  type Addressee,
  type MailedApp,
} from '../../rooms/mailed-app.js';
import { allHooks, SERIES_COOKIE } from '../../rooms/all-hooks.js';
import { CODE } from '../../rooms/rooms-app.js';
import { secondFactor } from '../../rooms/second-factor.js';
import { signInRows } from '../../security/visit.js';
import {
  AUTH,
  codeApp,
  codeFor,
  codeTo,
  enter,
  FLOW_COOKIE,
  flowIn,
  REFUSED,
  REQUEST,
  WRONG,
  type CodeAppOptions,
} from './setup.js';

describe.each<Platform>(['express', 'fastify'])('a visitor with a mailed code, on %s,', (platform) => {
  let app: MailedApp;
  afterEach(() => app.close());

  async function visit(options: CodeAppOptions = {}) {
    app = await codeApp({ platform, ...options });
    await addUser(app);
    return app.client();
  }

  it('asks for one, gets it at the address on record, types it and is signed in', async () => {
    const browser = await visit();

    const asked = await ask(app, browser, REQUEST, 'Ada@EXAMPLE.com');
    expect(asked).toMatchObject({ status: 200, body: { flow: expect.any(String) } });
    expect(app.outbox.last(ADA)).toMatchObject({ purpose: 'otp', to: ADA, user: { email: ADA }, tenant: null });
    const code = codeTo(app);
    expect(code).toMatch(/^[A-HJ-KM-NP-RT-Y]{6}$/);
    expect(asked.text).not.toContain(code);

    expect(await enter(browser, code)).toMatchObject({ status: 200, body: { user: { email: ADA } } });
    expect(await browser.get('/in')).toMatchObject({ body: { email: ADA, methods: ['mail'] } });
  });

  it('may type it in lower case, with blanks around it', async () => {
    const browser = await visit();

    expect(await enter(browser, ` ${(await codeFor(app, browser)).toLowerCase()} `)).toMatchObject({ status: 200 });
  });

  it('may not where the app says that case counts, but blanks never do', async () => {
    const browser = await visit({ code: { caseSensitive: true } });
    const code = await codeFor(app, browser);

    expect(refusal(await enter(browser, code.toLowerCase()))).toEqual(REFUSED);
    expect(await enter(browser, ` ${code}`)).toMatchObject({ status: 200 });
  });

  it('is refused with a wrong one, and may try again', async () => {
    const browser = await visit();
    const code = await codeFor(app, browser);

    expect(refusal(await enter(browser, WRONG))).toEqual(REFUSED);
    expect(await whoIsIn(browser)).toBeNull();
    expect(await enter(browser, code)).toMatchObject({ status: 200 });
  });

  it('[ASVS 6.5.1] is signed in by it once', async () => {
    const browser = await visit();
    const code = await codeFor(app, browser);

    expect(await enter(browser, code)).toMatchObject({ status: 200 });
    expect(refusal(await enter(browser, code))).toEqual(REFUSED);
    expect(await signInRows(app)).toHaveLength(1);
  });

  it('[ASVS 6.6.2] is signed in by it in the browser that asked, and in no other', async () => {
    const browser = await visit();
    const code = await codeFor(app, browser);
    const other = app.client();

    expect(refusal(await enter(other, code))).toEqual(REFUSED);
    expect(refusal(await enter(app.client(), code, { flow: 'made up' }))).toEqual(REFUSED);
    await ask(app, other, REQUEST, NEW);
    expect(refusal(await enter(other, code))).toEqual(REFUSED);
    expect(await enter(browser, code)).toMatchObject({ status: 200 });
  });

  it('needs no cookie where it sends the flow along', async () => {
    await visit();
    const flow = flowIn(await ask(app, app.client(), REQUEST));

    expect(await enter(app.client(), codeTo(app), { flow })).toMatchObject({
      status: 200,
      body: { user: { email: ADA } },
    });
  });

  it('[ASVS 6.6.2] finds the code of one flow worth nothing in another, of the same account or not', async () => {
    const browser = await visit();
    await addUser(app, BOB);
    const bobs = app.client();
    const code = await codeFor(app, browser);
    await codeFor(app, bobs, BOB);
    const flow = browser.cookies.get(FLOW_COOKIE) ?? '';

    expect(refusal(await enter(bobs, code))).toEqual(REFUSED);
    expect(await enter(app.client(), code, { flow })).toMatchObject({ status: 200, body: { user: { email: ADA } } });
  });

  it('[ASVS 6.5.5] has ten minutes for it', async () => {
    const browser = await visit();
    const code = await codeFor(app, browser);
    app.clock.advance(600);
    expect(refusal(await enter(browser, code))).toEqual(REFUSED);

    const next = await codeFor(app, browser);
    app.clock.advance(599);
    expect(await enter(browser, next)).toMatchObject({ status: 200 });
  });

  it('[ASVS 6.5.5] signs in by the newest alone, whichever browser asked', async () => {
    const browser = await visit();
    const other = app.client();
    const first = await codeFor(app, browser);
    const second = await codeFor(app, other);

    expect(refusal(await enter(browser, first))).toEqual(REFUSED);
    expect(await enter(other, second)).toMatchObject({ status: 200 });
  });

  it('[ASVS 6.3.8] is told the same with an account and without, at each step', async () => {
    const browser = await visit();
    const known = await ask(app, browser, REQUEST);
    const stranger = app.client();
    const unknown = await ask(app, stranger, REQUEST, NEW);

    const shape = (answer: typeof known) => ({
      status: answer.status,
      names: Object.keys(answer.body ?? {}),
      length: flowIn(answer).length,
      cookies: answer.setCookies.map((cookie) => cookie.replace(/=[^;]*/, '')),
    });
    expect(shape(unknown)).toEqual(shape(known));
    expect(app.outbox.messages.map(({ to }) => to)).toEqual([ADA]);
    expect(refusal(await enter(stranger, WRONG))).toEqual(refusal(await enter(browser, WRONG)));
    expect(refusal(await enter(stranger, codeTo(app)))).toEqual(REFUSED);
    const [its, ours] = [await stranger.get(AUTH), await browser.get(AUTH)];
    expect(its.text.replace('n••', 'a••')).toBe(ours.text);
    expect(await addresses(app)).toEqual([ADA]);
  });

  it('[ASVS 3.5.3] [ASVS 7.6.2] opens the mailed link as often as scanners do, and uses nothing up', async () => {
    const browser = await visit();
    const code = await codeFor(app, browser);
    const path = pathOf(app.outbox.last(ADA).link);
    expect(path).toBe(`${AUTH}?otp=${code}`);

    for (const headers of [{}, { 'sec-purpose': 'prefetch' }]) {
      for (const method of ['GET', 'HEAD']) {
        for (const visitor of [app.client(), browser]) {
          expect(await visitor.request(method, path, { headers })).toMatchObject({ status: 200, setCookies: [] });
        }
      }
    }
    expect(await signInRows(app)).toEqual([]);

    const page = await follow(app, browser);
    expect(page.text).toContain(`value="${code}"`);
    expect(page.text).toContain('a••@example.com');
    expect(page.text).not.toContain(ADA);
    expect(page.headers.get('referrer-policy')).toBe('no-referrer');
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(await press(browser, page)).toMatchObject({ status: 200, body: { user: { email: ADA } } });
  });

  it('finds a page to type the code on, and in a browser that asked for none what to do', async () => {
    const browser = await visit();
    const code = await codeFor(app, browser);

    expect((await app.client().get(`${AUTH}?otp=${code}`)).text).toMatch(/in the browser in which you asked/);
    expect((await app.client().get(`${AUTH}?otp=${code}`)).text).not.toContain(code);
    expect(await press(browser, await browser.get(AUTH), { otp: code })).toMatchObject({ status: 200 });
  });

  it.each([
    ['digits', /<input[^>]*inputmode="numeric"[^>]*autocomplete="one-time-code"/],
    ['unambiguous-alphanumeric', /<input[^>]*type="text"[^>]*autocomplete="one-time-code"/],
  ] as const)('gets the keys of the telephone that %s need', async (characters, input) => {
    const browser = await visit({ code: { characters } });
    await codeFor(app, browser);

    expect((await browser.get(AUTH)).text).toMatch(input);
  });

  it('is signed in in place of whoever was in this browser, and nobody is merged', async () => {
    const browser = await visit();
    await addUser(app, BOB);
    await enter(browser, await codeFor(app, browser));
    expect(await whoIsIn(browser)).toBe(ADA);
    app.clock.advance(1); // rows are in the order of their times

    expect(await enter(browser, await codeFor(app, browser, BOB))).toMatchObject({ status: 200 });

    expect(await whoIsIn(browser)).toBe(BOB);
    expect(await signInRows(app)).toMatchObject([{ endedAt: expect.any(Date) }, { endedAt: null }]);
    expect(await addresses(app)).toEqual([ADA, BOB]);
  });

  it('is asked for a second factor, and the code is used up by then', async () => {
    const browser = await visit({ user: { strategies: [secondFactor<Addressee>()] } });
    await app.data.update(app.users.model, { email: ADA }, { factorCode: CODE });
    const code = await codeFor(app, browser);

    expect(await enter(browser, code)).toMatchObject({ status: 401, body: { code: 'ERR_SECOND_FACTOR_REQUIRED' } });
    expect(refusal(await enter(browser, code))).toEqual(REFUSED);
    await browser.post('/auth/user/second-factor/sign-in', { json: { code: CODE } });
    expect(await whoIsIn(browser)).toBe(ADA);
  });

  it('[ASVS 6.5.2] [ASVS 16.2.5] leaves no code in a row, in the log or in the flow', async () => {
    const browser = await visit();
    const asked = await ask(app, browser, REQUEST);
    const code = codeTo(app);
    await enter(browser, WRONG);
    await enter(browser, code);

    const [rows, log] = [JSON.stringify(await rowsOfTokens(app)), app.logged.join('\n')];
    expect(rows).toContain('digest');
    for (const text of [rows, log, flowIn(asked)]) expect(text).not.toContain(code);
  });

  it('has what it wished for when it asked, and not when it typed', async () => {
    const browser = await visit({ user: { addOns: [allHooks<Addressee>()] } });
    for (const [asked, typed] of [
      ['on', {}],
      ['off', { rememberMe: 'on' }],
    ] as const) {
      browser.cookies.delete(SERIES_COOKIE);
      await browser.post(REQUEST, { json: { email: ADA, rememberMe: asked } });
      await app.idle();
      expect(await enter(browser, codeTo(app), typed)).toMatchObject({ status: 200 });
      expect(browser.cookies.has(SERIES_COOKIE)).toBe(asked === 'on');
    }
  });

  it('[ASVS 3.5.1] is not signed in by a form on another site', async () => {
    const browser = await visit();
    const code = await codeFor(app, browser);

    const headers = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' };
    expect(await browser.post(`${AUTH}/sign-in`, { form: { otp: code }, headers })).toMatchObject({ status: 403 });
    expect(await enter(browser, code)).toMatchObject({ status: 200 });
  });

  it('finds a page of the app behind the link where there is one, and no link where there is none', async () => {
    const browser = await visit({ code: { page: '/code' } });
    const code = await codeFor(app, browser);
    expect(pathOf(app.outbox.last(ADA).link)).toBe(`/code?otp=${code}`);
    expect((await browser.get(AUTH)).status).toBe(404);
    await app.close();

    const other = await visit({ code: { routes: { page: { enabled: false } } } });
    expect(await codeFor(app, other)).toHaveLength(6);
    expect(app.outbox.last(ADA).link).toBeUndefined();
  });
});
