import { Controller, Get, UseGuards } from '@nestjs/common';
import { afterEach, describe, expect, it } from '@jest/globals';
import { CurrentSignIn, CurrentUser, OptionalUser, UserGuard, type SignIn } from 'nest-auth-plug';
import { authTestApp, type AuthTestApp, type Platform } from 'nest-auth-plug/testing';
import { FakeHashProvider } from '../strategies/password/fake-hash-provider.js';
import { PASSWORD, userResource, type User } from '../users.js';

@Controller('both')
class BothController {
  @Get('users-first')
  @UseGuards(UserGuard.for('user'), UserGuard.for('admin'))
  usersFirst(
    @CurrentUser() user: User,
    @CurrentSignIn() { subject }: SignIn,
    @CurrentUser('admin') admin: User,
  ): object {
    return { user: user.email, subject: subject.split('?')[0], admin: admin.email };
  }

  @Get('admins-first')
  @UseGuards(UserGuard.for('admin'), UserGuard.for('user'))
  adminsFirst(@CurrentUser() user: User, @CurrentSignIn() { subject }: SignIn): object {
    return { user: user.email, subject: subject.split('?')[0] };
  }

  @Get('either')
  @OptionalUser()
  @UseGuards(UserGuard.for('user'), UserGuard.for('admin'))
  either(@CurrentUser() user: User | null): object {
    return { user: user?.email ?? null };
  }
}

describe.each<Platform>(['express', 'fastify'])('a route behind guards of two resources on %s', (platform) => {
  let app: AuthTestApp;
  afterEach(() => app.close());

  it('is about the user of the first one that knows somebody, and needs both unless it says otherwise', async () => {
    const hashing = { hashProvider: new FakeHashProvider() };
    const resources = [
      userResource({}, hashing).resource,
      userResource({ subjectName: 'admin', table: 'admins' }, hashing).resource,
    ];
    app = await authTestApp({ platform, resources, controllers: [BothController] });
    const [both, adminAlone] = [app.client(), app.client()];
    const enter = (browser: typeof both, subjectName: string) => {
      const email = `${subjectName}@example.com`;
      const json = { email, name: 'A', password: PASSWORD, passwordConfirmation: PASSWORD };
      return browser.post(`/auth/${subjectName}/password/register`, { json });
    };
    await enter(both, 'user');
    const { token } = (await enter(both, 'admin')).body as { token: string };
    adminAlone.cookies.set('__Host-admin-session', both.cookies.get('__Host-admin-session') ?? '');

    const [user, admin] = ['user@example.com', 'admin@example.com'];
    expect((await both.get('/both/users-first')).body).toEqual({ user, subject: 'user', admin });
    expect((await both.get('/both/admins-first')).body).toEqual({ user: admin, subject: 'admin' });
    expect((await both.get('/both/either')).body).toEqual({ user });
    expect((await adminAlone.get('/both/either')).body).toEqual({ user: admin });
    expect(await adminAlone.get('/both/users-first')).toMatchObject({ status: 401 });
    // The token of one is a bad one to the other, and decides there alone.
    const headers = { authorization: `Bearer ${token}` };
    expect(await both.get('/both/users-first', { headers })).toMatchObject({ status: 401 });
  });
});
