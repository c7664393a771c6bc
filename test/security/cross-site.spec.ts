import { Controller } from '@nestjs/common';
import { afterEach, describe, expect, it } from '@jest/globals';
import { AuthPlug, AuthReply, type Activity, type AuthContext } from 'nest-auth-plug';
import type { AuthTestApp, Client, Platform } from 'nest-auth-plug/testing';
import { PASSWORD, type User } from '../users.js';
import { ADA, isIn, register, SIGN_IN, signInRows, visit } from './visit.js';

const HERE = 'http://localhost:3000';
const EVIL = 'https://evil.example';
const FORM = `email=${encodeURIComponent(ADA)}&password=${encodeURIComponent(PASSWORD)}`;
const JSON_BODY = JSON.stringify({ email: ADA, password: PASSWORD });

/** What a form or a simple request of another site can send: https://fetch.spec.whatwg.org/#cors-safelisted-request-header */
const SAFELISTED: readonly [string, string][] = [
  ['application/x-www-form-urlencoded', FORM],
  ['text/plain', JSON_BODY],
  ['multipart/form-data; boundary=x', `--x\r\ncontent-disposition: form-data; name="email"\r\n\r\n${ADA}\r\n--x--`],
  ['text/plain; application/json', JSON_BODY],
];

/** Fastify reads plain text as a text: no object, so its status is that of bad input. */
const REFUSED = [403, 415, 422];

/** How browsers say that a request comes from elsewhere, and how those say it that do not. */
const FOREIGN: readonly [string, Record<string, string>][] = [
  ['another origin', { origin: EVIL }],
  ['an opaque origin', { origin: 'null' }],
  ['a cross-site fetch', { 'sec-fetch-site': 'cross-site' }],
  ['a fetch from a neighbouring host', { 'sec-fetch-site': 'same-site', origin: 'http://evil.localhost:3000' }],
  ['an origin that only begins like ours', { origin: `${HERE}.evil.example` }],
  ['our host by another scheme', { origin: 'https://localhost:3000' }],
];

