import { generateKeyPairSync } from 'node:crypto';
import { Controller, Get, Module, Post, type Type } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { ApiOperation, DocumentBuilder } from '@nestjs/swagger';
import { afterEach, describe, expect, it } from '@jest/globals';
import openapiTS from 'openapi-typescript';
import {
  AuthModule,
  CurrentUser,
  defineOtpApp,
  JsonAuthPlug,
  RequireFresh,
  RequireSecondFactor,
  SessionUserGuard,
  UserGuard,
} from 'nest-auth-plug';
import { memoryDataLayer } from 'nest-auth-plug/adapters/memory';
import { Auth, NoAuth, openApi, OptionalAuth } from 'nest-auth-plug/openapi';
import type { AuthTestApp, AuthTestAppOptions, Platform } from 'nest-auth-plug/testing';
import { headerKey } from '../rooms/header-key.js';
import { PASSWORD, userResource, type User } from '../users.js';
import { askedFor, describedApp, documentOf, operationIn } from './documented.js';

const ADA = { email: 'ada@example.com', name: 'Ada', password: PASSWORD, passwordConfirmation: PASSWORD };

@Controller('pages')
class PageController {
  @Auth()
  @Get('either')
  either(@CurrentUser() user: User): string {
    return user.name;
  }

  @Auth(SessionUserGuard.for('user'))
  @Get('session')
  session(@CurrentUser() user: User): string {
    return user.name;
  }

  @OptionalAuth()
  @Get('optional')
  optional(@CurrentUser() user: User | null): string {
    return user?.name ?? 'nobody';
  }
}

@Auth(UserGuard.accepting('bearer'))
@Controller('api')
class ApiController {
  @Get()
  index(@CurrentUser() user: User): string {
    return user.name;
  }

  @NoAuth()
  @ApiOperation({ summary: 'Anybody' })
  @Get('open')
  open(): string {
    return 'open';
  }
}

@NoAuth()
@Controller('open')
class OpenController {
  @Get()
  index(): string {
    return 'open';
  }

  @Post()
  silent(): string {
    return 'open';
  }
}

@Controller('plain')
class PlainController {
  @Get()
  index(@CurrentUser() user: User): string {
    return user.name;
  }
}

@Module({ providers: [{ provide: APP_GUARD, useClass: UserGuard.accepting('bearer') }] })
class GuardedModule {}

