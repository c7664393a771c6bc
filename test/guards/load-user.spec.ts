import type { ServerResponse } from 'node:http';
import {
  Controller,
  Get,
  Module,
  UseGuards,
  type MiddlewareConsumer,
  type NestModule,
  type Type,
} from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { afterEach, describe, expect, it } from '@jest/globals';
import {
  AuthModule,
  BearerUserGuard,
  CurrentSignIn,
  CurrentUser,
  defineOtpApp,
  JsonAuthPlug,
  LoadFromBearer,
  LoadFromSession,
  OptionalUser,
  SessionUserGuard,
  type Activity,
  type AuthContext,
  type SignIn,
} from 'nest-auth-plug';
import { memoryDataLayer } from 'nest-auth-plug/adapters/memory';
import type { AuthTestApp, AuthTestAppOptions, ClientAnswer, Platform } from 'nest-auth-plug/testing';
import { faultyDataLayer } from '../faulty-data-layer.js';
import { ADA, mountedApp, REGISTER, RIGHT, SIGN_IN } from '../plug/mounted-app.js';
import { allHooks, SERIES_COOKIE } from '../rooms/all-hooks.js';
import { countingDataLayer } from '../rooms/counting-data-layer.js';
import { PlainHash } from '../rooms/plain-hash.js';
import { tokenIn } from '../security/visit.js';
import { userResource, type User } from '../users.js';

type Middleware = typeof LoadFromSession;

function loading(...middleware: Middleware[]): Type<NestModule> {
  @Module({})
  class LoadingModule implements NestModule {
    configure(consumer: MiddlewareConsumer): void {
      consumer.apply(...middleware).forRoutes('{*path}');
    }
  }
  return LoadingModule;
}

/** A middleware of the app with cookies of its own, on Node's response. */
function baking(): Type<NestModule> {
  @Module({})
  class BakingModule implements NestModule {
    configure(consumer: MiddlewareConsumer): void {
      const bake = (_request: unknown, response: ServerResponse, next: () => void) => {
        response.setHeader('Set-Cookie', ['one=1', 'two=2']);
        next();
      };
      consumer.apply(bake).forRoutes('{*path}');
    }
  }
  return BakingModule;
}

const seen = (user: User | null, signIn: SignIn | null) => ({
  name: user?.name ?? null,
  by: signIn === null ? null : signIn.token === null ? 'session' : 'bearer',
});

@Controller()
class Pages {
  @Get('open')
  open(@CurrentUser() user: User | null, @CurrentSignIn() signIn: SignIn | null): object {
    return seen(user, signIn);
  }

  @Get('by-session')
  @UseGuards(SessionUserGuard)
  bySession(@CurrentUser() user: User, @CurrentSignIn() signIn: SignIn): object {
    return seen(user, signIn);
  }

  @Get('by-bearer')
  @UseGuards(BearerUserGuard)
  byBearer(@CurrentUser() user: User, @CurrentSignIn() signIn: SignIn): object {
    return seen(user, signIn);
  }

  @Get('perhaps-by-bearer')
  @OptionalUser()
  @UseGuards(BearerUserGuard)
  perhaps(@CurrentUser() user: User | null, @CurrentSignIn() signIn: SignIn | null): object {
    return seen(user, signIn);
  }
}

@Controller('auth')
class SeeingPlug extends JsonAuthPlug<User> {
  override async handleSuccess(ctx: AuthContext, activity: Activity, user: User | null, token: string | null) {
    const before = ctx.signIn?.id ?? null;
    const { request } = ctx.native<{ request: object }>();
    // What only the platform's own request has.
    const isWhole = 'app' in request || 'routeOptions' in request;
    return {
      ...(await super.handleSuccess(ctx, activity, user, token)),
      before,
      users: [...ctx.users.keys()],
      isWhole,
    };
  }
}

const ADA_BY_SESSION = { name: 'Ada', by: 'session' };
const NOBODY = { name: null, by: null };

