import { Controller, Get, UseGuards } from '@nestjs/common';
import { ExpressAdapter } from '@nestjs/platform-express';
import { Test } from '@nestjs/testing';
import { afterEach, describe, expect, it } from '@jest/globals';
import {
  AuthModule,
  AuthPlug,
  CurrentUser,
  defineOtpApp,
  JsonAuthPlug,
  SessionUserGuard,
  UniqueViolation,
  type Activity,
  type AuthContext,
} from 'nest-auth-plug';
import { memoryDataLayer } from 'nest-auth-plug/adapters/memory';
import { Client, type AuthTestApp, type ClientAnswer } from 'nest-auth-plug/testing';
import { FakeHashProvider } from '../strategies/password/fake-hash-provider.js';
import { PASSWORD, userResource, type User } from '../users.js';
import { ADA, holderOf, isIn, opens, register, sessionOf, signIn, tokenIn, visit, type VisitOptions } from './visit.js';

const BEA = 'bea@example.com';
const NEW = 'pear tree in the valley';
const typed = { password: NEW, passwordConfirmation: NEW };

@Controller('auth')
class ShopPlug extends JsonAuthPlug<User> {}

@Controller('staff/auth')
class StaffPlug extends JsonAuthPlug<User> {}

/** An app that ends what came with the request, where nothing else is. */
@Controller('auth')
class LeavingPlug extends AuthPlug<User> {
  override async handleSuccess(ctx: AuthContext, _: Activity, user: User | null, token: string | null) {
    await this.storeInSession(ctx, user);
    return { user, token };
  }
  override async handleFailure(ctx: AuthContext): Promise<object> {
    return { ended: [await this.revokeSessionTokens(ctx), await this.revokeBearerTokens(ctx)] };
  }
}

let app: AuthTestApp;

async function arrive(options: VisitOptions = {}) {
  const visited = await visit('express', options);
  ({ app } = visited);
  const browser = app.client();
  const registered = await register(browser);
  const { user } = registered.body as { user: User };
  return { ...visited, browser, token: tokenIn(registered), user, subject: app.service.userToSubject(user) };
}

const post = (browser: Client, path: string, json: object = {}): Promise<ClientAnswer> =>
  browser.post(`/auth/user/${path}`, { json });

describe('two apps that share one store', () => {
  it.each([
    ['the same users', 'users'],
    ['users of their own', 'employees'],
  ])('[ASVS 9.2.3] open nothing to a cookie of the other, and end nothing there, with %s', async (_, table) => {
    const common = { publicUrl: 'http://localhost:3000', dataLayer: memoryDataLayer() };
    const hashing = { hashProvider: new FakeHashProvider() };
    const shop = defineOtpApp({
      ...common,
      name: 'shop',
      plug: ShopPlug,
      secrets: ['k5RrJ0vQ2mYb8XwZs1nTfUeLhGdCaPoI7V9iBxEyNqM'],
      resources: [userResource({}, hashing).resource],
    });
    const staff = defineOtpApp({
      ...common,
      name: 'staff',
      plug: StaffPlug,
      secrets: ['bZ3xW9qLr7Tn1VdKf5HsMj8GcYpEuAoN2iQ6mRtXyJw'],
      resources: [userResource({ table }, hashing).resource],
    });
    @Controller()
    class Pages {
      @Get('shop')
      @UseGuards(SessionUserGuard.of(shop))
      shop(@CurrentUser() { email }: User): string {
        return email;
      }
      @Get('staff')
      @UseGuards(SessionUserGuard.of(staff))
      staff(@CurrentUser() { email }: User): string {
        return email;
      }
    }
    const imports = [AuthModule.forRoot(shop), AuthModule.forRoot(staff)];
    const module = await Test.createTestingModule({ imports, controllers: [Pages] }).compile();
    const nest = module.createNestApplication(new ExpressAdapter(), { logger: false });
    await nest.listen(0, '127.0.0.1');
    const url = await nest.getUrl();
    const holder = (session: string): Client => {
      const client = new Client(url);
      client.cookies.set('__Host-user-session', session);
      return client;
    };
    const browser = new Client(url);
    await register(browser);
    const session = sessionOf(browser);

    expect(await holder(session).get('/staff')).toMatchObject({ status: 401 });
    await holder(session).post('/staff/auth/user/session/sign-out', { json: {} });
    const newcomer = { email: BEA, name: 'Bea', password: PASSWORD, passwordConfirmation: PASSWORD };
    const registered = await holder(session).post('/staff/auth/user/password/register', { json: newcomer });
    expect(registered).toMatchObject({ status: 200 });

    expect(await holder(session).get('/shop')).toMatchObject({ status: 200, text: ADA });
    await nest.close();
  });
});

