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
import { CODE } from '../../rooms/rooms-app.js';
import { secondFactor } from '../../rooms/second-factor.js';
import { signInRows } from '../../security/visit.js';
import { AUTH, linkApp, linkFor, redeem, REFUSED, REQUEST, tokenTo, type LinkAppOptions } from './setup.js';

describe.each<Platform>(['express', 'fastify'])('a visitor with a mailed link, on %s,', (platform) => {
  let app: MailedApp;
  afterEach(() => app.close());

  async function visit(options: LinkAppOptions = {}) {
    app = await linkApp({ platform, ...options });
    return app.client();
  }

  it('asks for one, gets it at the address on record, and signs in by the button of its page', async () => {
    const browser = await visit();
    await addUser(app);

    expect(await ask(app, browser, REQUEST, 'Ada@EXAMPLE.com')).toMatchObject({
      status: 200,
      body: {},
      setCookies: [],
    });
    expect(app.outbox.messages).toHaveLength(1);
    expect(app.outbox.last(ADA)).toMatchObject({ purpose: 'magic-link', to: ADA, user: { email: ADA }, tenant: null });
    const page = await follow(app, browser);
    expect(await whoIsIn(browser)).toBeNull();

    expect(await press(browser, page)).toMatchObject({ status: 200, body: { user: { email: ADA } } });
    expect(await browser.get('/in')).toMatchObject({ body: { email: ADA, methods: ['mail'] } });
  });

  it('[ASVS 3.5.3] [ASVS 7.6.2] opens it as often as mail scanners do, by GET, HEAD and prefetch, and uses nothing up', async () => {
    const browser = await visit();
    await addUser(app);
    await ask(app, browser, REQUEST);
    const path = pathOf(app.outbox.last().link);

    for (const headers of [{}, { 'sec-purpose': 'prefetch' }, { purpose: 'prefetch', 'user-agent': 'scanner' }]) {
      for (const method of ['GET', 'HEAD']) {
        expect(await app.client().request(method, path, { headers })).toMatchObject({ status: 200, setCookies: [] });
      }
    }
    expect(await signInRows(app)).toEqual([]);

    const page = await follow(app, browser);
    expect(await press(browser, page)).toMatchObject({ status: 200 });
    expect(refusal(await press(app.client(), page))).toEqual(REFUSED);
    expect(refusal(await follow(app, browser))).toEqual(REFUSED);
  });

  it('[ASVS 14.2.1] finds a page that names the address in part, runs nothing and tells nobody its own address', async () => {
    const browser = await visit();
    await addUser(app);
    await ask(app, browser, REQUEST);

    const { text, headers } = await follow(app, browser);

    expect(text).toContain('a••@example.com');
    expect(text).not.toContain(ADA);
    expect(text).not.toMatch(/<script|https?:/);
    expect(headers.get('content-security-policy')).toMatch(/default-src 'none'.*form-action 'self'/);
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('content-type')).toMatch(/^text\/html/);
  });

  it('[ASVS 6.3.8] gets the same answer for an address without an account, and no mail goes out', async () => {
    const browser = await visit();
    await addUser(app);

    const known = await ask(app, browser, REQUEST);
    const unknown = await ask(app, browser, REQUEST, NEW);

    expect(refusal(unknown)).toEqual(refusal(known));
    expect(app.outbox.messages.map(({ to }) => to)).toEqual([ADA]);
    expect(await addresses(app)).toEqual([ADA]);
  });

  it('[ASVS 6.5.5] has ten minutes for it', async () => {
    const browser = await visit();
    await addUser(app);
    const token = await linkFor(app, ADA);

    app.clock.advance(599);
    expect(await browser.get(`${AUTH}?${new URLSearchParams({ token }).toString()}`)).toMatchObject({ status: 200 });
    app.clock.advance(1);
    expect(refusal(await redeem(browser, token))).toEqual(REFUSED);
    expect(refusal(await redeem(browser, await linkFor(app, ADA)))).toMatchObject({ status: 200 });
  });

  it('[ASVS 6.5.5] signs in by the newest alone', async () => {
    const browser = await visit();
    await addUser(app);
    const [first, second] = [await linkFor(app, ADA), await linkFor(app, ADA)];

    expect(refusal(await redeem(browser, first))).toEqual(REFUSED);
    expect(await redeem(browser, second)).toMatchObject({ status: 200 });
    expect(refusal(await redeem(browser, first))).toEqual(REFUSED);
  });

  it('is signed in in place of whoever was in this browser, and nobody is merged', async () => {
    const browser = await visit();
    await addUser(app);
    await addUser(app, BOB);
    await redeem(browser, await linkFor(app, ADA));
    const [adas] = await signInRows(app);
    app.clock.advance(1); // rows are in the order of their times
    expect(await whoIsIn(browser)).toBe(ADA);

    expect(await redeem(browser, await linkFor(app, BOB))).toMatchObject({
      status: 200,
      body: { user: { email: BOB } },
    });

    expect(await whoIsIn(browser)).toBe(BOB);
    expect(await signInRows(app)).toMatchObject([
      { id: adas?.['id'], endedAt: expect.any(Date) },
      { subject: 'user?id=id%20of%20bob%40example.com', methods: 'mail', endedAt: null },
    ]);
    expect(await addresses(app)).toEqual([ADA, BOB]);
  });

  it('finds its host in what the app says, and never in what the request says', async () => {
    const browser = await visit();
    await addUser(app);
    const headers = {
      'x-forwarded-host': 'evil.example',
      forwarded: 'host=evil.example',
      origin: 'http://localhost:3000',
    };
    await browser.post(REQUEST, { json: { email: ADA }, headers });
    await app.idle();

    const { link } = app.outbox.last(ADA);
    expect(link?.origin).toBe('http://localhost:3000');
    expect(link?.pathname).toBe(AUTH);
  });

  it('[ASVS 14.2.1] [ASVS 6.5.2] leaves no token in the log, nor in a row', async () => {
    const browser = await visit({ link: { registration: 'open' } });
    await addUser(app);
    for (const email of [ADA, NEW]) {
      const token = await linkFor(app, email);
      const rows = JSON.stringify(await rowsOfTokens(app));
      expect(rows).toContain(email);
      for (const part of [token, ...token.split('.')]) expect(rows).not.toContain(part);
      await redeem(browser, token);
      await redeem(browser, token);
      expect(app.logged.join('\n')).not.toContain(token.split('.')[2]);
    }
  });

  it('is asked for a second factor, and the link is used up by then', async () => {
    const browser = await visit({ user: { strategies: [secondFactor<Addressee>()] } });
    await addUser(app, ADA, { factorCode: CODE });
    const token = await linkFor(app, ADA);

    const asked = await redeem(browser, token);
    expect(asked).toMatchObject({ status: 401, body: { code: 'ERR_SECOND_FACTOR_REQUIRED' } });
    expect(await whoIsIn(browser)).toBeNull();
    expect(refusal(await redeem(app.client(), token))).toEqual(REFUSED);

    await browser.post('/auth/user/second-factor/sign-in', { json: { code: CODE } });
    expect(await whoIsIn(browser)).toBe(ADA);
  });

  it('[ASVS 3.5.1] is not signed in by a form on another site', async () => {
    const browser = await visit();
    await addUser(app);
    const token = await linkFor(app, ADA);

    const headers = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' };
    expect(await browser.post(`${AUTH}/sign-in`, { form: { token }, headers })).toMatchObject({ status: 403 });
    expect(await redeem(browser, token)).toMatchObject({ status: 200 });
  });

  it('finds a page of the app behind the link where there is one, and none of ours', async () => {
    const browser = await visit({ link: { page: '/welcome' } });
    await addUser(app);
    const token = await linkFor(app, ADA);

    expect(app.outbox.last(ADA).link?.pathname).toBe('/welcome');
    expect((await browser.get(`${AUTH}?token=${token}`)).status).toBe(404);
    expect(await redeem(browser, token)).toMatchObject({ status: 200 });
  });

  it('finds its routes where the app has put them, and its page posts there', async () => {
    const browser = await visit({
      link: { name: 'mail', routes: { page: { path: 'open' }, 'sign-in': { path: 'enter' } } },
    });
    await addUser(app);
    await ask(app, browser, '/auth/user/mail/request');

    expect(app.outbox.last(ADA)).toMatchObject({ purpose: 'magic-link', link: { pathname: '/auth/user/mail/open' } });
    expect(await press(browser, await follow(app, browser))).toMatchObject({ status: 200 });
    expect(await whoIsIn(browser)).toBe(ADA);
  });

  it('[ASVS 2.4.1] gets three mails in a quarter of an hour, and with an account or without it is told the same', async () => {
    const browser = await visit({ user: { limits: {} } });
    await addUser(app);

    const statuses = async (email: string) => {
      const answers = [];
      for (let count = 0; count < 4; count += 1) answers.push((await ask(app, browser, REQUEST, email)).status);
      return answers;
    };
    expect([await statuses(ADA), await statuses(NEW)]).toEqual([
      [200, 200, 200, 429],
      [200, 200, 200, 429],
    ]);
    expect(app.outbox.messages).toHaveLength(3);
    expect(await redeem(browser, tokenTo(app, ADA))).toMatchObject({ status: 200 });
  });
});
