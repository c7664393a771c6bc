import { afterEach, describe, expect, it } from '@jest/globals';
import { memoryDataLayer } from 'nest-auth-plug/adapters/memory';
import type { AuthTestApp, Client, Platform } from 'nest-auth-plug/testing';
import { signInsModel } from '../../lib/sessions/index.js';
import { FakeHashProvider } from '../strategies/password/fake-hash-provider.js';
import { faultyDataLayer } from '../faulty-data-layer.js';
import { PASSWORD, type User } from '../users.js';
import {
  ADA,
  holderOf,
  isIn,
  NO_LIMITS,
  opens,
  register,
  sessionOf,
  signIn,
  signInRows,
  tokenIn,
  visit,
  type VisitOptions,
} from './visit.js';

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const NEW = 'pear tree in the valley';
const typed = { password: NEW, passwordConfirmation: NEW };

describe.each<Platform>(['express', 'fastify'])('a sign-in on %s', (platform) => {
  let app: AuthTestApp;
  afterEach(() => app.close());

  async function arrive(options: VisitOptions = {}) {
    const visited = await visit(platform, options);
    ({ app } = visited);
    const browser = app.client();
    const registered = await register(browser);
    const { user } = registered.body as { user: User };
    return { ...visited, browser, token: tokenIn(registered), user, subject: app.service.userToSubject(user) };
  }

  const post = (browser: Client, path: string, json: object) => browser.post(`/auth/user/${path}`, { json });

  it('[ASVS 7.2.4] ends, cookie and token, when the same browser signs in again', async () => {
    const { browser, token } = await arrive();
    const old = sessionOf(browser);

    await signIn(browser);

    expect(sessionOf(browser)).not.toBe(old);
    expect([await isIn(browser), await isIn(holderOf(app, old)), await opens(app, token)]).toEqual([
      true,
      false,
      false,
    ]);
  });

  it('[ASVS 7.2.4] [ASVS 7.4.3] has new handles after a change of password, and every older one is dead', async () => {
    const { browser, token } = await arrive();
    const phone = app.client();
    const phoneToken = tokenIn(await signIn(phone));
    const old = sessionOf(browser);

    const changed = await post(browser, 'password/change', { currentPassword: PASSWORD, ...typed });

    expect(await isIn(browser)).toBe(true);
    expect(await opens(app, tokenIn(changed))).toBe(true);
    expect([await isIn(holderOf(app, old)), await isIn(phone)]).toEqual([false, false]);
    expect([await opens(app, token), await opens(app, phoneToken)]).toEqual([false, false]);
  });

  it('[ASVS 7.4.3] ends in all its handles after a reset', async () => {
    const { browser, token, outbox } = await arrive();
    await post(app.client(), 'password/reset-request', { email: ADA });
    await app.idle();

    const resetToken = outbox.last(ADA).link?.searchParams.get('token');
    expect(await post(app.client(), 'password/reset', { resetToken, ...typed })).toMatchObject({ status: 200 });

    expect([await isIn(browser), await opens(app, token)]).toEqual([false, false]);
  });

  it('[ASVS 7.3.1] [NIST §5.2] ends when nobody uses it for an hour where the resource says so, and writes once a minute at most', async () => {
    const { browser, token } = await arrive({ resource: { sessions: { idleLifetimeSeconds: HOUR } } });

    app.clock.advance(HOUR - 1);
    expect(await isIn(browser)).toBe(true);
    app.clock.advance(HOUR - 1);
    expect(await opens(app, token)).toBe(true);
    const seen = await signInRows(app);
    app.clock.advance(MINUTE / 2);
    await isIn(browser);
    expect(await signInRows(app)).toEqual(seen);
    app.clock.advance(HOUR);
    expect([await isIn(browser), await opens(app, token)]).toEqual([false, false]);
  });

  it('[ASVS 7.3.2] ends at its time, however busy it is kept', async () => {
    const sessions = { idleLifetimeSeconds: HOUR, absoluteLifetimeSeconds: 12 * HOUR };
    const { browser, token } = await arrive({ resource: { sessions } });

    for (let hours = 0; hours < 24; hours += 1) {
      app.clock.advance(HOUR / 2 - 1);
      expect(await isIn(browser)).toBe(true);
    }
    app.clock.advance(24);

    expect([await isIn(browser), await opens(app, token)]).toEqual([false, false]);
  });

  it('[ASVS 7.1.2] ends when there are more than the resource allows: the oldest first', async () => {
    const { browser } = await arrive({ resource: { sessions: { maxPerSubject: 3 } } });
    const others: Client[] = [];
    for (let count = 0; count < 3; count += 1) {
      app.clock.advance(1);
      const other = app.client();
      await signIn(other);
      others.push(other);
    }

    expect(await isIn(browser)).toBe(false);
    for (const other of others) expect(await isIn(other)).toBe(true);
  });

  it('[ASVS 7.4.1] ends with sign-out: the stolen cookie and the token as well', async () => {
    const { browser, token } = await arrive();
    const stolen = sessionOf(browser);

    const answer = await post(browser, 'session/sign-out', {});

    expect(answer.setCookies.join()).toMatch(
      /^__Host-user-session=; Max-Age=0; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
    );
    expect([await isIn(holderOf(app, stolen)), await opens(app, token)]).toEqual([false, false]);
  });

  it('[ASVS 7.4.1] ends by its token, and the cookie with it', async () => {
    const { browser, token } = await arrive();

    await app.client().post('/auth/user/session/sign-out', { json: {}, headers: { authorization: `Bearer ${token}` } });

    expect([await isIn(browser), await opens(app, token)]).toEqual([false, false]);
  });

  it('[ASVS 7.4.1] is nothing without its row', async () => {
    const { browser, token, subject } = await arrive();

    await app.data.forTenant('').delete(signInsModel, { subject });

    expect([await isIn(browser), await opens(app, token)]).toEqual([false, false]);
  });

  it('[ASVS 7.4.2] ends with its user, and an account made anew under the same key has none of it', async () => {
    const { browser, token, users, user } = await arrive();
    const row = await app.data.findOne(users.model, { id: user.id });
    if (row === null) throw new Error('the user was registered');

    await app.data.delete(users.model, { id: user.id });
    expect([await isIn(browser), await opens(app, token)]).toEqual([false, false]);
    await app.data.insert(users.model, { ...row, name: 'somebody else' });

    expect([await isIn(browser), await opens(app, token)]).toEqual([false, false]);
    expect(await signIn(app.client())).toMatchObject({ status: 200 });
  });

  it('[ASVS 7.4.2] ends when its user is disabled, and no way in is left, not even one that was begun before', async () => {
    const { browser, token, subject, outbox } = await arrive();
    await post(app.client(), 'password/reset-request', { email: ADA });
    await app.idle();

    await app.service.disable(subject);

    expect([await isIn(browser), await opens(app, token)]).toEqual([false, false]);
    expect(await signIn(app.client())).toMatchObject({ status: 401, setCookies: [] });
    const resetToken = outbox.last(ADA).link?.searchParams.get('token');
    expect(await post(app.client(), 'password/reset', { resetToken, ...typed })).toMatchObject({ status: 422 });
  });

  it('[ASVS 7.4.5] ends by a call of the app, with every other one of its user and of no other', async () => {
    const { browser, token, subject } = await arrive();
    const bea = app.client();
    await register(bea, 'bea@example.com');

    expect(await app.service.endSignIns(subject)).toBe(1);

    expect([await isIn(browser), await opens(app, token), await isIn(bea)]).toEqual([false, false, true]);
  });

  it('[ASVS 7.5.2] is in the list of its own user, and is ended by nobody else', async () => {
    const { browser } = await arrive();
    const phone = app.client();
    await signIn(phone);
    const bea = app.client();
    await register(bea, 'bea@example.com');
    const listed = await browser.get('/auth/user/session/list');
    const { signIns } = listed.body as { signIns: readonly { listId: string; current: boolean }[] };
    const other = signIns.find(({ current }) => !current)?.listId;

    expect(signIns).toHaveLength(2);
    const foreign = await post(bea, 'session/end', { listId: other ?? '' });
    const unknown = await post(bea, 'session/end', { listId: 'x'.repeat(22) });
    expect([foreign.status, foreign.text]).toEqual([404, unknown.text]);
    expect(await isIn(phone)).toBe(true);
    expect(await post(browser, 'session/end', { listId: other ?? '' })).toMatchObject({ status: 200 });
    expect([await isIn(phone), await isIn(browser)]).toEqual([false, true]);
  });

  it('[ASVS 7.5.2] is ended from the list by a fresh sign-in alone', async () => {
    const { browser } = await arrive();

    app.clock.advance(11 * MINUTE);
    const answer = await post(browser, 'session/end', { listId: 'others' });

    expect(answer).toMatchObject({ status: 403, body: { code: 'ERR_FRESH_SIGN_IN_REQUIRED' } });
  });

  it('[PRJ 7] is not said to be over where the store could not end it', async () => {
    const { adapter, setGone } = faultyDataLayer(memoryDataLayer());
    const { browser } = await arrive({ app: { dataLayer: adapter } });

    setGone(true);
    const answer = await post(browser, 'session/sign-out', {});
    setGone(false);

    expect(answer).toMatchObject({ status: 503, setCookies: [] });
    expect(await isIn(browser)).toBe(true);
  });

  it('[ASVS 15.4.1] belongs to whoever asked for it, of 200 who sign in at once', async () => {
    const { users } = await arrive({ resource: { limits: NO_LIMITS } });
    const passwordHash = new FakeHashProvider().of(PASSWORD);
    const emails = Array.from({ length: 200 }, (_, index) => `user-${index}@example.com`);
    for (const email of emails) await app.data.insert(users.model, { id: email, email, name: email, passwordHash });

    const visits = await Promise.all(
      emails.map(async (email) => {
        const browser = app.client();
        const answer = await signIn(browser, PASSWORD, email);
        const home = await browser.get('/home');
        const headers = { authorization: `Bearer ${tokenIn(answer)}` };
        const api = await app.client().get('/api', { headers });
        return [answer.body, home.body, api.body];
      }),
    );

    for (const [index, email] of emails.entries()) {
      expect(visits[index]).toMatchObject([{ user: { email } }, { email }, { email }]);
    }
  });
});
