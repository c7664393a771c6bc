import type { ServerResponse } from 'node:http';
import {
  Injectable,
  UseInterceptors,
  type CallHandler,
  type ExecutionContext,
  type NestInterceptor,
} from '@nestjs/common';
import { afterEach, describe, expect, it } from '@jest/globals';
import { AuthReply, InvalidInput, MethodNotAllowed, NotFound, type AuthPlug, type SafeHtml } from 'nest-auth-plug';
import { authTestApp, type AuthTestApp, type Client, type Platform } from 'nest-auth-plug/testing';
import { memoryDataLayer } from 'nest-auth-plug/adapters/memory';
import { map, of, type Observable } from 'rxjs';
import { faultyDataLayer } from '../faulty-data-layer.js';
import { PASSWORD, userResource, type User } from '../users.js';
import { scriptedPlug } from './scripted-plug.js';

const ADA = { email: 'ada@example.com', name: 'Ada', password: PASSWORD, passwordConfirmation: PASSWORD };
const REGISTER = '/auth/user/password/register';
const SIGN_IN = '/auth/user/password/sign-in';
const WRONG = { email: ADA.email, password: 'not the one at all' };

interface Native {
  readonly response: ServerResponse & { readonly raw?: ServerResponse };
}

describe.each<Platform>(['express', 'fastify'])('the callbacks of a plug on %s', (platform) => {
  const open: AuthTestApp[] = [];
  afterEach(async () => {
    for (const app of open.splice(0)) await app.close();
  });

  async function boot(...script: Parameters<typeof scriptedPlug>) {
    const { plug, calls } = scriptedPlug(...script);
    const { resource, outbox } = userResource();
    const app = await authTestApp({ platform, plug, resources: [resource] });
    open.push(app);
    return { app, calls, outbox, browser: app.client() };
  }

  async function register(browser: Client) {
    return browser.post(REGISTER, { json: ADA });
  }

  it('answers success with 200 and "Access granted" as plain text, and keeps the sign-in in the session', async () => {
    const { browser, calls } = await boot();

    const answer = await register(browser);

    expect(answer).toMatchObject({ status: 200, text: 'Access granted' });
    expect(answer.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect([...browser.cookies.keys()]).toContain('__Host-user-session');
    expect(calls).toMatchObject([{ activity: ['password', 'register'], subjectName: 'user', user: { name: 'Ada' } }]);
    expect(calls[0]?.token).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/);
  });

  it('answers every refusal with 401 and "Access denied" as plain text, whatever the reason', async () => {
    const { browser, calls } = await boot();
    const refusals = [
      await browser.post(SIGN_IN, { json: WRONG }),
      await browser.post(SIGN_IN, { json: {} }),
      await browser.get('/auth/no/such/thing'),
      await browser.get(SIGN_IN),
    ];

    for (const refusal of refusals) {
      expect(refusal).toMatchObject({ status: 401, text: 'Access denied' });
      expect(refusal.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    }
    expect(calls.map(({ reason }) => reason?.code)).toEqual([
      'ERR_AUTHENTICATION_FAILED',
      'ERR_INVALID_INPUT',
      'ERR_NOT_FOUND',
      'ERR_METHOD_NOT_ALLOWED',
    ]);
  });

  it('calls an unknown route the activity of nobody', async () => {
    const { browser, calls } = await boot();

    await browser.post('/auth/user/password/no-such-phase', { json: {} });
    await browser.get('/auth');

    expect(calls).toMatchObject([
      { activity: [null, null], subjectName: null, reason: expect.any(NotFound) },
      { activity: [null, null], subjectName: null, reason: expect.any(NotFound) },
    ]);
  });

  it('tells a wrong method apart, and says in Allow which ones there are', async () => {
    const { browser, calls } = await boot();

    const answer = await browser.request('DELETE', SIGN_IN);

    expect(answer.headers.get('allow')).toBe('POST, OPTIONS');
    expect(calls).toMatchObject([{ activity: [null, null], reason: expect.any(MethodNotAllowed) }]);
  });

  it('gives no user and no token to an activity that signs nobody in', async () => {
    const { browser, calls } = await boot();

    const answer = await browser.post('/auth/user/password/reset-request', { json: { email: ADA.email } });

    expect(answer).toMatchObject({ status: 200, text: 'Access granted', setCookies: [] });
    expect(calls).toMatchObject([{ activity: ['password', 'reset-request'], user: null, token: null }]);
  });

  it.each<[string, () => unknown]>([
    ['a value', () => ({ hello: 'Ada' })],
    ['a promise', () => Promise.resolve({ hello: 'Ada' })],
    ['an Observable', () => of({ hello: 'Ada' })],
    ['a reply', () => AuthReply.json({ hello: 'Ada' })],
  ])('sends %s as JSON', async (_, answerWith) => {
    const { browser } = await boot(answerWith);

    const answer = await register(browser);

    expect(answer).toMatchObject({ status: 200, body: { hello: 'Ada' } });
    expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
  });

  it('sends a text as text, and HTML only as a reply of that kind', async () => {
    const markup = '<b>Ada</b>';
    const { browser } = await boot(
      () => markup,
      () => AuthReply.html(markup as SafeHtml, 401, { 'X-Test': 'yes' }),
    );

    const text = await register(browser);
    const html = await browser.post(SIGN_IN, { json: WRONG });

    expect(text.headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(html.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(html).toMatchObject({ status: 401, text: markup });
    expect(html.headers.get('x-test')).toBe('yes');
    expect(html.headers.get('content-security-policy')).toMatch(/^default-src 'none'/);
    expect(html.headers.get('referrer-policy')).toBe('no-referrer');
  });

  it('redirects by 303 and answers nothing by 204', async () => {
    const { browser } = await boot(
      () => AuthReply.redirect('/welcome'),
      () => AuthReply.empty(204),
    );

    const redirect = await register(browser);
    const empty = await browser.post(SIGN_IN, { json: WRONG });

    expect(redirect).toMatchObject({ status: 303, text: '' });
    expect(redirect.headers.get('location')).toBe('/welcome');
    expect(empty).toMatchObject({ status: 204, text: '' });
  });

  it.each(['nothing', 'a value', 'AuthReply.answered()'])(
    'leaves a native answer alone that is followed by %s',
    async (then) => {
      const { browser, app } = await boot((_plug, ctx) => {
        const { response } = ctx.native<Native>();
        (response.raw ?? response).writeHead(299, { 'content-type': 'text/plain' }).end('by hand');
        return then === 'nothing' ? undefined : then === 'a value' ? { late: true } : AuthReply.answered();
      });

      const answer = await register(browser);

      expect(answer).toMatchObject({ status: 299, text: 'by hand' });
      expect(app.logged.filter((line) => line.startsWith('error'))).toEqual([]);
    },
  );

  it('lets interceptors see bodies, not replies', async () => {
    @Injectable()
    class Wrapping implements NestInterceptor {
      intercept(_: ExecutionContext, next: CallHandler): Observable<unknown> {
        return next.handle().pipe(map((body: unknown) => ({ wrapped: body })));
      }
    }
    const { plug } = scriptedPlug(() => AuthReply.json({ hello: 'Ada' }, 201));
    UseInterceptors(Wrapping)(plug);
    const { resource } = userResource();
    const app = await authTestApp({ platform, plug, resources: [resource] });
    open.push(app);

    expect(await register(app.client())).toMatchObject({ status: 201, body: { wrapped: { hello: 'Ada' } } });
    expect(await app.client().get('/auth/nowhere')).toMatchObject({ status: 401, body: { wrapped: 'Access denied' } });
  });

  it('stores nothing for nobody, and one sign-in when asked twice', async () => {
    const { browser, app, calls } = await boot(async (plug, ctx, user) => {
      await plug.storeInSession(ctx, null);
      await plug.storeInSession(ctx, user);
      await plug.storeInSession(ctx, user);
      return 'stored';
    });

    const answer = await register(browser);

    const sessions = answer.setCookies.filter((cookie) => cookie.startsWith('__Host-user-session='));
    expect(sessions).toHaveLength(1);
    const subject = app.service.userToSubject(calls[0]?.user ?? {});
    expect(await app.service.listSignIns(subject)).toHaveLength(1);
  });

  it('refuses to store a user who is not the one of this sign-in', async () => {
    const { browser, calls, app } = await boot((plug, ctx, user) => {
      return plug.storeInSession(ctx, { ...(user as User), id: 'somebody-else' });
    });

    const answer = await register(browser);

    expect(answer).toMatchObject({ status: 500, setCookies: [] });
    const subject = app.service.userToSubject(calls[0]?.user ?? {});
    expect(await app.service.listSignIns(subject)).toEqual([]);
  });

  it('takes cookies and sign-in back when a callback throws, and gives the error to Nest', async () => {
    let token: string | null = null;
    const { browser, app, calls } = await boot(async (plug, ctx, user, given) => {
      await plug.storeInSession(ctx, user);
      token = given;
      throw new Error('the app has a bug');
    });

    const answer = await register(browser);

    expect(answer).toMatchObject({ status: 500, setCookies: [] });
    expect(answer.text).not.toContain('bug');
    const subject = app.service.userToSubject(calls[0]?.user ?? {});
    expect(await app.service.listSignIns(subject)).toEqual([]);
    expect(token).not.toBeNull();
  });

  it('answers an outage with 503 and Retry-After, without asking a callback', async () => {
    const { plug, calls } = scriptedPlug();
    const { resource } = userResource();
    const { adapter, failNext } = faultyDataLayer(memoryDataLayer());
    const app = await authTestApp({ platform, plug, resources: [resource], dataLayer: adapter });
    open.push(app);
    const browser = app.client();
    await register(browser);
    calls.length = 0;
    failNext('increment');

    const answer = await browser.post(SIGN_IN, { json: { email: ADA.email, password: PASSWORD } });

    expect(answer).toMatchObject({ status: 503, setCookies: [] });
    expect(answer.headers.get('retry-after')).toBe('5');
    expect(calls).toEqual([]);
  });

  it('gives refusals of input with their fields', async () => {
    const { browser, calls } = await boot();

    await browser.post(SIGN_IN, { json: { email: 'no address' } });

    const [call] = calls;
    expect(call?.reason).toBeInstanceOf(InvalidInput);
    expect(call?.reason?.reason).toBe('email:invalid password:required');
  });

  it('[ASVS 14.3.2] lets nobody cache what it answers', async () => {
    const { browser } = await boot();
    for (const answer of [
      await register(browser),
      await browser.post(SIGN_IN, { json: WRONG }),
      await browser.get('/auth/nowhere'),
    ]) {
      expect(answer.headers.get('cache-control')).toBe('no-store');
      expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    }
  });

  it('loads, revokes, clears and names the actor through the methods of the plug', async () => {
    const { app } = await boot(async (plug: AuthPlug<User>, ctx, user) => {
      await plug.storeInSession(ctx, user);
      plug.setActor(ctx, 'user');
      return 'ok';
    });
    const browser = app.client();
    await register(browser);
    const seen: unknown[] = [];
    const second = scriptedPlug(async (plug, ctx) => {
      await plug.loadFromSession(ctx);
      seen.push([...ctx.users.keys()], await plug.revokeSessionTokens(ctx), await plug.revokeBearerTokens(ctx));
      plug.clearSession(ctx);
      return 'cleared';
    });
    const { resource } = userResource();
    const other = await authTestApp({
      platform,
      plug: second.plug,
      resources: [resource],
      dataLayer: { name: 'shared', durable: false, open: () => Promise.resolve(sharing(app)) },
    });
    open.push(other);
    const visitor = other.client();
    for (const [name, value] of browser.cookies) visitor.cookies.set(name, value);

    const answer = await visitor.post('/auth/user/password/reset-request', { json: { email: ADA.email } });

    expect(seen).toEqual([['user'], 1, 0]);
    expect(answer.text).toBe('cleared');
    expect(visitor.cookies.has('__Host-user-session')).toBe(false);
  });
});

/** The data of another app, which stays that app's to close. */
function sharing(app: AuthTestApp) {
  const { data } = app;
  return {
    insert: data.insert.bind(data),
    insertIfAbsent: data.insertIfAbsent.bind(data),
    findOne: data.findOne.bind(data),
    findMany: data.findMany.bind(data),
    update: data.update.bind(data),
    increment: data.increment.bind(data),
    delete: data.delete.bind(data),
    transaction: data.transaction.bind(data),
    forTenant: data.forTenant.bind(data),
    check: () => Promise.resolve([]),
    close: () => Promise.resolve(),
  };
}
