import {
  Controller,
  Get,
  Injectable,
  Module,
  UseGuards,
  UseInterceptors,
  type CallHandler,
  type ExecutionContext,
  type MiddlewareConsumer,
  type NestInterceptor,
  type NestModule,
} from '@nestjs/common';
import { afterEach, describe, expect, it } from '@jest/globals';
import {
  BearerUserGuard,
  LoadFromSession,
  OptionalUser,
  Public,
  RequireScopes,
  SessionUserGuard,
  UserGuard,
  type AuthEvent,
} from 'nest-auth-plug';
import {
  authTestApp,
  type AuthTestApp,
  type AuthTestAppOptions,
  type Client,
  type Platform,
} from 'nest-auth-plug/testing';
import { headerKey } from '../rooms/header-key.js';
import { PlainHash } from '../rooms/plain-hash.js';
import { textIn } from '../rooms/rooms-app.js';
import { PASSWORD, userResource, type User } from '../users.js';

const seen: string[] = [];

/** Stands before the scopes are looked at, as a cache would. */
@Injectable()
class Seeing implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler) {
    seen.push(context.getHandler().name);
    return next.handle();
  }
}

const AnyGuard = UserGuard.accepting('session', 'bearer', 'header-key');

@Controller('scoped')
class ScopedController {
  @RequireScopes('read')
  @UseInterceptors(Seeing)
  @UseGuards(AnyGuard)
  @Get('read')
  read(): string {
    return 'read';
  }

  @UseGuards(AnyGuard)
  @RequireScopes('read', 'write')
  @Get('both')
  both(): string {
    return 'both';
  }

  @UseGuards(AnyGuard)
  @RequireScopes('read')
  @RequireScopes('write')
  @Get('twice')
  twice(): string {
    return 'twice';
  }

  @UseGuards(AnyGuard)
  @RequireScopes('admin')
  @Get('unknown')
  unknown(): string {
    return 'unknown';
  }

  @UseGuards(AnyGuard)
  @Get('none')
  none(): string {
    return 'none';
  }

  @RequireScopes('read')
  @Get('unguarded')
  unguarded(): string {
    return 'unguarded';
  }

  @RequireScopes('read')
  @OptionalUser()
  @UseGuards(AnyGuard)
  @Get('optional')
  optional(): string {
    return 'optional';
  }

  @RequireScopes('read')
  @Public()
  @UseGuards(AnyGuard)
  @Get('public')
  open(): string {
    return 'public';
  }

  @RequireScopes('read')
  @UseGuards(SessionUserGuard, BearerUserGuard)
  @Get('people')
  people(): string {
    return 'people';
  }
}

@RequireScopes('read')
@UseGuards(AnyGuard)
@Controller('class')
class ScopedClassController {
  @Get('read')
  read(): string {
    return 'read';
  }

  @RequireScopes('write')
  @Get('both')
  both(): string {
    return 'both';
  }
}

@Controller('inherited')
class InheritingController extends ScopedClassController {}

@Injectable()
class LoadFromKey extends LoadFromSession {
  static override readonly accepts = ['header-key'];
}

@Module({})
class LoadingModule implements NestModule {
  configure(consumer: MiddlewareConsumer): void {
    consumer.apply(LoadFromSession, LoadFromKey).forRoutes('{*path}');
  }
}

