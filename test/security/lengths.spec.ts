import { afterEach, describe, expect, it } from '@jest/globals';
import { Controller } from '@nestjs/common';
import { AuthPlug, AuthReply, type Activity, type AuthContext } from 'nest-auth-plug';
import type { AuthTestApp, Client, Platform } from 'nest-auth-plug/testing';
import { rawAnswer } from '../raw-answer.js';
import { AUTH, enrol, register as registerWithRooms, roomsApp, signIn as firstStep } from '../rooms/rooms-app.js';
import { PASSWORD, type User } from '../users.js';
import { ADA, DEVICE_COOKIE, isIn, NO_LIMITS, register, SESSION_COOKIE, SIGN_IN, tokenIn, visit } from './visit.js';

const KIB = 1024;
/** What Node takes of a request before its body, and most proxies do. */
const SMALLEST_RECEIVER = 8 * KIB;
const LIST = '/auth/user/session/list';

/** The one of a request's parts that is as long as one likes. */
const LONG: readonly [string, (text: string) => readonly [path: string, header: string]][] = [
  ['a path below the plug', (text) => [`/auth/${text}`, '']],
  ['the name of a phase', (text) => [`/auth/user/password/${text}`, '']],
  ['a query', (text) => [`${LIST}?page=${text}`, '']],
  ['a session cookie', (text) => [LIST, `Cookie: ${SESSION_COOKIE}=${text}`]],
  ['a device cookie', (text) => [LIST, `Cookie: ${DEVICE_COOKIE}=${text}`]],
  ['a bearer token', (text) => [LIST, `Authorization: Bearer ${text}`]],
  ['the name of a browser', (text) => [LIST, `User-Agent: ${text}`]],
  ['an origin', (text) => [LIST, `Origin: https://${text}`]],
];

@Controller('auth')
class RedirectingPlug extends AuthPlug<User> {
  override async handleSuccess(ctx: AuthContext, _: Activity, user: User | null): Promise<AuthReply> {
    await this.storeInSession(ctx, user);
    return AuthReply.redirect(ctx.returnTo ?? '/');
  }
}

const cookieHeaderOf = (browser: Client): string =>
  [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ');

describe.each<Platform>(['express', 'fastify'])('lengths on %s', (platform) => {
  let app: AuthTestApp;
  afterEach(() => app.close());

  it('[ASVS 4.2.5] of what comes in are a clear refusal, by the platform or by us, and nobody is signed out', async () => {
    ({ app } = await visit(platform));
    const browser = app.client();
    await register(browser);
    const answerTo = (path: string, header: string) =>
      rawAnswer(
        app.url,
        `GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n${header}${header && '\r\n'}\r\n`,
      );

    for (const [what, long] of LONG) {
      expect([what, await answerTo(...long('a'.repeat(15 * KIB)))]).toEqual([
        what,
        expect.stringMatching(/^HTTP\/1.1 40[14] /),
      ]);
      expect([what, await answerTo(...long('a'.repeat(17 * KIB)))]).toEqual([
        what,
        expect.stringMatching(/^HTTP\/1.1 431 /),
      ]);
    }
    expect(app.logged.filter((line) => line.startsWith('error'))).toEqual([]);
    expect(await isIn(browser)).toBe(true);
  });

  it('[ASVS 2.2.1] of a body are at most 16 KiB beside its fields', async () => {
    const { hasher, ...visited } = await visit(platform);
    ({ app } = visited);
    await register(app.client());
    hasher.work.length = 0;
    const sent = (bytes: number) =>
      app.client().post(SIGN_IN, { json: { email: ADA, password: PASSWORD, note: 'x'.repeat(bytes - 'note'.length) } });

    expect(await sent(16 * KIB + 1)).toMatchObject({
      status: 422,
      body: { code: 'ERR_INVALID_INPUT' },
      setCookies: [],
    });
    expect(hasher.work).toEqual([]);
    expect(await sent(16 * KIB)).toMatchObject({ status: 200 });
  });

  it('[ASVS 4.2.5] of the cookies of a browser that many people use fit into one request', async () => {
    ({ app } = await visit(platform, { resource: { limits: NO_LIMITS } }));
    const browser = app.client();
    let token = '';
    // more than a device cookie could hold
    for (let person = 0; person < 30; person += 1) token = tokenIn(await register(browser, `${person}@example.com`));

    expect(cookieHeaderOf(browser).length).toBeLessThan(SMALLEST_RECEIVER / 2);
    expect(token.length).toBeLessThan(KIB);
    expect(await isIn(browser)).toBe(true);
  });

  it('[ASVS 4.2.5] of a way back that is sent along are those it is sent with, not those it was typed with', async () => {
    ({ app } = await visit(platform, { app: { plug: RedirectingPlug } }));
    await register(app.client());
    const locationFor = async (returnTo: string) =>
      (await app.client().post(SIGN_IN, { json: { email: ADA, password: PASSWORD, returnTo } })).headers.get(
        'location',
      );

    expect(await locationFor(`/${'a'.repeat(1023)}`)).toHaveLength(KIB);
    expect(await locationFor(`/${'日'.repeat(113)}`)).toHaveLength(1 + 9 * 113);
    expect(await locationFor(`/${'日'.repeat(114)}`)).toBe('/');
  });

  it('[ASVS 4.2.5] of the cookie of a first step stay below what browsers keep, whatever is wished for', async () => {
    app = await roomsApp({ platform });
    const owner = app.client();
    await registerWithRooms(owner);
    await enrol(owner);

    for (const returnTo of [`/${'a'.repeat(1023)}`, `/${'日'.repeat(1000)}`]) {
      const answer = await firstStep(app.client(), { returnTo, rememberMe: 'x'.repeat(200) });
      expect(answer).toMatchObject({ status: 401, body: { code: 'ERR_SECOND_FACTOR_REQUIRED' } });
      for (const cookie of answer.setCookies) expect(Buffer.byteLength(cookie)).toBeLessThan(4 * KIB);
    }
  });

  it('[ASVS 4.2.5] of the links in messages are those that any receiver takes', async () => {
    const { outbox, ...visited } = await visit(platform);
    ({ app } = visited);
    await register(app.client());

    await app.client().post(`${AUTH}/password/reset-request`, { json: { email: ADA } });
    await app.idle();

    expect(outbox.last(ADA).link?.href.length).toBeLessThan(2 * KIB);
  });
});