describe('a change of a user by the app', () => {
  afterEach(() => app.close());

  it('[ASVS 7.4.3] [PRJ 8] ends every sign-in with a new address, and the links sent to the old one', async () => {
    const { browser, token, subject, outbox } = await arrive();
    await post(app.client(), 'password/reset-request', { email: ADA });
    await app.idle();
    const resetToken = outbox.last(ADA).link?.searchParams.get('token');

    await app.service.changeUser(subject, { email: BEA });

    expect([await isIn(browser), await opens(app, token)]).toEqual([false, false]);
    expect(await post(app.client(), 'password/reset', { resetToken, ...typed })).toMatchObject({ status: 422 });
    expect(await signIn(app.client(), NEW, BEA)).toMatchObject({ status: 401 });
    expect(await signIn(app.client(), PASSWORD, BEA)).toMatchObject({ status: 200 });
  });

  it('ends nothing where the address is the same in another spelling', async () => {
    const { browser, token, subject } = await arrive();

    await app.service.changeUser(subject, { email: 'ADA@Example.com' });

    expect([await isIn(browser), await opens(app, token)]).toEqual([true, true]);
  });

  it('[ASVS 1.1.1] stores the one spelling that people are found under', async () => {
    const { subject } = await arrive();

    await app.service.changeUser(subject, { email: 'Bea@EXAMPLE.com' });

    expect(await app.service.subjectToUser(subject)).toMatchObject({ email: BEA });
    expect(await signIn(app.client(), PASSWORD, 'Bea@Example.com')).toMatchObject({ status: 200 });
  });

  it.each([
    ['a secret', { passwordHash: 'chosen by a body' }],
    ['a field that nobody declared', { isAdmin: true }],
    ['the key', { id: 'somebody-else' }],
  ])('[ASVS 15.3.3] refuses %s, and what came along with it', async (_, values) => {
    const { subject } = await arrive();

    const changing = app.service.changeUser(subject, { name: 'Somebody else', ...values });

    await expect(changing).rejects.toThrow(TypeError);
    expect(await app.service.subjectToUser(subject)).toMatchObject({ name: ADA });
    expect(await signIn(app.client())).toMatchObject({ status: 200 });
  });

  it('refuses an address that is somebody’s, in any spelling', async () => {
    const { subject } = await arrive();
    await register(app.client(), BEA);

    await expect(app.service.changeUser(subject, { email: 'BEA@example.com' })).rejects.toThrow(UniqueViolation);

    expect(await app.service.subjectToUser(subject)).toMatchObject({ email: ADA });
  });
});

describe('a sign-in of somebody who may not sign in for now', () => {
  afterEach(() => app.close());

  it('[ASVS 7.4.1] ends with sign-out, cookie and token, for good', async () => {
    const may = { now: true };
    const { browser, token } = await arrive({ resource: { maySignIn: () => may.now } });
    const stolen = sessionOf(browser);

    may.now = false;
    expect(await post(browser, 'session/sign-out')).toMatchObject({ status: 200 });
    may.now = true;

    expect([await isIn(holderOf(app, stolen)), await opens(app, token)]).toEqual([false, false]);
  });

  it('[ASVS 7.4.1] ends where the plug revokes the cookie or the token', async () => {
    const may = { now: true };
    const { browser, token } = await arrive({ resource: { maySignIn: () => may.now }, app: { plug: LeavingPlug } });
    const phone = app.client();
    const phoneToken = tokenIn(await signIn(phone));
    const bearer = { headers: { authorization: `Bearer ${phoneToken}` } };

    may.now = false;
    expect(await browser.get('/auth/leave')).toMatchObject({ body: { ended: [1, 0] } });
    expect(await app.client().get('/auth/leave', bearer)).toMatchObject({ body: { ended: [0, 1] } });
    may.now = true;

    expect([await opens(app, token), await isIn(phone), await opens(app, phoneToken)]).toEqual([false, false, false]);
  });
});