describe.each<Platform>(['express', 'fastify'])('@RequireScopes() on %s', (platform) => {
  let app: AuthTestApp;
  const events: AuthEvent[] = [];
  afterEach(() => app.close());

  async function boot(options: Partial<AuthTestAppOptions> = {}) {
    const watching = { name: 'watching', phases: [], observe: (event: AuthEvent) => void events.push(event) };
    const strategies = [headerKey<User>()];
    const { resource } = userResource({ strategies, addOns: [watching] }, { hashProvider: new PlainHash() });
    const controllers = [ScopedController, ScopedClassController, InheritingController];
    app = await authTestApp({ platform, controllers, resources: [resource], ...options });
    const ada = app.client();
    const token = textIn(await register(ada, 'ada@example.com'), 'token');
    const keyWith = async (scopes: string) => {
      const made = await ada.post('/auth/user/header-key/create', { json: { scopes } });
      return { headers: { 'x-key': textIn(made, 'key') } };
    };
    return { ada, token, keyWith };
  }

  const register = (browser: Client, email: string) =>
    browser.post('/auth/user/password/register', {
      json: { email, name: 'x', password: PASSWORD, passwordConfirmation: PASSWORD },
    });

  const statusesOf = async (browser: Client, paths: readonly string[], request = {}) =>
    Promise.all(paths.map(async (path) => (await browser.get(path, request)).status));

  const ALL = ['/scoped/read', '/scoped/both', '/scoped/twice', '/scoped/unknown', '/scoped/none'];
  const CLASS = ['/class/read', '/class/both', '/inherited/read', '/inherited/both'];

  it('[ASVS 10.3.2] lets a key through that has every scope, of the route and of its class', async () => {
    const { keyWith } = await boot();
    const statuses = async (scopes: string) => statusesOf(app.client(), [...ALL, ...CLASS], await keyWith(scopes));

    expect(await statuses('read write')).toEqual([200, 200, 200, 403, 200, 200, 200, 200, 200]);
    expect(await statuses('read')).toEqual([200, 403, 403, 403, 200, 200, 403, 200, 403]);
    expect(await statuses('write')).toEqual([403, 403, 403, 403, 200, 403, 403, 403, 403]);
    expect(await statuses('other')).toEqual([403, 403, 403, 403, 200, 403, 403, 403, 403]);
  });

  it('[RFC 6750 §3.1] says which scopes are missing to whom, and nothing more', async () => {
    const { keyWith } = await boot();

    const answer = await app.client().get('/class/both', await keyWith('read'));

    expect(answer.status).toBe(403);
    expect(answer.headers.get('www-authenticate')).toBe('Bearer error="insufficient_scope", scope="write read"');
    expect(events.at(-1)).toMatchObject({ name: 'guard.refused', facts: { reason: 'insufficient_scope' } });
  });

  it('lets people through, who have no scopes: what they may do, the app says', async () => {
    const { ada, token } = await boot();

    expect(await statusesOf(ada, [...ALL, ...CLASS])).toEqual([...ALL, ...CLASS].map(() => 200));
    expect(await statusesOf(app.client(), ALL, { headers: { authorization: `Bearer ${token}` } })).toEqual(
      ALL.map(() => 200),
    );
  });

  it('[ASVS 10.3.2] lets nobody through who is nobody, whatever else is on the route', async () => {
    await boot();

    for (const path of ['read', 'unguarded', 'optional', 'public']) {
      const answer = await app.client().get(`/scoped/${path}`);
      expect([path, answer.status, answer.headers.get('www-authenticate')]).toEqual([path, 401, 'Bearer']);
    }
  });

  it('is closed to a person and to a key where no guard has loaded them', async () => {
    const { ada, keyWith } = await boot();
    const key = await keyWith('read');

    expect(await statusesOf(ada, ['/scoped/unguarded', '/scoped/public', '/scoped/optional'])).toEqual([401, 401, 200]);
    expect(await statusesOf(app.client(), ['/scoped/unguarded', '/scoped/public', '/scoped/optional'], key)).toEqual([
      401, 401, 200,
    ]);
  });

  it('goes by the key where there is one: neither a cookie beside it nor @OptionalUser() helps', async () => {
    const { ada, keyWith } = await boot();
    const lacking = await keyWith('write');

    expect((await ada.get('/scoped/read', lacking)).status).toBe(403);
    expect((await app.client().get('/scoped/optional', lacking)).status).toBe(403);
  });

  it('refuses a key before any interceptor sees the request', async () => {
    const { keyWith } = await boot();
    seen.length = 0;

    await app.client().get('/scoped/read', await keyWith('write'));
    expect(seen).toEqual([]);
    await app.client().get('/scoped/read', await keyWith('read'));
    expect(seen).toEqual(['read']);
  });

  it('counts whom a middleware has loaded, with the scopes of the key', async () => {
    const { ada, keyWith } = await boot({ imports: [LoadingModule] });
    const status = async (scopes: string) =>
      (await app.client().get('/scoped/unguarded', await keyWith(scopes))).status;

    expect(await ada.get('/scoped/unguarded')).toMatchObject({ status: 200 });
    expect(await app.client().get('/scoped/unguarded')).toMatchObject({ status: 401 });
    expect([await status('read'), await status('write')]).toEqual([200, 403]);
  });
});

it.each(['read write', '', 'a"b', 'a\\b', 'é'])('@RequireScopes() takes no %j for a scope', (scope) => {
  expect(() => RequireScopes('read', scope)).toThrow(TypeError);
});
