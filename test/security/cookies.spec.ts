import { parseSetCookie } from 'cookie';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { AuthTestApp, ClientAnswer, Platform } from 'nest-auth-plug/testing';
import {
  ADA,
  comparable,
  DEVICE_COOKIE,
  holderOf,
  isIn,
  register,
  SESSION_COOKIE,
  sessionOf,
  signIn,
  signInRows,
  tokenIn,
  visit,
} from './visit.js';

const TWO_WEEKS = 14 * 24 * 60 * 60;
const BASE64URL_256 = /^[A-Za-z0-9_-]{43}$/;

function cookiesIn({ setCookies }: ClientAnswer) {
  return setCookies.map((header) => parseSetCookie(header));
}

describe.each<Platform>(['express', 'fastify'])('a session cookie on %s', (platform) => {
  let app: AuthTestApp;
  afterEach(() => app.close());

  it('[ASVS 3.3.1] [ASVS 3.3.2] [ASVS 3.3.3] is __Host-, Secure, HttpOnly, SameSite=Lax, for every path and no domain', async () => {
    ({ app } = await visit(platform));

    const cookies = cookiesIn(await register(app.client()));

    expect(cookies.map(({ name }) => name).toSorted()).toEqual([DEVICE_COOKIE, SESSION_COOKIE]);
    for (const cookie of cookies) {
      expect(cookie).toMatchObject({ path: '/', secure: true, httpOnly: true, sameSite: 'lax' });
      expect(cookie.domain).toBeUndefined();
    }
  });

  it('[NIST §5.1.1] ends with its sign-in, and holds 256 random bits and nothing else', async () => {
    ({ app } = await visit(platform));
    const browser = app.client();

    const session = cookiesIn(await register(browser)).find(({ name }) => name === SESSION_COOKIE);

    expect(session?.maxAge).toBe(TWO_WEEKS);
    expect(session?.value).toMatch(BASE64URL_256);
    expect(cookiesIn(await signIn(app.client())).find(({ name }) => name === SESSION_COOKIE)?.value).not.toBe(
      session?.value,
    );
  });

  it('[ASVS 3.3.4] is in Set-Cookie and nowhere else: no body, no header, no log, no list', async () => {
    ({ app } = await visit(platform, { app: { app: { debugRefusals: true } } }));
    const browser = app.client();
    const registered = await register(browser);
    const value = sessionOf(browser);

    const answers = [registered, await browser.get('/home'), await browser.get('/auth/user/session/list')];
    answers.push(await browser.post('/auth/user/session/sign-out', { json: {} }));

    for (const { text, headers } of answers) {
      const others = [...headers].filter(([name]) => name !== 'set-cookie');
      expect(text + JSON.stringify(others)).not.toContain(value);
    }
    expect(app.logged.join('\n')).not.toContain(value);
  });

  it('[ASVS 7.2.1] is never taken from the client: a chosen value signs nobody in and is replaced at sign-in', async () => {
    ({ app } = await visit(platform));
    await register(app.client());
    const chosen = 'x'.repeat(43);
    const browser = holderOf(app, chosen);

    expect(await isIn(browser)).toBe(false);
    await signIn(browser);

    expect(sessionOf(browser)).toMatch(BASE64URL_256);
    expect(sessionOf(browser)).not.toBe(chosen);
    expect(await isIn(holderOf(app, chosen))).toBe(false);
  });

  it('[ASVS 7.2.1] [ASVS 7.2.3] is stored as a digest alone, of 256 bits', async () => {
    ({ app } = await visit(platform));
    const browser = app.client();
    const token = tokenIn(await register(browser));

    const rows = JSON.stringify(await signInRows(app));

    expect(rows).toContain('handleHash');
    expect(rows).not.toContain(sessionOf(browser));
    expect(rows).not.toContain(token);
  });

  it('[ASVS 7.2.2] is no bearer token, and what names a sign-in in a list, a row or a token is no cookie', async () => {
    ({ app } = await visit(platform));
    const browser = app.client();
    const token = tokenIn(await register(browser));
    const listed = await browser.get('/auth/user/session/list');
    const [row] = await signInRows(app);
    const { signIns } = listed.body as { signIns: readonly { listId: string }[] };

    const bearer = { headers: { authorization: `Bearer ${sessionOf(browser)}` } };
    expect(await app.client().get('/api', bearer)).toMatchObject({ status: 401 });
    const values = [token, signIns[0]?.listId, row?.['id'], row?.['handleHash']].map(String);
    for (const value of values) expect([value, await isIn(holderOf(app, value))]).toEqual([value, false]);
  });

  it('[ASVS 14.3.3] says nothing of a person: nor does the device cookie, nor more than ids, times and what was shown the token', async () => {
    ({ app } = await visit(platform));
    const browser = app.client();
    const token = tokenIn(await register(browser));

    const payload = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as object; // our own JSON
    const sealed = browser.cookies.get(DEVICE_COOKIE) ?? '';

    expect(Object.keys(payload).toSorted()).toEqual(
      ['amr', 'aud', 'auth_time', 'exp', 'iat', 'iss', 'jti', 'nbf', 'purpose', 'sub'].toSorted(),
    );
    expect(JSON.stringify(payload)).not.toContain('ada@');
    expect(Buffer.from(sealed, 'base64url').toString('latin1')).not.toContain('ada@');
  });

  it('[ASVS 7.6.2] [ASVS 3.5.3, 2.3.1] is set by no GET of any route of the plug, nor by HEAD or OPTIONS', async () => {
    ({ app } = await visit(platform, { password: { signInTokens: {} } }));
    const browser = app.client();
    await register(browser);
    const value = sessionOf(browser);
    const before = await signInRows(app);
    const phases = ['register', 'sign-in', 'change', 'reset-request', 'reset', 'sign-in-with-token'];
    const paths = [...phases.map((phase) => `password/${phase}`), 'session/sign-out', 'session/list', 'session/end'];

    for (const path of paths) {
      for (const method of ['GET', 'HEAD', 'OPTIONS']) {
        for (const visitor of [browser, app.client()]) {
          const answer = await visitor.request(method, `/auth/user/${path}?email=${ADA}&password=x`);
          expect([path, method, answer.setCookies]).toEqual([path, method, []]);
        }
      }
    }
    expect(await signInRows(app)).toEqual(before);
    expect(await isIn(browser)).toBe(true);
    expect(sessionOf(browser)).toBe(value);
  });

  it('[ASVS 3.5.3] ends by POST alone', async () => {
    ({ app } = await visit(platform));
    const browser = app.client();
    await register(browser);

    const answer = await browser.get('/auth/user/session/sign-out');

    expect(answer.status).toBe(405);
    expect(await isIn(browser)).toBe(true);
  });

  it('[PRJ 15] that came twice opens nothing, and a stranger is told as much as with any bad one', async () => {
    ({ app } = await visit(platform));
    const browser = app.client();
    await register(browser);
    const good = `${SESSION_COOKIE}=${sessionOf(browser)}`;
    const get = (cookie: string) => app.client().get('/home', { headers: { cookie } });

    expect(await get(good)).toMatchObject({ status: 200 });
    const twice = await get(`${good}; ${SESSION_COOKIE}=planted`);
    const bad = await get(`${SESSION_COOKIE}=planted`);

    expect([twice.status, bad.status]).toEqual([401, 401]);
    expect(twice.text).toBe(bad.text);
    expect(comparable(twice)).toMatchObject({ setCookies: [] });
  });
});
