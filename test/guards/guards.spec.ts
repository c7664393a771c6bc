import { Controller, Get, Injectable, Module, UseGuards, type ExecutionContext } from '@nestjs/common';
import { APP_GUARD, ModuleRef, Reflector } from '@nestjs/core';
import { afterEach, describe, expect, it } from '@jest/globals';
import {
  BearerUserGuard,
  CurrentContext,
  CurrentSignIn,
  CurrentToken,
  CurrentUser,
  defineResource,
  OptionalUser,
  Public,
  SessionUserGuard,
  UserGuard,
  type AuthContext,
  type SignIn,
} from 'nest-auth-plug';
import { memoryDataLayer } from 'nest-auth-plug/adapters/memory';
import { password } from 'nest-auth-plug/strategies/password';
import { authTestApp, type AuthTestApp, type AuthTestAppOptions, type Platform } from 'nest-auth-plug/testing';
import { faultyDataLayer } from '../faulty-data-layer.js';
import { PASSWORD, userResource, type User } from '../users.js';

const ADA = { email: 'ada@example.com', name: 'Ada', password: PASSWORD, passwordConfirmation: PASSWORD };

/** Counts what a request asks the data layer for. */
function counting() {
  const { adapter } = faultyDataLayer(memoryDataLayer());
  const calls: string[] = [];
  const counted = {
    ...adapter,
    async open(...args: Parameters<typeof adapter.open>) {
      const layer = await adapter.open(...args);
      const watch = <T extends object>(target: T): T =>
        new Proxy(target, {
          get(inner, name, receiver): unknown {
            const member: unknown = Reflect.get(inner, name, receiver);
            if (typeof member !== 'function') return member;
            return (...parameters: unknown[]): unknown => {
              if (name === 'forTenant') return watch(Reflect.apply(member, inner, parameters) as object);
              calls.push(String(name));
              return Reflect.apply(member, inner, parameters);
            };
          },
        });
      return watch(layer);
    },
  };
  return { adapter: counted, calls };
}

@Controller('session')
@UseGuards(SessionUserGuard)
class SessionController {
  @Get()
  index(
    @CurrentUser() user: User,
    @CurrentSignIn() signIn: SignIn<User>,
    @CurrentToken() token: string | null,
  ): object {
    return { email: user.email, methods: signIn.methods, token };
  }
  @Get('public')
  @Public()
  open(@CurrentUser() user: User | null): object {
    return { user };
  }
  @Get('optional')
  @OptionalUser()
  optional(@CurrentUser() user: User | null): object {
    return { email: user?.email ?? null };
  }
}

@Controller('bearer')
class BearerController {
  @Get()
  @UseGuards(BearerUserGuard)
  index(@CurrentUser('user') user: User, @CurrentToken() token: string): object {
    return { email: user.email, token };
  }
  @Get('either')
  @UseGuards(UserGuard)
  either(@CurrentUser() user: User): object {
    return { email: user.email };
  }
  @Get('optional')
  @UseGuards(BearerUserGuard)
  @OptionalUser()
  optional(@CurrentUser() user: User | null): object {
    return { email: user?.email ?? null };
  }
  @Get('thrice')
  @UseGuards(BearerUserGuard, SessionUserGuard, UserGuard)
  thrice(@CurrentContext() context: AuthContext): object {
    return { users: [...context.users.keys()] };
  }
}

@Controller('closed')
class ClosedController {
  @Get()
  index(): string {
    return 'in';
  }
}

/** Shares the handler with the one that it extends. */
@Public()
@Controller('open')
class OpenController extends ClosedController {}

@Module({ controllers: [SessionController, BearerController] })
class FeatureModule {}

@Module({ controllers: [ClosedController, OpenController] })
class InheritingModule {}

function throwing(): never {
  throw new Error('ldap://secret');
}

