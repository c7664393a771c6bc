import { createRequire } from 'node:module';
import fastifyCookie from '@fastify/cookie';
import { Controller, Get, Res, UseGuards, type INestApplication } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { afterEach, describe, expect, it } from '@jest/globals';
import type { NextFunction, Request, RequestHandler, Response } from 'express';
import { CurrentUser, JsonAuthPlug, SessionUserGuard, type Activity, type AuthContext } from 'nest-auth-plug';
import type { AuthTestApp, ClientAnswer, Platform } from 'nest-auth-plug/testing';
import { PASSWORD, type User } from '../users.js';
import { ADA, mountedApp, REGISTER, RIGHT, SIGN_IN } from '../plug/mounted-app.js';

// The package brings no types.
const cookieParser = createRequire(import.meta.url)('cookie-parser') as (secret: string) => RequestHandler;

const SECRET = PASSWORD.repeat(2);

/** What the cookie plugins of the two platforms put on a response. */
interface CookieResponse {
  cookie?(name: string, value: string, options: object): unknown;
  setCookie?(name: string, value: string, options: object): unknown;
}

function setSigned(response: CookieResponse, name: string): void {
  const options = { signed: true, path: '/' };
  if (response.setCookie === undefined) response.cookie?.(name, 'value', options);
  else response.setCookie(name, 'value', options);
}

@Controller('auth')
class CookiePlug extends JsonAuthPlug<User> {
  override async handleSuccess(ctx: AuthContext, activity: Activity, user: User | null, token: string | null) {
    const { response } = ctx.native<{ response: CookieResponse }>();
    setSigned(response, 'before');
    const answer = await super.handleSuccess(ctx, activity, user, token);
    setSigned(response, 'after');
    return answer;
  }
}

@Controller('own')
@UseGuards(SessionUserGuard)
class OwnController {
  @Get()
  own(@CurrentUser() user: User, @Res({ passthrough: true }) response: CookieResponse): string {
    setSigned(response, 'mine');
    return user.name;
  }
}

/** What helmet, compression and CORS do: headers before the route, and a cookie of a middleware. */
function middleware(_request: Request, response: Response, next: NextFunction): void {
  response.setHeader('X-Frame-Options', 'DENY');
  response.setHeader('Vary', 'Origin');
  response.appendHeader('Set-Cookie', 'middleware=1; Path=/');
  next();
}

async function plugins(nest: INestApplication, platform: Platform): Promise<void> {
  nest.use(middleware);
  if (platform === 'express') nest.use(cookieParser(SECRET));
  // A Nest app on this platform has the method.
  else await (nest as NestFastifyApplication).register(fastifyCookie, { secret: SECRET });
}

const namesIn = ({ setCookies }: ClientAnswer) =>
  setCookies.map((cookie) => cookie.split('=')[0] ?? '').toSorted((one, other) => (one < other ? -1 : 1));

describe.each<Platform>(['express', 'fastify'])('beside other plugins on %s', (platform) => {
  let app: AuthTestApp;
  afterEach(() => app.close());

  it('cookies are added, and nobody takes another one’s away', async () => {
    const configure = (nest: INestApplication) => plugins(nest, platform);
    const mounted = await mountedApp({ platform, plug: CookiePlug, controllers: [OwnController], configure });
    ({ app } = mounted);
    const { client } = mounted;

    const registered = await client.post(REGISTER, { json: ADA });
    const ours = ['__Host-user-device', '__Host-user-session'];
    expect(namesIn(registered)).toEqual([...ours, 'after', 'before', 'middleware']);
    expect(registered.headers.get('x-frame-options')).toBe('DENY');
    expect(registered.headers.get('vary')).toBe('Origin');
    expect(registered.headers.get('cache-control')).toBe('no-store');

    const own = await client.get('/own');
    expect([own.text, namesIn(own)]).toEqual(['Ada', ['middleware', 'mine']]);
    const again = await client.post(SIGN_IN, { json: RIGHT });
    expect(namesIn(again)).toEqual(['__Host-user-session', 'after', 'before', 'middleware']);
    const out = await client.post('/auth/user/session/sign-out', { json: {} });
    expect(namesIn(out)).toEqual(['__Host-user-session', 'after', 'before', 'middleware']);
    expect(await client.get('/own')).toMatchObject({ status: 401 });
  });
});