describe.each<Platform>(['express', 'fastify'])('another site on %s', (platform) => {
  let app: AuthTestApp;
  afterEach(() => app.close());

  async function victim(): Promise<Client> {
    ({ app } = await visit(platform));
    const browser = app.client();
    await register(browser);
    return browser;
  }

  it.each(FOREIGN)(
    '[ASVS 3.5.1] [ASVS 3.5.2] signs nobody in or out by %s, whatever the content type',
    async (_, says) => {
      const browser = await victim();
      const before = await signInRows(app);

      for (const visitor of [browser, app.client()]) {
        for (const [type, body] of [...SAFELISTED, ['application/json', JSON_BODY]]) {
          for (const path of [SIGN_IN, '/auth/user/session/sign-out', '/auth/user/password/change']) {
            const answer = await visitor.post(path, {
              raw: body ?? '',
              headers: { 'content-type': type ?? '', ...says },
            });
            expect(REFUSED).toContain(answer.status);
            expect(answer.setCookies).toEqual([]);
          }
        }
      }
      expect(await signInRows(app)).toEqual(before);
      expect(await isIn(browser)).toBe(true);
    },
  );

  it.each(SAFELISTED)(
    '[ASVS 3.5.1] is not told from a browser that says nothing: a cookie and %s are refused',
    async (type, body) => {
      const browser = await victim();

      const answer = await browser.post('/auth/user/session/sign-out', {
        raw: body,
        headers: { 'content-type': type },
      });

      expect(REFUSED).toContain(answer.status);
      expect(await isIn(browser)).toBe(true);
    },
  );

  it('[ASVS 3.5.1] is told from ours: the origin of the app, a fetch of its own page, and JSON are taken', async () => {
    const browser = await victim();
    const asForm = (says: Record<string, string>) =>
      browser.post(SIGN_IN, { raw: FORM, headers: { 'content-type': 'application/x-www-form-urlencoded', ...says } });

    expect(await asForm({ origin: HERE })).toMatchObject({ status: 200 });
    expect(await asForm({ 'sec-fetch-site': 'same-origin' })).toMatchObject({ status: 200 });
    expect(await asForm({ origin: HERE, 'sec-fetch-site': 'same-origin' })).toMatchObject({ status: 200 });
    expect(
      await browser.post(SIGN_IN, { raw: JSON_BODY, headers: { 'content-type': 'application/json' } }),
    ).toMatchObject({
      status: 200,
    });
  });

  it('is told from a wrong publicUrl by the debug log, and by nothing in the answer', async () => {
    ({ app } = await visit(platform, {
      app: { app: { debugRefusals: true, trustedOrigins: ['http://front.example'] } },
    }));
    const headers = { origin: `http://127.0.0.1:3000${'/x'.repeat(500)}`, 'sec-fetch-site': 'cross-site' };

    const answer = await app.client().post(SIGN_IN, { form: { email: ADA }, headers });

    expect([answer.status, answer.text.includes('localhost'), answer.text.includes('127.0.0.1')]).toEqual([
      403,
      false,
      false,
    ]);
    const line = app.logged.find((logged) => logged.includes('ERR_CROSS_SITE_REFUSED')) ?? '';
    expect(line).toContain(`"expected":"${HERE} http://front.example","found":"Origin: http://127.0.0.1:3000/x`);
    expect(line.length).toBeLessThan(700);
  });

  it('[ASVS 3.4.2] gets no CORS header from us, and cannot ask for one', async () => {
    const browser = await victim();
    const says = { origin: EVIL, 'access-control-request-method': 'POST', 'access-control-request-headers': 'x' };

    for (const answer of [await browser.request('OPTIONS', SIGN_IN, { headers: says }), await browser.get('/home')]) {
      expect([...answer.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
    }
  });

  it('[ASVS 4.1.3] has no say in our links: a foreign Host is in no message', async () => {
    const visited = await visit(platform);
    ({ app } = visited);
    await register(app.client());
    const headers = {
      'x-forwarded-host': 'evil.example',
      forwarded: 'host=evil.example',
      'x-forwarded-proto': 'https',
    };

    await app.client().post('/auth/user/password/reset-request', { json: { email: ADA }, headers });
    await app.idle();

    expect(visited.outbox.last(ADA).link?.origin).toBe(HERE);
  });
});

@Controller('auth')
class RedirectingPlug extends AuthPlug<User> {
  override async handleSuccess(ctx: AuthContext, _activity: Activity, user: User | null) {
    await this.storeInSession(ctx, user);
    return AuthReply.redirect(ctx.returnTo ?? '/start');
  }
}

const TAB = String.fromCodePoint(9);
const BAD_TARGETS = [
  'https://evil.example/',
  '//evil.example',
  '///evil.example',
  '/\\evil.example',
  '\\/evil.example',
  `/${TAB}/evil.example`,
  '/%2fevil.example',
  '/%5Cevil.example',
  '/..//evil.example',
  '/.//evil.example',
  'javascript:alert(1)',
  'data:text/html,x',
  'http:evil.example',
  'evil.example',
  'user@evil.example',
  '/a\r\nSet-Cookie: x=y',
  '/a\nb',
  `/${'a'.repeat(3000)}`,
];
const GOOD_TARGETS: readonly [string, string][] = [
  ['/orders?page=2#top', '/orders?page=2#top'],
  ['/a/../b', '/b'],
  ['/grüße', '/gr%C3%BC%C3%9Fe'],
  ['/a%0d%0ab', '/a%0d%0ab'],
  ['/?next=https://evil.example', '/?next=https://evil.example'],
];

describe.each<Platform>(['express', 'fastify'])('the way back after a sign-in on %s', (platform) => {
  let app: AuthTestApp;
  afterEach(() => app.close());

  async function going(returnTo: string) {
    return app.client().post(SIGN_IN, { json: { email: ADA, password: PASSWORD, returnTo } });
  }

  it('[ASVS 3.7.2, 1.2.1, 1.2.2] [RFC 9700 §4.11] leads to no other site and carries no line end', async () => {
    ({ app } = await visit(platform, { app: { plug: RedirectingPlug } }));
    await register(app.client());

    for (const target of BAD_TARGETS) {
      const answer = await going(target);
      const location = answer.headers.get('location');
      expect([target, location ?? '/start', answer.setCookies.join().includes('x=y')]).toEqual([
        target,
        '/start',
        false,
      ]);
      expect([303, 401]).toContain(answer.status); // 401: no text at all, so the plug's refusal of bad input
    }
  });

  it('[ASVS 3.7.2] [RFC 9700 §4.12] is the path that was asked for, written anew, by 303', async () => {
    ({ app } = await visit(platform, { app: { plug: RedirectingPlug } }));
    await register(app.client());

    for (const [asked, sent] of GOOD_TARGETS) {
      const answer = await going(asked);
      expect([asked, answer.status, answer.headers.get('location')]).toEqual([asked, 303, sent]);
    }
  });
});