describe.each<Platform>(['express', 'fastify'])('guards on %s', (platform) => {
  const open: AuthTestApp[] = [];
  afterEach(async () => {
    for (const app of open.splice(0)) await app.close();
  });

  async function boot(options: Partial<AuthTestAppOptions> = {}, mayEnter: { now: boolean } = { now: true }) {
    const { resource } = userResource({ maySignIn: () => mayEnter.now });
    const app = await authTestApp({ platform, resources: [resource], imports: [FeatureModule], ...options });
    open.push(app);
    const browser = app.client();
    const registered = await browser.post('/auth/user/password/register', { json: ADA });
    const { token, user } = registered.body as { token: string; user: User };
    return { app, browser, token, user, bearer: { headers: { authorization: `Bearer ${token}` } } };
  }

  it('let signed-in users through in modules that import nothing', async () => {
    const { browser, app, bearer, token } = await boot();

    expect(await browser.get('/session')).toMatchObject({
      status: 200,
      body: { email: ADA.email, methods: ['pwd'], token: null },
    });
    expect(await app.client().get('/bearer', bearer)).toMatchObject({ status: 200, body: { email: ADA.email, token } });
  });

  it('[RFC 6750 §3] refuse everybody else with 401 and a challenge', async () => {
    const { app } = await boot();
    const anonymous = app.client();
    const bad = { headers: { authorization: 'Bearer not.a.token' } };

    const none = await anonymous.get('/bearer');
    const wrong = await anonymous.get('/bearer', bad);
    const malformed = await anonymous.get('/bearer', { headers: { authorization: 'Bearer a b' } });

    expect([none, wrong, malformed].map(({ status, headers }) => [status, headers.get('www-authenticate')])).toEqual([
      [401, 'Bearer'],
      [401, 'Bearer error="invalid_token"'],
      [401, 'Bearer error="invalid_request"'],
    ]);
    expect(wrong.text).not.toContain('not.a.token');
  });

  it('[RFC 6750 §2.3] take a bearer token from the header alone, its scheme in any case', async () => {
    const { app, token } = await boot();
    const anonymous = app.client();

    expect(await anonymous.get(`/bearer?access_token=${token}`)).toMatchObject({ status: 401 });
    anonymous.cookies.set('__Host-user-session', token);
    expect(await anonymous.get('/session')).toMatchObject({ status: 401 });
    const lower = { headers: { authorization: `bEARER ${token}` } };
    expect(await app.client().get('/bearer', lower)).toMatchObject({ status: 200 });
  });

  it('do not take a cookie where only the bearer token counts, nor the other way round', async () => {
    const { app, browser, bearer } = await boot();

    expect(await browser.get('/bearer')).toMatchObject({ status: 401 });
    expect(await app.client().get('/session', bearer)).toMatchObject({ status: 401 });
  });

  it('let a bearer token alone decide where both are taken and one is present', async () => {
    const { browser } = await boot();

    expect(await browser.get('/bearer/either')).toMatchObject({ status: 200 });
    const bad = { headers: { authorization: 'Bearer not.a.token' } };
    expect(await browser.get('/bearer/either', bad)).toMatchObject({ status: 401 });
    const basic = { headers: { authorization: 'Basic eDp5' } };
    expect(await browser.get('/bearer/either', basic)).toMatchObject({ status: 200 });
  });

  it('skip public routes, and load without refusing on optional ones', async () => {
    const { app, browser, bearer } = await boot();
    const anonymous = app.client();
    const bad = { headers: { authorization: 'Bearer not.a.token' } };

    expect(await anonymous.get('/session/public')).toMatchObject({ status: 200, body: { user: null } });
    expect(await browser.get('/session/public')).toMatchObject({ status: 200, body: { user: null } });
    expect(await anonymous.get('/session/optional')).toMatchObject({ status: 200, body: { email: null } });
    expect(await browser.get('/session/optional')).toMatchObject({ status: 200, body: { email: ADA.email } });
    expect(await anonymous.get('/bearer/optional', bearer)).toMatchObject({ body: { email: ADA.email } });
    expect(await anonymous.get('/bearer/optional', bad)).toMatchObject({ status: 200, body: { email: null } });
  });

  it('load the user by one statement, however many guards ask', async () => {
    const { adapter, calls } = counting();
    const { browser, bearer } = await boot({ dataLayer: adapter });

    calls.length = 0;
    expect(await browser.get('/session')).toMatchObject({ status: 200 });
    expect(calls).toEqual(['findSignIn']);

    calls.length = 0;
    expect(await browser.get('/bearer/thrice', bearer)).toMatchObject({ status: 200, body: { users: ['user'] } });
    expect(calls.toSorted()).toEqual(['findSignIn', 'findSignIn']); // the cookie and the token are two credentials
  });

  it('guard a whole app as APP_GUARD', async () => {
    const providers = [{ provide: APP_GUARD, useClass: UserGuard.accepting('session', 'bearer') }];
    const { app, browser, bearer } = await boot({ providers });

    expect(await app.client().get('/bearer')).toMatchObject({ status: 401 });
    expect(await app.client().get('/bearer', bearer)).toMatchObject({ status: 200 });
    expect(await browser.get('/session')).toMatchObject({ status: 200 });
    expect(await app.client().get('/session/public')).toMatchObject({ status: 200 });
  });

  it('tell controllers apart that share a handler, whichever is asked first', async () => {
    const providers = [{ provide: APP_GUARD, useClass: UserGuard.accepting('session', 'bearer') }];
    const { app } = await boot({ providers, imports: [InheritingModule] });
    const anonymous = app.client();

    for (const path of ['/open', '/closed', '/open']) {
      expect(await anonymous.get(path)).toMatchObject({ status: path === '/open' ? 200 : 401 });
    }
  });

  it('[ASVS 8.3.2] see at once that a user may no longer sign in', async () => {
    const mayEnter = { now: true };
    const { browser, app, bearer } = await boot({}, mayEnter);

    mayEnter.now = false;

    expect(await browser.get('/session')).toMatchObject({ status: 401 });
    expect(await app.client().get('/bearer', bearer)).toMatchObject({ status: 401 });
    mayEnter.now = true;
    expect(await browser.get('/session')).toMatchObject({ status: 200 });
  });

  it.each([
    ['throws', () => throwing()],
    ['answers with a promise that fails', () => Promise.reject(new Error('ldap://secret'))],
  ])(
    '[ASVS 16.5.3] refuse nobody for good where `maySignIn` %s: 503, and its words are in no log',
    async (_, fails) => {
      let maySignIn: () => boolean | Promise<boolean> = () => true;
      const { resource } = userResource({ maySignIn: () => maySignIn() });
      const { app, browser, bearer } = await boot({ resources: [resource] });

      maySignIn = fails;
      for (const answer of [await browser.get('/session'), await app.client().get('/bearer', bearer)]) {
        expect(answer).toMatchObject({ status: 503, setCookies: [] });
      }
      expect(app.logged.join('\n')).toContain('resources.user.maySignIn failed: Error');
      expect(app.logged.join('\n')).not.toContain('ldap');
    },
  );

  it('[ASVS 16.5.3] answer an outage with 503, sign nobody out and clear no cookie', async () => {
    const { adapter, setGone } = faultyDataLayer(memoryDataLayer());
    const { browser, app, bearer } = await boot({ dataLayer: adapter });

    setGone(true);
    const session = await browser.get('/session');
    const token = await app.client().get('/bearer/optional', bearer);
    setGone(false);

    for (const answer of [session, token]) {
      expect(answer).toMatchObject({ status: 503, setCookies: [] });
      expect(answer.headers.get('retry-after')).toBe('5');
    }
    expect(await browser.get('/session')).toMatchObject({ status: 200 });
    expect(await app.client().get('/bearer', bearer)).toMatchObject({ status: 200 });
  });

  it('run the steps that a subclass overrides', async () => {
    class TeapotGuard extends SessionUserGuard {
      protected override accept(_: ExecutionContext, user: unknown): boolean {
        return (user as User).name !== 'Ada';
      }
    }
    Injectable()(TeapotGuard);
    @Controller('own')
    @UseGuards(TeapotGuard)
    class OwnController {
      @Get()
      index(): string {
        return 'in';
      }
    }
    const { browser } = await boot({ controllers: [OwnController] });

    expect(await browser.get('/own')).toMatchObject({ status: 403 });
  });

  it('[ASVS 9.2.3] keep two resources apart, even with equal ids', async () => {
    const { resource } = userResource();
    const admin = defineResource<User>({
      subjectName: 'admin',
      table: 'admins',
      fields: { name: 'text' },
      strategies: [password({ identityField: 'email', accept: ['name'] })],
    });
    @Controller('admins')
    @UseGuards(UserGuard.for('admin'))
    class AdminController {
      @Get()
      index(@CurrentUser() user: User, @CurrentUser('user') other: User | null): object {
        return { email: user.email, other };
      }
    }
    @Controller('users')
    @UseGuards(UserGuard.for('user'))
    class UserController {
      @Get()
      index(): string {
        return 'in';
      }
    }
    const controllers = [AdminController, UserController];
    const app = await authTestApp({ platform, resources: [resource, admin], controllers });
    open.push(app);
    const browser = app.client();
    const registered = await browser.post('/auth/admin/password/register', { json: ADA });
    const { token } = registered.body as { token: string };
    const bearer = { headers: { authorization: `Bearer ${token}` } };

    expect(await browser.get('/admins')).toMatchObject({ status: 200, body: { email: ADA.email, other: null } });
    expect(await browser.get('/users')).toMatchObject({ status: 401 });
    expect(await app.client().get('/admins', bearer)).toMatchObject({ status: 200 });
    expect(await app.client().get('/users', bearer)).toMatchObject({ status: 401 });
    browser.cookies.set('__Host-user-session', browser.cookies.get('__Host-admin-session') ?? '');
    expect(await browser.get('/users')).toMatchObject({ status: 401 });
  });

  it.each([
    [
      'no name where there are several resources',
      UserGuard,
      /write UserGuard\.for\('user'\) or UserGuard\.for\('admin'\)/,
    ],
    ['another class', SessionUserGuard, /@UseGuards\(SessionUserGuard\).*\s.*SessionUserGuard\.for\('user'\)/],
    ['a name that is none', UserGuard.for('robot'), /there is no resource "robot"/],
    ['a credential that nobody reads', UserGuard.accepting('api-key').for('user'), /no strategy reads .*"api-key"/],
    ['an app that is none', UserGuard.for('user').of({ name: 'nowhere' }), /there is no OtpApp "nowhere"/],
  ])('do not boot with %s', async (_, guard, message) => {
    const { resource } = userResource();
    const admin = defineResource<User>({
      subjectName: 'admin',
      table: 'admins',
      strategies: [password({ identityField: 'email' })],
    });
    @Controller()
    @UseGuards(guard)
    class Guarded {
      @Get()
      index(): string {
        return 'in';
      }
    }
    await expect(authTestApp({ platform, resources: [resource, admin], controllers: [Guarded] })).rejects.toThrow(
      message,
    );
  });
});

describe('a guard in a context that is not supported yet', () => {
  it.each(['ws', 'rpc', 'graphql', 'made-up'])('[ASVS 8.2.1] [ASVS 6.3.4] refuses %s', async (type) => {
    const { resource } = userResource();
    const app = await authTestApp({ resources: [resource], imports: [FeatureModule] });
    const guard = new SessionUserGuard(app.nest.get(ModuleRef), app.nest.get(Reflector));
    const context = {
      getType: () => type,
      getHandler: () => FeatureModule,
      getClass: () => FeatureModule,
    } as unknown as ExecutionContext; // what a guard asks of one before it gives up

    expect(() => guard.canActivate(context)).toThrow('Unauthorized');
    await app.close();
  });
});