describe.each<Platform>(['express', 'fastify'])('loading middleware on %s', (platform) => {
  const open: AuthTestApp[] = [];
  afterEach(async () => {
    for (const app of open.splice(0)) await app.close();
  });

  async function boot(middleware: Middleware[], options: Partial<AuthTestAppOptions> = {}) {
    const imports = [loading(...middleware)];
    const { app, client } = await mountedApp({ platform, controllers: [Pages], imports, plug: SeeingPlug, ...options });
    open.push(app);
    const bearer = { headers: { authorization: `Bearer ${tokenIn(await client.post(REGISTER, { json: ADA }))}` } };
    return { app, client, bearer };
  }

  const bodyOf = async (answer: Promise<ClientAnswer>) => (await answer).body;

  it('loads by the session cookie where no guard is, and refuses nobody', async () => {
    const { app, client } = await boot([LoadFromSession]);

    expect(await bodyOf(client.get('/open'))).toEqual(ADA_BY_SESSION);
    const stranger = app.client();
    expect(await bodyOf(stranger.get('/open'))).toEqual(NOBODY);
    stranger.cookies.set('__Host-user-session', 'x'.repeat(43));
    expect(await bodyOf(stranger.get('/open'))).toEqual(NOBODY);
    expect(await client.get('/nowhere')).toMatchObject({ status: 404 });
  });

  it('loads by the bearer token, and takes no cookie for it', async () => {
    const { app, client, bearer } = await boot([LoadFromBearer]);

    expect(await bodyOf(app.client().get('/open', bearer))).toEqual({ name: 'Ada', by: 'bearer' });
    expect(await bodyOf(client.get('/open'))).toEqual(NOBODY);
    const forged = { headers: { authorization: `${bearer.headers.authorization}x` } };
    expect(await bodyOf(app.client().get('/open', forged))).toEqual(NOBODY);
  });

  it('loads by either where both are applied: the first that finds somebody', async () => {
    const { app, client, bearer } = await boot([LoadFromSession, LoadFromBearer]);

    expect(await bodyOf(client.get('/open', bearer))).toEqual(ADA_BY_SESSION);
    expect(await bodyOf(app.client().get('/open', bearer))).toEqual({ name: 'Ada', by: 'bearer' });
  });

  it('leaves the word to a guard: its credential, its user, its sign-in', async () => {
    const { app, client, bearer } = await boot([LoadFromSession]);
    const bob = app.client();
    await bob.post(REGISTER, { json: { ...ADA, email: 'bob@example.com', name: 'Bob' } });

    expect(await bodyOf(bob.get('/by-bearer', bearer))).toEqual({ name: 'Ada', by: 'bearer' });
    expect(await bodyOf(bob.get('/by-session', bearer))).toEqual({ name: 'Bob', by: 'session' });
    expect(await client.get('/by-bearer')).toMatchObject({ status: 401 });
    expect(await bodyOf(bob.get('/perhaps-by-bearer', bearer))).toEqual({ name: 'Ada', by: 'bearer' });
    expect(await bodyOf(bob.get('/perhaps-by-bearer'))).toEqual(NOBODY);
  });

  it('is one statement with the guard and the plug after it', async () => {
    const { adapter, calls } = countingDataLayer(memoryDataLayer());
    const { client } = await boot([LoadFromSession, LoadFromSession], { dataLayer: adapter });
    const costOf = async (path: string) => {
      calls.count = 0;
      expect(await client.get(path)).toMatchObject({ status: 200 });
      return calls.count;
    };
    const bare = await costOf('/open');

    expect(await costOf('/by-session')).toBe(bare);
    expect(await costOf('/auth/user/session/list')).toBe(bare + 1); // the list itself
  });

  it('gives the plug its users, and the request of the platform', async () => {
    const { client } = await boot([LoadFromSession]);

    const list = await client.get('/auth/user/session/list');
    expect(list).toMatchObject({ status: 200, body: { users: ['user'], isWhole: true } });
    const again = await client.post(SIGN_IN, { json: RIGHT });
    expect(again).toMatchObject({ status: 200, body: { users: ['user'], isWhole: true } });
    expect(await bodyOf(client.get('/open'))).toEqual(ADA_BY_SESSION);
  });

  it('is 503 with Retry-After in an outage, and signs nobody out', async () => {
    const { adapter, setGone } = faultyDataLayer(memoryDataLayer());
    const { client } = await boot([LoadFromSession], { dataLayer: adapter });

    setGone(true);
    const answer = await client.get('/open');
    setGone(false);

    expect(answer).toMatchObject({ status: 503, setCookies: [] });
    expect(answer.headers.get('retry-after')).toBe('5');
    expect(await bodyOf(client.get('/open'))).toEqual(ADA_BY_SESSION);
  });

  it('sends the cookie of a browser that an add-on knows again, whoever answers', async () => {
    const { resource } = userResource({ addOns: [allHooks<User>()] }, { hashProvider: new PlainHash() });
    const { client } = await boot([LoadFromSession], { resources: [resource] });
    const json = { ...RIGHT, rememberMe: 'on' };
    expect(await client.post(SIGN_IN, { json })).toMatchObject({ status: 200 });
    client.cookies.delete('__Host-user-session');
    expect(client.cookies.has(SERIES_COOKIE)).toBe(true);

    const known = await client.get('/open');

    expect(known.body).toMatchObject({ name: 'Ada' });
    expect(known.headers.get('cache-control')).toBe('no-store');
    expect(client.cookies.has('__Host-user-session')).toBe(true);
    expect(await bodyOf(client.get('/by-session'))).toEqual(ADA_BY_SESSION);
  });

  it('leaves the cookies of other middleware on the answer, whoever sets more', async () => {
    const { resource } = userResource({ addOns: [allHooks<User>()] }, { hashProvider: new PlainHash() });
    const { client } = await boot([LoadFromSession], {
      resources: [resource],
      imports: [baking(), loading(LoadFromSession)],
    });

    const signedIn = await client.post(SIGN_IN, { json: { ...RIGHT, rememberMe: 'on' } });
    client.cookies.delete('__Host-user-session');
    const known = await client.get('/by-session');

    for (const { setCookies } of [signedIn, known]) {
      const names = setCookies.map((cookie) => cookie.split('=', 1)[0]);
      expect(names).toEqual(expect.arrayContaining(['one', 'two', '__Host-user-session']));
      expect(names).toHaveLength(new Set(names).size);
    }
  });

  it('says whose users it loads where there are two apps, or does not boot', async () => {
    const staff = defineOtpApp({
      name: 'staff',
      plug: StaffPlug,
      publicUrl: 'http://localhost:3000',
      secrets: ['bZ3xW9qLr7Tn1VdKf5HsMj8GcYpEuAoN2iQ6mRtXyJw'],
      dataLayer: memoryDataLayer(),
      resources: [userResource({ subjectName: 'employee' }, { hashProvider: new PlainHash() }).resource],
    });
    const two = (middleware: Middleware) =>
      mountedApp({
        platform,
        controllers: [Who],
        imports: [AuthModule.forRoot(staff), loading(middleware)],
      });

    await expect(two(LoadFromSession)).rejects.toThrow(
      /consumer\.apply\(LoadFromSession\)[\s\S]*more than one OtpApp[\s\S]*write LoadFromSession\.of\(otpApp\)/,
    );
    const { app, client } = await two(LoadFromSession.of(staff));
    open.push(app);
    await client.post('/staff/employee/password/register', { json: ADA });
    await client.post(REGISTER, { json: { ...ADA, name: 'Customer' } });
    expect(await client.get('/who')).toMatchObject({ text: 'Ada' });
  });
});

@Controller('staff')
class StaffPlug extends JsonAuthPlug<User> {}

@Controller('who')
class Who {
  @Get()
  who(@CurrentUser() user: User | null): string {
    return user?.name ?? 'nobody';
  }
}

it('loading middleware without an app does not boot, and says what to import', async () => {
  const module = await Test.createTestingModule({ imports: [loading(LoadFromBearer)] }).compile();

  await expect(module.createNestApplication({ logger: false }).init()).rejects.toThrow(/import AuthModule\.forRoot/);
});
