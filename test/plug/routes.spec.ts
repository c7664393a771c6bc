import { request as httpRequest } from 'node:http';
import {
  Catch,
  Controller,
  Get,
  Injectable,
  Post,
  SetMetadata,
  UseFilters,
  UseGuards,
  type ArgumentsHost,
  type CanActivate,
  type ExceptionFilter,
  type ExecutionContext,
} from '@nestjs/common';
import { APP_FILTER, APP_GUARD, Reflector } from '@nestjs/core';
import { afterEach, describe, expect, it } from '@jest/globals';
import { AuthPlug, JsonAuthPlug, SessionUserGuard } from 'nest-auth-plug';
import { authTestApp, type AuthTestApp, type AuthTestAppOptions, type Platform } from 'nest-auth-plug/testing';
import { PASSWORD, userResource, type User } from '../users.js';

const ADA = { email: 'ada@example.com', name: 'Ada', password: PASSWORD, passwordConfirmation: PASSWORD };
const REGISTER = '/auth/user/password/register';
const SIGN_IN = '/auth/user/password/sign-in';

describe.each<Platform>(['express', 'fastify'])('the routes of a plug on %s', (platform) => {
  const open: AuthTestApp[] = [];
  afterEach(async () => {
    for (const app of open.splice(0)) await app.close();
  });

  async function boot(options: Partial<AuthTestAppOptions> = {}, routes = {}): Promise<AuthTestApp> {
    const { resource } = userResource({}, { routes });
    const app = await authTestApp({ platform, resources: [resource], ...options });
    open.push(app);
    return app;
  }

  it('let a route win that the app wrote on the plug, with the verb and path of a generated one', async () => {
    @Controller('auth')
    class OwnRoutes extends JsonAuthPlug<User> {
      @Post('user/password/sign-in')
      signIn(): object {
        return { mine: true };
      }
      @Get('me')
      me(): object {
        return { me: true };
      }
    }
    const client = (await boot({ plug: OwnRoutes })).client();

    expect(await client.post(SIGN_IN, { json: {} })).toMatchObject({ body: { mine: true } });
    expect(await client.get('/auth/me')).toMatchObject({ status: 200, body: { me: true } });
    expect(await client.post(REGISTER, { json: ADA })).toMatchObject({ status: 200 });
    expect(await client.post('/auth/me', { json: {} })).toMatchObject({ status: 405 });
  });

  it('let other controllers below the path win, wherever they were imported', async () => {
    @Controller('auth/sibling')
    class Sibling {
      @Get()
      index(): object {
        return { sibling: true };
      }
    }
    @Controller()
    class Root {
      @Get('auth/by-root')
      index(): object {
        return { root: true };
      }
    }
    const client = (await boot({ controllers: [Sibling, Root] })).client();

    expect(await client.get('/auth/sibling')).toMatchObject({ body: { sibling: true } });
    expect(await client.get('/auth/by-root')).toMatchObject({ body: { root: true } });
    expect(await client.get('/auth/sibling/deeper')).toMatchObject({ status: 404, body: { code: 'ERR_NOT_FOUND' } });
    expect(await client.get('/elsewhere')).toMatchObject({ status: 404, body: { statusCode: 404 } });
  });

  it('stand below a global prefix, unknown ones as well', async () => {
    const client = (await boot({ configure: (nest) => nest.setGlobalPrefix('api/v1') })).client();

    expect(await client.post(`/api/v1${REGISTER}`, { json: ADA })).toMatchObject({ status: 200 });
    expect(await client.get('/api/v1/auth/nowhere')).toMatchObject({ status: 404, body: { code: 'ERR_NOT_FOUND' } });
    expect(await client.get(`/api/v1${SIGN_IN}`)).toMatchObject({ status: 405 });
    expect(await client.post(REGISTER, { json: ADA })).toMatchObject({ status: 404 });
  });

  it('stay open under a guard of this library that guards the whole app', async () => {
    const providers = [{ provide: APP_GUARD, useClass: SessionUserGuard }];
    @Controller()
    class Home {
      @Get()
      home(): string {
        return 'home';
      }
    }
    const app = await boot({ providers, controllers: [Home] });
    const client = app.client();

    expect(await client.get('/')).toMatchObject({ status: 401 });
    expect(await client.get('/auth/nowhere')).toMatchObject({ status: 404, body: { code: 'ERR_NOT_FOUND' } });
    expect(await client.post(REGISTER, { json: ADA })).toMatchObject({ status: 200 });
    expect(await client.get('/')).toMatchObject({ status: 200, text: 'home' });
  });

  it('obey a guard of the app that is not ours, on the fallback as well', async () => {
    @Injectable()
    class Closed implements CanActivate {
      canActivate(): boolean {
        return false;
      }
    }
    const client = (await boot({ providers: [{ provide: APP_GUARD, useClass: Closed }] })).client();

    expect(await client.post(REGISTER, { json: ADA })).toMatchObject({ status: 403 });
    expect(await client.get('/auth/nowhere')).toMatchObject({ status: 403 });
  });

  it('give their errors to the filters of the app', async () => {
    @Catch()
    class Teapot implements ExceptionFilter {
      catch(_: unknown, host: ArgumentsHost): void {
        const response = host.switchToHttp().getResponse<{ status(code: number): { send(text: string): void } }>();
        response.status(418).send('filtered');
      }
    }
    class Broken extends AuthPlug<User> {
      override handleFailure(): never {
        throw new Error('a bug');
      }
    }
    Controller('auth')(Broken);
    const providers = [{ provide: APP_FILTER, useClass: Teapot }];
    const client = (await boot({ plug: Broken, providers })).client();

    expect(await client.get('/auth/nowhere')).toMatchObject({ status: 418, text: 'filtered' });
    expect(await client.post(SIGN_IN, { json: {} })).toMatchObject({ status: 418, text: 'filtered' });
  });

  it('take the class decorators of the plug, on the fallback as well', async () => {
    @Injectable()
    class NeedsKey implements CanActivate {
      canActivate(context: ExecutionContext): boolean {
        const request = context.switchToHttp().getRequest<{ headers: Record<string, unknown> }>();
        return request.headers['x-key'] === 'open';
      }
    }
    @Catch()
    class Quiet implements ExceptionFilter {
      catch(_: unknown, host: ArgumentsHost): void {
        host.switchToHttp().getResponse<{ status(code: number): { send(text: string): void } }>().status(444).send('');
      }
    }
    @UseFilters(Quiet)
    @UseGuards(NeedsKey)
    @Controller('auth')
    class Decorated extends JsonAuthPlug<User> {}
    const client = (await boot({ plug: Decorated })).client();
    const key = { 'x-key': 'open' };

    expect(await client.post(REGISTER, { json: ADA })).toMatchObject({ status: 444 });
    expect(await client.get('/auth/nowhere')).toMatchObject({ status: 444 });
    expect(await client.post(REGISTER, { json: ADA, headers: key })).toMatchObject({ status: 200 });
    expect(await client.get('/auth/nowhere', { headers: key })).toMatchObject({ status: 404 });
    expect(Object.getOwnPropertyNames(Decorated.prototype)).toEqual(['constructor']);
  });

  it('take decorators, a path or an end from the options of their strategy', async () => {
    const seen: unknown[] = [];
    @Injectable()
    class Watching implements CanActivate {
      constructor(private readonly reflector: Reflector) {}
      canActivate(context: ExecutionContext): boolean {
        seen.push(this.reflector.get('mark', context.getHandler()), context.getHandler().name);
        return true;
      }
    }
    const client = (
      await boot(
        { providers: [{ provide: APP_GUARD, useClass: Watching }] },
        {
          'sign-in': { decorators: [SetMetadata('mark', 'here')] },
          register: { path: 'sign-up' },
          change: { enabled: false },
        },
      )
    ).client();

    expect(await client.post('/auth/user/password/sign-up', { json: ADA })).toMatchObject({ status: 200 });
    expect(await client.post(REGISTER, { json: ADA })).toMatchObject({ status: 404 });
    expect(await client.post('/auth/user/password/change', { json: {} })).toMatchObject({ status: 404 });
    seen.length = 0;
    await client.post(SIGN_IN, { json: {} });
    expect(seen).toEqual(['here', 'user_password_signIn']);
  });

  it('answer OPTIONS on a known path with 204 and Allow, and set no CORS header', async () => {
    const client = (await boot()).client();

    const known = await client.request('OPTIONS', SIGN_IN, { headers: { origin: 'https://elsewhere.example' } });
    const unknown = await client.request('OPTIONS', '/auth/nowhere');

    expect(known).toMatchObject({ status: 204, text: '' });
    expect(known.headers.get('allow')).toBe('POST, OPTIONS');
    expect([...known.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
    expect(unknown).toMatchObject({ status: 404 });
  });

  it('leave a CORS preflight to the app', async () => {
    const client = (await boot({ configure: (nest) => nest.enableCors({ origin: 'https://app.example' }) })).client();
    const preflight = { origin: 'https://app.example', 'access-control-request-method': 'POST' };

    const answer = await client.request('OPTIONS', SIGN_IN, { headers: preflight });

    expect(answer.status).toBe(204);
    expect(answer.headers.get('access-control-allow-origin')).toBe('https://app.example');
  });

  it('are left to Nest where there is to be no fallback', async () => {
    const client = (await boot({ app: { fallback: false } })).client();

    expect(await client.get('/auth/nowhere')).toMatchObject({ status: 404, body: { statusCode: 404 } });
    expect(await client.post(REGISTER, { json: ADA })).toMatchObject({ status: 200 });
  });

  it('never say of a method both that it is wrong and that it is allowed', async () => {
    const client = (await boot()).client();
    const slash = await client.post(`${SIGN_IN}/`, { json: {} });
    const list = await client.post('/auth/user/session/list', { json: {} });

    expect([404, 422]).toContain(slash.status); // Express takes the slash, Fastify does not
    expect(list.status).toBe(405);
    expect(list.headers.get('allow')).toBe('GET, HEAD, OPTIONS');
  });

  it('[ASVS 4.1.4] know no method override', async () => {
    const client = (await boot()).client();
    const override = { 'x-http-method-override': 'POST' };

    expect(await client.get(`${SIGN_IN}?_method=POST`, { headers: override })).toMatchObject({ status: 405 });
  });

  it('warn once where browsers will drop the cookie', async () => {
    const app = await boot();
    const ada = { email: ADA.email, password: PASSWORD };
    await app.client().post(REGISTER, { json: ADA });
    const warnings = () => app.logged.filter((line) => line.startsWith('warn'));
    expect(warnings()).toEqual([]);

    for (let times = 0; times < 2; times += 1) await postAs(app.url, 'devbox.lan:3000', SIGN_IN, ada);

    expect(warnings()).toHaveLength(1);
    expect(warnings()[0]).toContain('Open http://localhost:3000 instead');
  });

  it('boot without a warning', async () => {
    const { logged } = await boot();

    expect(logged.filter((line) => line.startsWith('warn') || line.startsWith('error'))).toEqual([]);
  });
});

/** A request under another name for the host, which `fetch` would not send. */
function postAs(url: string, host: string, path: string, json: object): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const sent = httpRequest(new URL(path, url), {
      method: 'POST',
      headers: { host, 'content-type': 'application/json' },
    });
    sent.on('response', (answer) => resolve(answer.resume().statusCode)).on('error', reject);
    sent.end(JSON.stringify(json));
  });
}
