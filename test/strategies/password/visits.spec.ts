import { afterEach, describe, expect, it } from '@jest/globals';
import { Controller, Get, UseGuards } from '@nestjs/common';
import { defineResource, SessionUserGuard, type Row } from '../../../lib/index.js';
import { argon2id } from '../../../lib/hash-providers/argon2/index.js';
import { HashQueue, password, type PasswordOptions } from '../../../lib/strategies/password/index.js';
import {
  authTestApp,
  Outbox,
  type AuthTestApp,
  type Client,
  type ClientAnswer,
  type Platform,
} from '../../../lib/testing/index.js';
import { FakeHashProvider } from './fake-hash-provider.js';
import { GatedHashProvider } from './gated-hash-provider.js';
import { ADA, RIGHT, typed, WRONG } from './setup.js';

interface User {
  readonly id: string;
  readonly email: string;
  readonly name: string | null;
}

const NEW = 'an other passphrase';
const AUTH = '/auth/user/password';

@Controller()
class HomeController {
  @UseGuards(SessionUserGuard)
  @Get('home')
  home(): string {
    return 'home';
  }
}

describe.each<Platform>(['express', 'fastify'])('a visitor with a password, on %s,', (platform) => {
  const opened: AuthTestApp[] = [];
  afterEach(async () => {
    for (const app of opened.splice(0)) await app.close();
  });

  async function visit(options: Partial<PasswordOptions<User>> = {}) {
    const outbox = new Outbox();
    const strategy = password<User>({
      identityField: 'email',
      accept: ['name'],
      resettable: { sender: outbox, page: '/reset' },
      signInTokens: {},
      ...options,
    });
    const users = defineResource<User>({
      subjectName: 'user',
      table: 'users',
      fields: { name: { kind: 'text', nullable: true } },
      strategies: [strategy],
    });
    const app = await authTestApp({ platform, resources: [users], controllers: [HomeController] });
    opened.push(app);
    const hashOf = async (email: string) => (await app.data.findOne(users.model, { email }))?.['passwordHash'];
    return { app, outbox, hashOf, users, browser: app.client() };
  }

  const register = (browser: Client, email = ADA) =>
    browser.post(`${AUTH}/register`, { json: { email, ...typed(RIGHT) } });
  const signIn = (browser: Client, value = RIGHT, email = ADA) =>
    browser.post(`${AUTH}/sign-in`, { json: { email, password: value } });
  const isIn = async (browser: Client) => (await browser.get('/home')).status === 200;
  const tokenIn = (outbox: Outbox) => outbox.last(ADA).link?.searchParams.get('token') ?? '';

  it('registers, is signed in, and finds the extra field on the user', async () => {
    const { browser } = await visit();
    const answer = await browser.post(`${AUTH}/register`, {
      json: { email: 'Ada@EXAMPLE.com', name: 'Ada', ...typed(RIGHT) },
    });

    expect(answer).toMatchObject({ status: 200, body: { user: { email: ADA, name: 'Ada' } } });
    expect(await isIn(browser)).toBe(true);
  });

  it('registers by a form', async () => {
    const { browser } = await visit();

    expect((await browser.post(`${AUTH}/register`, { form: { email: ADA, ...typed(RIGHT) } })).status).toBe(200);
    expect(await isIn(browser)).toBe(true);
  });

  it('[ASVS 14.2.6] sees no hash in any answer', async () => {
    const { app, browser } = await visit();
    const answers = [await register(browser), await signIn(app.client()), await register(app.client())];

    for (const { text } of answers) expect(text).not.toMatch(/hash|argon2/i);
    expect(app.logged.join('\n')).not.toMatch(/argon2id|correct horse/);
  });

  it('is told by the field that an address is taken, in any spelling', async () => {
    const { app, browser } = await visit();
    await register(browser);

    const second = await register(app.client(), 'ADA@example.COM');

    expect(second).toMatchObject({ status: 422, body: { problems: [{ field: 'email', code: 'taken' }] } });
  });

  it('is told every missing field at once', async () => {
    const { browser } = await visit();
    const answer = await browser.post(`${AUTH}/register`, { json: { email: ADA } });

    expect(answer).toMatchObject({
      status: 422,
      body: { problems: [{ field: 'password' }, { field: 'passwordConfirmation', code: 'required' }] },
    });
  });

  it('signs in from another device, each with a sign-in of its own', async () => {
    const { app, browser } = await visit();
    await register(browser);
    const phone = app.client();

    expect(await signIn(phone)).toMatchObject({ body: { user: { email: ADA } } });
    await phone.post('/auth/user/session/sign-out', { json: {} });

    expect([await isIn(browser), await isIn(phone)]).toEqual([true, false]);
  });

  it('[ASVS 6.3.8] gets the same answer for a wrong password, an unknown user and a user without one', async () => {
    const { app, browser, users } = await visit();
    await register(browser);
    const row: Row = { id: 'oauth', email: 'oauth@example.com', name: null, passwordHash: null };
    await app.data.insert(users.model, row);

    const answers = [];
    for (const email of [ADA, 'nobody@example.com', 'oauth@example.com']) {
      const { status, text, headers, setCookies } = await signIn(app.client(), WRONG, email);
      const kept = [...headers].filter(([name]) => !['date', 'content-length', 'etag'].includes(name));
      answers.push({ status, text, kept, setCookies });
    }

    expect(answers[0]?.status).toBe(401);
    expect(answers[1]).toEqual(answers[0]);
    expect(answers[2]).toEqual(answers[0]);
  });

  it('[ASVS 6.2.9] gets a quick refusal for a password beyond the bound, in every phase', async () => {
    const { browser } = await visit();
    await register(browser);
    const long = 'x'.repeat(1025);
    const bodies = {
      register: { email: 'b@example.com', ...typed(long) },
      'sign-in': { email: ADA, password: long },
      change: { currentPassword: long, ...typed(NEW) },
      reset: { resetToken: 'x', ...typed(long) },
    };

    for (const [phase, json] of Object.entries(bodies)) {
      const answer = await browser.post(`${AUTH}/${phase}`, { json });
      expect(answer).toMatchObject({ status: 422, body: { code: 'ERR_INVALID_INPUT' } });
    }
  });

  it('[ASVS 6.2.3] changes the password: this device stays in by a new cookie, all others are out', async () => {
    const { app, browser } = await visit();
    await register(browser);
    const phone = app.client();
    await signIn(phone);
    const before = new Map(browser.cookies);

    const json = { currentPassword: RIGHT, ...typed(NEW) };
    expect((await browser.post(`${AUTH}/change`, { json })).status).toBe(200);

    expect([await isIn(browser), await isIn(phone)]).toEqual([true, false]);
    expect(browser.cookies).not.toEqual(before);
    expect((await signIn(app.client())).status).toBe(401);
    expect((await signIn(app.client(), NEW)).status).toBe(200);
  });

  it('[ASVS 6.2.2] changes nothing without a sign-in, nor with a wrong present password', async () => {
    const { app, browser } = await visit();
    await register(browser);
    const change = (client: Client, currentPassword: string) =>
      client.post(`${AUTH}/change`, { json: { currentPassword, ...typed(NEW) } });

    expect(await change(app.client(), RIGHT)).toMatchObject({ status: 401, body: { code: 'ERR_SIGN_IN_REQUIRED' } });
    expect(await change(browser, WRONG)).toMatchObject({ status: 401, body: { code: 'ERR_AUTHENTICATION_FAILED' } });

    expect(await isIn(browser)).toBe(true);
    expect((await signIn(app.client())).status).toBe(200);
  });

  it('[ASVS 6.4.3] resets the password by the mailed link, once, is not signed in by it, and is out everywhere', async () => {
    const { app, browser, outbox } = await visit();
    await register(browser);
    const other = app.client();
    await other.post(`${AUTH}/reset-request`, { json: { email: ADA } });
    await app.idle();
    expect(String(outbox.last(ADA).link)).toMatch(/^http:\/\/localhost:3000\/reset\?token=/);

    const json = { resetToken: tokenIn(outbox), ...typed(NEW) };
    const answer = await other.post(`${AUTH}/reset`, { json });
    expect(answer.status).toBe(200);
    expect(answer.setCookies).toEqual([]);
    expect([await isIn(other), await isIn(browser)]).toEqual([false, false]);
    expect(await other.post(`${AUTH}/reset`, { json })).toMatchObject({ body: { code: 'ERR_INVALID_TOKEN' } });

    expect((await signIn(other)).status).toBe(401);
    expect((await signIn(other, NEW)).status).toBe(200);
  });

  it('[ASVS 6.3.8] asks for a reset and cannot tell a known address from an unknown one', async () => {
    const { app, browser, outbox } = await visit();
    await register(browser);
    const answers = [];
    for (const email of [ADA, 'nobody@example.com']) {
      const { status, text } = await app.client().post(`${AUTH}/reset-request`, { json: { email } });
      answers.push({ status, text });
    }
    await app.idle();

    expect(answers[1]).toEqual(answers[0]);
    expect(outbox.messages.map(({ to }) => to)).toEqual([ADA]);
  });

  it('[ASVS 6.5.5] finds a link dead after 30 minutes, after a newer one, and after a change of password', async () => {
    const { app, browser, outbox } = await visit();
    await register(browser);
    const request = async () => {
      await browser.post(`${AUTH}/reset-request`, { json: { email: ADA } });
      await app.idle();
      return tokenIn(outbox);
    };
    const reset = (resetToken: string) =>
      app.client().post(`${AUTH}/reset`, { json: { resetToken, ...typed('yet one more phrase') } });

    const [first, second] = [await request(), await request()];
    expect(await reset(first)).toMatchObject({ status: 422, body: { code: 'ERR_INVALID_TOKEN' } });
    await browser.post(`${AUTH}/change`, { json: { currentPassword: RIGHT, ...typed(NEW) } });
    expect(await reset(second)).toMatchObject({ status: 422, body: { code: 'ERR_INVALID_TOKEN' } });
    const third = await request();
    app.clock.advance(30 * 60 + 6);
    expect(await reset(third)).toMatchObject({ status: 422, body: { code: 'ERR_INVALID_TOKEN' } });

    expect((await signIn(app.client(), NEW)).status).toBe(200);
  });

  it('keeps the link when the new password is refused', async () => {
    const { app, browser, outbox } = await visit();
    await register(browser);
    await browser.post(`${AUTH}/reset-request`, { json: { email: ADA } });
    await app.idle();
    const reset = (value: string) =>
      app.client().post(`${AUTH}/reset`, { json: { resetToken: tokenIn(outbox), ...typed(value) } });

    for (const bad of ['short', 'password1', 'ada lovelace']) {
      expect(await reset(bad)).toMatchObject({ status: 422, body: { code: 'ERR_INVALID_INPUT' } });
    }
    expect((await reset(NEW)).status).toBe(200);
  });

  it('[ASVS 6.5.1] resets once of ten parallel times', async () => {
    const { app, browser, outbox } = await visit();
    await register(browser);
    await browser.post(`${AUTH}/reset-request`, { json: { email: ADA } });
    await app.idle();
    const resetToken = tokenIn(outbox);

    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        app.client().post(`${AUTH}/reset`, { json: { resetToken, ...typed(`a new password, ${index}`) } }),
      ),
    );

    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  });

  it('signs in with a token that code was given for the password, once, within a minute', async () => {
    const { app, browser } = await visit();
    await register(browser);
    const issue = async () => {
      const { user, token, result } = await app.service.perform(['password', 'issue-sign-in-token'], {
        email: ADA,
        password: RIGHT,
      });
      expect([user, token]).toEqual([null, null]);
      return result?.['token'];
    };
    const redeem = (client: Client, token: unknown) => client.post(`${AUTH}/sign-in-with-token`, { json: { token } });

    const [token, page] = [await issue(), app.client()];
    expect(await redeem(page, token)).toMatchObject({ status: 200, body: { user: { email: ADA } } });
    expect(await isIn(page)).toBe(true);
    expect(await redeem(app.client(), token)).toMatchObject({ body: { code: 'ERR_INVALID_TOKEN' } });

    const late = await issue();
    app.clock.advance(66);
    expect(await redeem(app.client(), late)).toMatchObject({ body: { code: 'ERR_INVALID_TOKEN' } });
  });

  it('finds no route for sign-in tokens, for a closed registration, nor by GET', async () => {
    const { browser } = await visit({ registration: 'closed' });
    const json = { email: ADA, password: RIGHT };

    expect((await browser.post(`${AUTH}/issue-sign-in-token`, { json })).status).toBe(404);
    expect((await browser.post(`${AUTH}/register`, { json })).status).toBe(404);
    for (const phase of ['sign-in', 'sign-in-with-token', 'reset', 'reset-request', 'change']) {
      expect((await browser.get(`${AUTH}/${phase}`)).status).toBe(405);
    }
  });

  it('[ASVS 15.2.2] gets a 503 with Retry-After where the hash queue is full, and pages without delay', async () => {
    const hashProvider = new GatedHashProvider(new FakeHashProvider());
    const hashQueue = new HashQueue({ parallel: 1, maxWaiting: 3, maxWaitSeconds: 60 });
    const { app, browser } = await visit({ hashProvider, hashQueue });
    hashProvider.shut();
    const answers: ClientAnswer[] = [];
    const flood = Array.from({ length: 30 }, async (_, index) => {
      answers.push(await signIn(app.client(), WRONG, `nobody${index}@example.com`));
    });

    while (answers.length < 26) expect((await browser.get('/home')).status).toBe(401);
    for (const { status, headers, setCookies } of answers) {
      expect([status, headers.get('retry-after'), setCookies]).toEqual([503, '5', []]);
    }
    hashProvider.open();
    await Promise.all(flood);

    expect(answers.slice(26).map(({ status }) => status)).toEqual([401, 401, 401, 401]);
  });

  it('[ASVS 11.2.2] gets a hash with the present parameters when signing in', async () => {
    const { app, hashOf, users } = await visit({ hashProvider: argon2id({ memoryKib: 20_000 }) });
    const row: Row = { id: 'old', email: ADA, name: null, passwordHash: await argon2id().hash(RIGHT) };
    await app.data.insert(users.model, row);

    expect((await signIn(app.client())).status).toBe(200);
    await app.idle();

    expect(await hashOf(ADA)).toMatch(/m=20000/);
    expect((await signIn(app.client())).status).toBe(200);
  });
});
