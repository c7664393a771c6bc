import {
  Controller,
  Get,
  Module,
  Post,
  RequestMethod,
  Version,
  VERSION_NEUTRAL,
  VersioningType,
  type INestApplication,
  type Type,
} from '@nestjs/common';
import { RouterModule } from '@nestjs/core';
import { afterEach, describe, expect, it } from '@jest/globals';
import { AuthModule, JsonAuthPlug } from 'nest-auth-plug';
import type { AuthTestApp, AuthTestAppOptions, Client, Platform } from 'nest-auth-plug/testing';
import type { User } from '../users.js';
import { ADA, LINK_PAGE, mountedApp, REGISTER, RIGHT, SIGN_IN } from './mounted-app.js';

function plugOf(
  version?: string | typeof VERSION_NEUTRAL | (string | typeof VERSION_NEUTRAL)[],
): Type<JsonAuthPlug<User>> {
  class Versioned extends JsonAuthPlug<User> {}
  Controller(version === undefined ? { path: 'auth' } : { path: 'auth', version })(Versioned);
  return Versioned;
}

const byUri = (nest: INestApplication) => void nest.enableVersioning({ type: VersioningType.URI });

describe.each<Platform>(['express', 'fastify'])('a plug on %s', (platform) => {
  const open: AuthTestApp[] = [];
  afterEach(async () => {
    for (const app of open.splice(0)) await app.close();
  });

  async function boot(options: Partial<AuthTestAppOptions>) {
    const mounted = await mountedApp({ platform, ...options });
    open.push(mounted.app);
    return mounted;
  }

  /** Everything that has to hold where the plug is, with these headers on each request. */
  async function visit({ client, linkFrom }: Awaited<ReturnType<typeof boot>>, base: string, headers = {}) {
    expect(await client.post(`${base}${REGISTER}`, { json: ADA, headers })).toMatchObject({ status: 200 });
    const signedIn = await client.post(`${base}${SIGN_IN}`, { json: { ...RIGHT, returnTo: '/orders' }, headers });
    expect(signedIn).toMatchObject({ status: 200 });
    expect(signedIn.setCookies.every((cookie) => cookie.includes('; Path=/;'))).toBe(true);
    await expectUnknown(client, `${base}/auth/nowhere`, headers);
    const wrong = await client.get(`${base}${SIGN_IN}`, { headers });
    expect([wrong.status, wrong.headers.get('allow')]).toEqual([405, 'POST, OPTIONS']);
    expect(await client.post(`${base}/auth/user/session/sign-out`, { json: {}, headers })).toMatchObject({
      status: 200,
    });
    if (Object.keys(headers).length > 0) return;
    const link = await linkFrom(base);
    expect(link.pathname).toBe(`${base}${LINK_PAGE}`);
    expect(await client.get(`${link.pathname}${link.search}`)).toMatchObject({ text: 'Press the button to sign in' });
  }

  async function expectUnknown(client: Client, path: string, headers = {}): Promise<void> {
    expect(await client.get(path, { headers })).toMatchObject({ status: 404, body: { code: 'ERR_NOT_FOUND' } });
  }

  /** Nest's own 404, not that of the plug. */
  async function expectNobody(client: Client, path: string, headers = {}): Promise<void> {
    expect(await client.post(path, { json: RIGHT, headers })).toMatchObject({ status: 404, body: { statusCode: 404 } });
  }

  /** Nest 12 says so itself; on Nest 11 it is the plug's fallback that does. */
  async function expectNotFound(client: Client, headers: Record<string, string>): Promise<void> {
    expect(await client.post(SIGN_IN, { json: RIGHT, headers })).toMatchObject({ status: 404 });
  }

  it('stands under a version in the URI, with its links', async () => {
    const mounted = await boot({ plug: plugOf('2'), configure: byUri });
    await visit(mounted, '/v2');
    await expectNobody(mounted.client, SIGN_IN);
    await expectNobody(mounted.client, `/v1${SIGN_IN}`);
  });

  it('stands under each of several versions, and links to the first', async () => {
    const mounted = await boot({ plug: plugOf(['2', '1']), configure: byUri });
    await visit(mounted, '/v2');
    expect(await mounted.client.post(`/v1${SIGN_IN}`, { json: RIGHT })).toMatchObject({ status: 200 });
    await expectUnknown(mounted.client, '/v1/auth/nowhere');
  });

  it('stands under the default version, behind a prefix of its own spelling', async () => {
    const configure = (nest: INestApplication) => {
      nest.setGlobalPrefix('api');
      nest.enableVersioning({ type: VersioningType.URI, prefix: 'version-', defaultVersion: '3' });
    };
    await visit(await boot({ configure }), '/api/version-3');
  });

  it('stands under a bare version', async () => {
    const configure = (nest: INestApplication) => {
      nest.enableVersioning({ type: VersioningType.URI, prefix: false });
    };
    await visit(await boot({ plug: plugOf('2026-01'), configure }), '/2026-01');
  });

  it('stands without a version where it is neutral', async () => {
    const configure = (nest: INestApplication) => {
      nest.enableVersioning({ type: VersioningType.URI, defaultVersion: '1' });
    };
    await visit(await boot({ plug: plugOf(VERSION_NEUTRAL), configure }), '');
  });

  it('takes a version in a header', async () => {
    const configure = (nest: INestApplication) => {
      nest.enableVersioning({ type: VersioningType.HEADER, header: 'x-version' });
    };
    const mounted = await boot({ plug: plugOf('2'), configure });
    await visit(mounted, '', { 'x-version': '2' });
    await expectNotFound(mounted.client, { 'x-version': '1' });
    await expectNotFound(mounted.client, {});
  });

  it('takes a version in a media type, and what has none where it is neutral too', async () => {
    const configure = (nest: INestApplication) => {
      nest.enableVersioning({ type: VersioningType.MEDIA_TYPE, key: 'v=' });
    };
    const mounted = await boot({ plug: plugOf(['2', VERSION_NEUTRAL]), configure });
    await visit(mounted, '', { accept: 'application/json;v=2' });
    await expectNotFound(mounted.client, { accept: 'application/json;v=1' });
    const link = await mounted.linkFrom('');
    expect(
      await mounted.client.get(`${link.pathname}${link.search}`, { headers: { accept: 'text/html' } }),
    ).toMatchObject({
      text: 'Press the button to sign in',
    });
  });

  it('keeps its generated route beside one of the app in another version', async () => {
    @Controller({ path: 'auth', version: '1' })
    class Next extends JsonAuthPlug<User> {
      @Version('2')
      @Post('user/password/sign-in')
      signIn(): object {
        return { next: true };
      }
    }
    const { client } = await boot({ plug: Next, configure: byUri });
    await client.post(`/v1${REGISTER}`, { json: ADA });

    expect(await client.post(`/v1${SIGN_IN}`, { json: RIGHT })).toMatchObject({
      status: 200,
      body: { user: { name: 'Ada' } },
    });
    expect(await client.post(`/v2${SIGN_IN}`, { json: RIGHT })).toMatchObject({ body: { next: true } });
  });

  it('stands outside the global prefix where it is excluded', async () => {
    const exclude = ['auth', 'auth/{*path}'];
    const mounted = await boot({ configure: (nest) => void nest.setGlobalPrefix('api', { exclude }) });
    await visit(mounted, '');
    await expectUnknown(mounted.client, '/auth');
    await expectNobody(mounted.client, `/api${SIGN_IN}`);
  });

  it('stands outside the prefix in its version', async () => {
    const configure = (nest: INestApplication) => {
      nest.setGlobalPrefix('api', { exclude: ['auth/{*path}'] });
      nest.enableVersioning({ type: VersioningType.URI });
    };
    await visit(await boot({ plug: plugOf('1'), configure }), '/v1');
  });

  it('links to the one route that is excluded from the prefix, and says of it no method elsewhere', async () => {
    const exclude = [{ path: 'auth/user/link/sign-in', method: RequestMethod.GET }];
    const { client, linkFrom } = await boot({ configure: (nest) => void nest.setGlobalPrefix('api', { exclude }) });
    await client.post(`/api${REGISTER}`, { json: ADA });

    const link = await linkFrom('/api');
    expect(link.pathname).toBe(LINK_PAGE);
    expect(await client.get(`${link.pathname}${link.search}`)).toMatchObject({ text: 'Press the button to sign in' });
    const wrong = await client.request('PUT', `/api${LINK_PAGE}`, { json: {} });
    expect([wrong.status, wrong.headers.get('allow')]).toEqual([405, 'POST, OPTIONS']);
  });

  it('stands where RouterModule puts it, unknown places as well', async () => {
    @Module({ imports: [RouterModule.register([{ path: 'tools', module: AuthModule }])] })
    class Routed {}
    await visit(await boot({ imports: [Routed] }), '/tools');
  });

  it('stands at the root', async () => {
    @Controller()
    class Root extends JsonAuthPlug<User> {}
    @Controller('home')
    class Home {
      @Get()
      home(): string {
        return 'home';
      }
    }
    const { client } = await boot({ plug: Root, controllers: [Home] });
    expect(await client.post('/user/password/register', { json: ADA })).toMatchObject({ status: 200 });
    expect(await client.get('/home')).toMatchObject({ status: 200, text: 'home' });
    await expectUnknown(client, '/nowhere');
    const broken = { raw: '{"password":"plum', headers: { 'content-type': 'application/json' } };
    const answer = await client.post('/user/password/sign-in', broken);
    expect([answer.status, answer.text.includes('plum')]).toEqual([400, false]);
  });

  it('stands below a parameter, and quotes no body there', async () => {
    @Controller(':shop/auth')
    class Shops extends JsonAuthPlug<User> {}
    const { client } = await boot({ plug: Shops });
    expect(await client.post(`/books${REGISTER}`, { json: ADA })).toMatchObject({ status: 200 });
    const wrong = await client.get(`/books${SIGN_IN}`);
    expect([wrong.status, wrong.headers.get('allow')]).toEqual([405, 'POST, OPTIONS']);
    const broken = { raw: '{"password":"plum', headers: { 'content-type': 'application/json' } };
    const answer = await client.post(`/books${SIGN_IN}`, broken);
    expect([answer.status, answer.text.includes('plum')]).toEqual([400, false]);
  });
});