describe.each<Platform>(['express', 'fastify'])("the app's own routes on %s", (platform) => {
  const open: AuthTestApp[] = [];
  afterEach(async () => {
    for (const app of open.splice(0)) await app.close();
  });

  async function boot(controllers: Type<unknown>[], options: Partial<AuthTestAppOptions> = {}) {
    const app = await describedApp({ platform, controllers, ...options });
    open.push(app);
    return { app, client: app.client(), document: documentOf(app) };
  }

  async function tokenOf({ client }: Awaited<ReturnType<typeof boot>>): Promise<Record<string, string>> {
    const { body } = await client.post('/auth/user/password/register', { json: ADA });
    const { token } = body as { token: string };
    return { authorization: `Bearer ${token}` };
  }

  it('are guarded by what they say they are guarded by', async () => {
    const visit = await boot([PageController, ApiController]);
    const [{ client, document }, bearer] = [visit, await tokenOf(visit)];
    const stranger = visit.app.client();

    expect(askedFor(operationIn(document, 'get /pages/either'))).toBe('user-bearer | user-session');
    expect(await stranger.get('/pages/either')).toMatchObject({ status: 401 });
    expect(await stranger.get('/pages/either', { headers: bearer })).toMatchObject({ status: 200, text: 'Ada' });
    expect(await client.get('/pages/either')).toMatchObject({ status: 200, text: 'Ada' });

    expect(askedFor(operationIn(document, 'get /pages/session'))).toBe('user-session');
    expect(await stranger.get('/pages/session', { headers: bearer })).toMatchObject({ status: 401 });
    expect(await client.get('/pages/session')).toMatchObject({ status: 200, text: 'Ada' });

    expect(askedFor(operationIn(document, 'get /api'))).toBe('user-bearer');
    expect(await client.get('/api')).toMatchObject({ status: 401 });
    expect(await stranger.get('/api', { headers: bearer })).toMatchObject({ status: 200, text: 'Ada' });
  });

  it('say that they may answer 401 and 503, and what is in their headers', async () => {
    const { document } = await boot([PageController, ApiController]);

    for (const name of ['get /pages/either', 'get /api']) {
      expect(operationIn(document, name).responses).toMatchObject({
        '200': {},
        '401': { headers: { 'WWW-Authenticate': {} } },
        '503': { headers: { 'Retry-After': {} } },
      });
    }
    expect(operationIn(document, 'get /pages/optional').responses).not.toHaveProperty('401');
  });

  it('say what more than a sign-in they ask for', async () => {
    @Auth()
    @RequireSecondFactor()
    @Controller('vault')
    class VaultController {
      @Get()
      index(): string {
        return 'gold';
      }

      @RequireFresh({ withinSeconds: 60 })
      @Get('key')
      key(): string {
        return 'key';
      }
    }
    const { document } = await boot([VaultController]);

    expect(operationIn(document, 'get /vault')).toMatchObject({ 'x-step-up': { secondFactor: true } });
    const key = operationIn(document, 'get /vault/key');
    expect(key).toMatchObject({ 'x-step-up': { within: 60, secondFactor: true } });
    expect(key.responses).toMatchObject({
      '200': {},
      '401': {
        headers: { 'WWW-Authenticate': {} },
        content: { 'application/json': { schema: { properties: { maxAgeSeconds: {}, activities: {} } } } },
      },
      '503': {},
    });
    await expect(openapiTS(JSON.stringify(document), { silent: true })).resolves.not.toEqual([]);
  });

  it('take whoever comes where that is said', async () => {
    const { client, document } = await boot([PageController, ApiController]);

    expect(askedFor(operationIn(document, 'get /pages/optional'))).toBe('nobody | user-bearer | user-session');
    expect(await client.get('/pages/optional')).toMatchObject({ status: 200, text: 'nobody' });
    expect(askedFor(operationIn(document, 'get /api/open'))).toBe('nobody');
    expect(operationIn(document, 'get /api/open').summary).toBe('Anybody');
    expect(await client.get('/api/open')).toMatchObject({ status: 200, text: 'open' });
    expect(document).not.toHaveProperty('security');
  });

  it('are all guarded by a guard of the whole app, which the document says once', async () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const keys = [privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()];
    const visit = await boot([PlainController, OpenController], {
      imports: [GuardedModule],
      app: { signing: { algorithm: 'ES256', keys } },
    });
    const [{ client, document }, bearer] = [visit, await tokenOf(visit)];

    expect(askedFor(document)).toBe('user-bearer');
    expect(askedFor(operationIn(document, 'get /plain'))).toBeNull();
    expect(await client.get('/plain')).toMatchObject({ status: 401 });
    expect(await client.get('/plain', { headers: bearer })).toMatchObject({ status: 200, text: 'Ada' });
    expect(operationIn(document, 'get /plain').responses).toMatchObject({ '200': {}, '401': {}, '503': {} });
    for (const name of ['get /open', 'post /open']) expect(askedFor(operationIn(document, name))).toBe('nobody');
    expect(askedFor(operationIn(document, 'post /auth/user/password/sign-in'))).toBe('nobody');
    expect(askedFor(operationIn(document, 'get /auth/.well-known/jwks.json'))).toBe('nobody');
    expect(await client.get('/open')).toMatchObject({ status: 200, text: 'open' });
    await expect(openapiTS(JSON.stringify(document), { silent: true })).resolves.not.toEqual([]);
  });

  it('are named after the only resource of the app that their guard is of', async () => {
    const { app, document } = await boot([TwoAppsController], { imports: [AuthModule.forRoot(staff)] });

    expect(askedFor(operationIn(document, 'get /customers'))).toBe('user-session');
    expect(askedFor(operationIn(document, 'get /employees'))).toBe('staff-session');
    expect(askedFor(operationIn(document, 'post /staff/auth/staff/password/change'))).toBe(
      'staff-bearer | staff-session',
    );
    expect(document.components?.securitySchemes).toMatchObject({
      'user-session': { type: 'apiKey', in: 'cookie', name: '__Host-user-session' },
      'staff-session': { type: 'apiKey', in: 'cookie', name: '__Host-staff-session' },
    });
    expect(await app.client().get('/employees')).toMatchObject({ status: 401 });
  });

  it('take the credential of a strategy, by the scheme that the app says', async () => {
    const { resource } = userResource({ strategies: [headerKey()] });
    const { app } = await boot([KeyController], { resources: [resource] });
    const key = { type: 'apiKey', in: 'header', name: 'x-key' } as const;
    const config = new DocumentBuilder().addApiKey(key, 'user-header-key').addSecurityRequirements('other');
    const document = documentOf(app, config);

    expect(askedFor(operationIn(document, 'get /keys'))).toBe('user-header-key');
    expect(document.components?.securitySchemes).toMatchObject({ 'user-header-key': key, 'user-bearer': {} });
    expect(askedFor(document)).toBe('other');
  });

  it('take it by a scheme that is there already, where the strategy says its header', async () => {
    const strategies = [
      { ...headerKey<User>(), name: 'api-key', credentialHeader: 'authorization' },
      { ...headerKey<User>(), name: 'bot-key', credentialHeader: 'x-bot' },
    ];
    const { resource } = userResource({ strategies });
    const { document } = await boot([ProgramController], { resources: [resource] });

    expect(askedFor(operationIn(document, 'get /programs'))).toBe('user-api-key | user-bot-key | user-session');
    expect(document.components?.securitySchemes).toMatchObject({
      'user-api-key': { type: 'http', scheme: 'bearer' },
      'user-bot-key': { type: 'apiKey', in: 'header', name: 'x-bot' },
    });
  });

  it('may share one decorator', async () => {
    const { document } = await boot([SharingController]);

    expect(askedFor(operationIn(document, 'get /one'))).toBe('user-bearer | user-session');
    expect(askedFor(operationIn(document, 'get /two'))).toBe('user-bearer | user-session');
  });
});

