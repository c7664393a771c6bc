import { Controller, type Type } from '@nestjs/common';
import { afterEach, describe, expect, it } from '@jest/globals';
import {
  AuthModule,
  AuthReply,
  defineOtpApp,
  JsonAuthPlug,
  type Activity,
  type AuthContext,
  type AuthError,
  type OtpApp,
} from 'nest-auth-plug';
import { memoryDataLayer } from 'nest-auth-plug/adapters/memory';
import type { AuthTestApp, Platform } from 'nest-auth-plug/testing';
import { Faults } from '../rooms/faults.js';
import { PlainHash } from '../rooms/plain-hash.js';
import { userResource, type User } from '../users.js';
import { ADA, mountedApp, REGISTER } from './mounted-app.js';

@Controller('auth/admin')
class AdminPlug extends JsonAuthPlug<User> {
  override handleFailure(_ctx: AuthContext, _activity: Activity, { code }: AuthError) {
    return AuthReply.json({ code }, code === 'ERR_METHOD_NOT_ALLOWED' ? 405 : 404, { 'x-plug': 'admin' });
  }
}

function adminApp(plug: Type<JsonAuthPlug<User>> = AdminPlug): OtpApp {
  const hashProvider = new PlainHash(new Faults());
  const { resource } = userResource({ subjectName: 'admin', table: 'admins' }, { hashProvider });
  return defineOtpApp({
    name: 'admin-app',
    plug,
    publicUrl: 'http://localhost:3000',
    secrets: ['bZ3xW9qLr7Tn1VdKf5HsMj8GcYpEuAoN2iQ6mRtXyJw'],
    dataLayer: memoryDataLayer(),
    resources: [resource],
  });
}

const ADMIN_REGISTER = '/auth/admin/admin/password/register';

describe.each<Platform>(['express', 'fastify'])('a plug below another on %s', (platform) => {
  let app: AuthTestApp;
  afterEach(() => app.close());

  it('has its own routes, its own unknown places and its own Allow', async () => {
    const mounted = await mountedApp({ platform, imports: [AuthModule.forRoot(adminApp())] });
    ({ app } = mounted);
    const { client } = mounted;

    expect(await client.post(REGISTER, { json: ADA })).toMatchObject({ status: 200 });
    expect(await client.post(ADMIN_REGISTER, { json: ADA })).toMatchObject({ status: 200 });
    expect([...client.cookies.keys()]).toEqual(expect.arrayContaining(['__Host-user-session', '__Host-admin-session']));

    const inner = await client.get('/auth/admin/nowhere');
    expect([inner.status, inner.headers.get('x-plug')]).toEqual([404, 'admin']);
    const root = await client.get('/auth/admin');
    expect([root.status, root.headers.get('x-plug')]).toEqual([404, 'admin']);
    const wrong = await client.get(ADMIN_REGISTER);
    expect([wrong.status, wrong.headers.get('allow'), wrong.headers.get('x-plug')]).toEqual([
      405,
      'POST, OPTIONS',
      'admin',
    ]);

    const outer = await client.get('/auth/nowhere');
    expect([outer.status, outer.headers.get('x-plug')]).toEqual([404, null]);
    const beside = await client.get('/auth/administrators');
    expect([beside.status, beside.headers.get('x-plug')]).toEqual([404, null]);
  });

  it('ends none of the sign-ins of the outer one', async () => {
    const mounted = await mountedApp({ platform, imports: [AuthModule.forRoot(adminApp())] });
    ({ app } = mounted);
    const { client } = mounted;
    await client.post(REGISTER, { json: ADA });
    await client.post(ADMIN_REGISTER, { json: ADA });

    await client.post('/auth/admin/admin/session/sign-out', { json: {} });

    expect([...client.cookies.keys()].filter((name) => name.endsWith('-session'))).toEqual(['__Host-user-session']);
    expect(await client.get('/auth/user/session/list')).toMatchObject({ status: 200 });
  });

  it('is found at any depth, whichever was imported first', async () => {
    @Controller('auth/user/deep')
    class Deep extends AdminPlug {}
    const mounted = await mountedApp({
      platform,
      imports: [AuthModule.forRoot(adminApp(Deep)), AuthModule.forRoot(secondInner())],
    });
    ({ app } = mounted);
    const answers = ['/auth/user/deep/nowhere', '/auth/user/nowhere'].map((path) => mounted.client.get(path));
    const plugs = (await Promise.all(answers)).map(({ headers }) => headers.get('x-plug'));

    expect(plugs).toEqual(['admin', null]);
  });
});

/** One that stands between the two in depth. */
function secondInner(): OtpApp {
  @Controller('auth/user')
  class Middle extends JsonAuthPlug<User> {}
  return defineOtpApp({ ...adminApp(Middle), name: 'middle-app', plug: Middle, resources: [middleResource()] });
}

function middleResource() {
  return userResource({ subjectName: 'middle', table: 'middles' }, { hashProvider: new PlainHash(new Faults()) })
    .resource;
}
