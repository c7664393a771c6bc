import { Controller } from '@nestjs/common';
import { afterEach, expect, it } from '@jest/globals';
import { AuthPlug, AuthReply, type AuthContext, type Subject } from 'nest-auth-plug';
import { signInsModel } from '../../lib/sessions/index.js';
import { ADA, AUTH, isIn, isInBy, register, roomsApp, signIn, textIn, type RoomsApp } from '../rooms/rooms-app.js';
import { PASSWORD, type User } from '../users.js';

const SESSION = '__Host-user-session';
const open: RoomsApp[] = [];
let app: RoomsApp;
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

async function boot(options: Parameters<typeof roomsApp>[0] = {}) {
  app = await roomsApp(options);
  open.push(app);
  return app.client();
}

async function subject(): Promise<Subject> {
  return app.service.userToSubject((await app.data.findOne(app.users.model, { email: ADA })) ?? {}, 'user');
}

async function rows() {
  return app.data.forTenant('').findMany(signInsModel, {}, { orderBy: 'createdAt', limit: 100 });
}

it('tells add-ons of a session cookie that came twice, and opens nothing by it', async () => {
  const browser = await boot();
  await register(browser);
  const value = browser.cookies.get(SESSION) ?? '';

  const headers = { cookie: `${SESSION}=${value}; ${SESSION}=planted` };
  const answer = await app.client().get('/in/by-session', { headers });

  expect(answer).toMatchObject({ status: 401, setCookies: [] });
  expect(app.addOn.seen.events.map(({ name }) => name)).toContain('session.repeated-cookie');
});

it('[ASVS 7.4.1] signs out by the cookie too where the token beside it is bad', async () => {
  const browser = await boot();
  await register(browser);
  const copy = new Map(browser.cookies);

  const headers = { authorization: 'Bearer not.a.token' };
  expect(await browser.post(`${AUTH}/session/sign-out`, { json: {}, headers })).toMatchObject({ status: 200 });

  const thief = app.client();
  for (const [name, value] of copy) thief.cookies.set(name, value);
  expect(await isIn(thief)).toBe(false);
});

it('[ASVS 7.4.1] signs out by token and by cookie where both came', async () => {
  const browser = await boot();
  await register(browser);
  const token = textIn(await signIn(app.client()), 'token');

  const headers = { authorization: `Bearer ${token}` };
  await browser.post(`${AUTH}/session/sign-out`, { json: {}, headers });

  expect(await isInBy(app, token)).toBe(false);
  expect(await app.service.listSignIns(await subject())).toEqual([]);
});

it('finds nobody any more, in the same request, once it has signed out', async () => {
  @Controller('auth')
  class TellingPlug extends AuthPlug<User> {
    override async handleSuccess(ctx: AuthContext, [, phase]: AuthContext['activity'], user: User | null) {
      await this.storeInSession(ctx, user);
      if (phase !== 'sign-out') return 'in';
      await this.loadFromSession(ctx);
      return AuthReply.json([...ctx.users.keys()]);
    }
  }
  const browser = await boot({ plug: TellingPlug });
  await register(browser);

  expect(await browser.post(`${AUTH}/session/sign-out`, { json: {} })).toMatchObject({ status: 200, body: [] });
});

it('[ASVS 7.4.2] ends the sign-in of a user who is gone, so that nobody made anew under the key has it', async () => {
  const browser = await boot();
  await register(browser);
  const row = await app.data.findOne(app.users.model, { email: ADA });
  await app.data.delete(app.users.model, { email: ADA });

  expect(await isIn(browser)).toBe(false);
  expect(await rows()).toMatchObject([{ endedAt: expect.any(Date) }]);
  await app.data.insert(app.users.model, row ?? {});
  expect(await isIn(browser)).toBe(false);
});

it('writes nothing for a cookie that is nobody’s', async () => {
  const browser = await boot();
  browser.cookies.set(SESSION, 'chosen');

  expect(await isIn(browser)).toBe(false);
  expect(await rows()).toEqual([]);
});

it('[ASVS 7.3.1] keeps whoever is active where a sign-in may be idle for less than a minute', async () => {
  const browser = await boot({ user: { sessions: { idleLifetimeSeconds: 30 } } });
  await register(browser);

  for (let seconds = 0; seconds < 120; seconds += 20) {
    app.clock.advance(20);
    expect([seconds, await isIn(browser)]).toEqual([seconds, true]);
  }
  app.clock.advance(30);
  expect(await isIn(browser)).toBe(false);
});

it('[ASVS 7.1.2] ends no living sign-in to make room where dead ones take it', async () => {
  const browser = await boot({ user: { sessions: { maxPerSubject: 2, idleLifetimeSeconds: 100 } } });
  await register(browser);
  await signIn(app.client());
  for (let step = 0; step < 2; step++) {
    app.clock.advance(70);
    expect(await isIn(browser)).toBe(true);
  }

  await signIn(app.client());

  expect(await isIn(browser)).toBe(true);
  expect(await app.service.listSignIns(await subject())).toHaveLength(2);
});

it('is refused a step up by the factor that it signed in with, as a second one', async () => {
  const browser = await boot();
  await register(browser);
  await app.client().post(`${AUTH}/link/request`, { json: { email: ADA } });
  await app.idle();
  const token = app.outbox.last(ADA).link?.searchParams.get('token');
  await browser.post(`${AUTH}/link/sign-in`, { json: { token } });

  await browser.post(`${AUTH}/second-factor/enrol`, { json: { code: 'x' } });

  expect(await browser.get('/in/by-any')).toMatchObject({ body: { methods: ['otp'], secondFactorAt: null } });
});

it('takes a sign-in back though an add-on refuses to let it go', async () => {
  @Controller('auth')
  class BrokenPlug extends AuthPlug<User> {
    override handleSuccess(): never {
      app.faults.arm('signedOut');
      throw new Error('the app has a bug');
    }
  }
  const browser = await boot({ plug: BrokenPlug });

  expect(await register(browser)).toMatchObject({ status: 500, setCookies: [] });
  expect(app.faults.isArmed).toBe(false);
  expect(await signIn(app.client(), { password: PASSWORD })).toMatchObject({ status: 500 });
  expect((await rows()).filter(({ endedAt }) => endedAt === null)).toEqual([]);
});