const staff = defineOtpApp({
  name: 'staff',
  plug: plugAt('staff/auth'),
  publicUrl: 'http://localhost:3000',
  secrets: ['bZ3xW9qLr7Tn1VdKf5HsMj8GcYpEuAoN2iQ6mRtXyJw'],
  dataLayer: memoryDataLayer(),
  openApi: openApi(),
  resources: [userResource({ subjectName: 'staff', table: 'staff' }).resource],
});

function plugAt(path: string): Type<JsonAuthPlug<User>> {
  class StaffPlug extends JsonAuthPlug<User> {}
  Controller(path)(StaffPlug);
  return StaffPlug;
}

@Controller()
class TwoAppsController {
  @Auth(SessionUserGuard.of({ name: 'test-app' }))
  @Get('customers')
  customer(): string {
    return 'in';
  }

  @Auth(SessionUserGuard.of(staff))
  @Get('employees')
  employee(): string {
    return 'in';
  }
}

@Auth(UserGuard.accepting('header-key'))
@Controller('keys')
class KeyController {
  @Get()
  index(): string {
    return 'in';
  }
}

@Auth(UserGuard.accepting('session', 'api-key', 'bot-key'))
@Controller('programs')
class ProgramController {
  @Get()
  index(): string {
    return 'in';
  }
}

const Guarded = Auth();

@Controller()
class SharingController {
  @Guarded
  @Get('one')
  one(): string {
    return 'one';
  }

  @Guarded
  @Get('two')
  two(): string {
    return 'two';
  }
}
