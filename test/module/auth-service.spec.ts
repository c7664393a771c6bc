import { Controller, Get, UseGuards } from '@nestjs/common';
import { afterEach, expect, it } from '@jest/globals';
import {
  AuthError,
  AuthService,
  CurrentContext,
  CurrentSignIn,
  SessionUserGuard,
  type AuthContext,
  type SignIn,
  type Subject,
} from 'nest-auth-plug';
import { authTestApp, type AuthTestApp } from 'nest-auth-plug/testing';
import { describeEachStore } from '../stores/each-store.js';
import { PASSWORD, userResource, type User } from '../users.js';

const ADA = { email: 'ada@example.com', name: 'Ada', password: PASSWORD, passwordConfirmation: PASSWORD };

@Controller('vouch')
class VouchController {
  constructor(private readonly auth: AuthService) {}

  @Get()
  async vouch(@CurrentContext() context: AuthContext): Promise<string> {
    const users = await this.auth.loadSubjects(vouchedFor);
    const [user = {}] = users.values();
    await this.auth.signIn(user, { methods: ['sso'], context });
    await this.auth.storeInSession(user, { context });
    return 'in';
  }
}
const vouchedFor: Subject[] = [];

@Controller('mine')
@UseGuards(SessionUserGuard)
class MineController {
  constructor(private readonly auth: AuthService) {}

  @Get('others')
  endOthers(@CurrentContext() context: AuthContext, @CurrentSignIn() signIn: SignIn<User>): Promise<number> {
    return this.auth.endSignIns(signIn.subject, 'others', { context });
  }
}

describeEachStore('AuthService', (store) => {
  const open: AuthTestApp[] = [];
  afterEach(async () => {
    for (const app of open.splice(0)) await app.close();
  });

  async function boot() {
    const { resource, outbox } = userResource();
    const app = await authTestApp({
      resources: [resource],
      dataLayer: await store.empty(),
      controllers: [MineController, VouchController],
      app: { debugRefusals: true },
    });
    open.push(app);
    const { user, token } = await app.service.perform<User>(['password', 'register'], ADA);
    if (user === null || token === null) throw new Error('registering signs in');
    return { app, service: app.service, outbox, user, token, subject: app.service.userToSubject(user) };
  }

  it('performs an activity as HTTP does, limits included', async () => {
    const { service } = await boot();
    const right = { email: ADA.email, password: PASSWORD };

    expect(await service.perform(['password', 'sign-in'], right)).toMatchObject({ user: { name: 'Ada' } });
    await expect(service.perform(['password', 'sign-in'], { ...right, password: 'not the one' })).rejects.toMatchObject(
      {
        code: 'ERR_AUTHENTICATION_FAILED',
        reason: 'wrong_password',
      },
    );
    await expect(service.perform(['password', 'nothing'], {})).rejects.toMatchObject({ code: 'ERR_NOT_FOUND' });
    const guesses = Array.from({ length: 12 }, () =>
      service.perform(['password', 'sign-in'], { ...right, password: 'no' }),
    );
    const settled = await Promise.allSettled(guesses);
    const codes = settled.map((one) =>
      one.status === 'rejected' && one.reason instanceof AuthError ? one.reason.code : null,
    );
    expect(codes.filter((code) => code === 'ERR_LIMIT_EXCEEDED')).toHaveLength(3);
    await expect(service.perform(['password', 'sign-in'], right)).rejects.toMatchObject({ code: 'ERR_LIMIT_EXCEEDED' });
  });

  it('signs in whom the app vouches for', async () => {
    const { service, user, subject } = await boot();

    const signIn = await service.signIn(user, { methods: ['sso'] });

    expect(signIn).toMatchObject({ subject, methods: ['sso'], secondFactorAt: null });
    expect(signIn.token).toMatch(/\./);
    expect(await service.listSignIns(subject)).toHaveLength(2);
  });

  it('keeps in the browser whom the app vouches for, and ends what was there', async () => {
    const { app, service, subject } = await boot();
    vouchedFor.splice(0, 1, subject);
    const browser = app.client();

    expect(await browser.get('/vouch')).toMatchObject({ status: 200 });
    const first = browser.cookies.get('__Host-user-session');
    expect(await browser.get('/auth/user/session/list')).toMatchObject({ status: 200 });
    expect(await browser.get('/vouch')).toMatchObject({ status: 200 });

    expect(browser.cookies.get('__Host-user-session')).not.toBe(first);
    expect(await service.listSignIns(subject)).toHaveLength(2); // the one of registering, and this browser's
  });

  it('goes from a user to a subject and back', async () => {
    const { service, user, subject } = await boot();

    expect(subject).toBe(`user?id=${user.id}`);
    expect(await service.subjectToUser(subject)).toEqual(user);
    for (const other of [
      `user?id=`,
      `${subject}&x=y`,
      `robot?id=${user.id}`,
      `user?ID=${user.id}`,
      'user',
      '',
      `user?id=%61`,
    ]) {
      expect(await service.subjectToUser(other)).toBeNull();
    }
    const users = await service.loadSubjects([subject, 'user?id=nobody', 'robot?id=1']);
    expect([...users]).toEqual([[subject, user]]);
  });

  it('changes a user, and ends no sign-in by it', async () => {
    const { service, subject } = await boot();

    await service.changeUser(subject, { name: 'Ada Lovelace' });

    expect(await service.subjectToUser(subject)).toMatchObject({ name: 'Ada Lovelace' });
    expect(await service.listSignIns(subject)).toHaveLength(1);
  });

  it('ends all sign-ins of somebody, or all but the one of the request', async () => {
    const { app, service, subject } = await boot();
    const browser = app.client();
    await browser.post('/auth/user/password/sign-in', { json: { email: ADA.email, password: PASSWORD } });

    expect((await browser.get('/mine/others')).text).toBe('1');
    expect(await service.listSignIns(subject)).toHaveLength(1);
    expect((await browser.get('/mine/others')).text).toBe('0');
    expect(await service.endSignIns(subject)).toBe(1);
    expect(await browser.get('/mine/others')).toMatchObject({ status: 401 });
    expect(await service.endSignIns('user?id=nobody' as Subject)).toBe(0);
  });

  it('[ASVS 7.4.2] disables somebody, for every way in, until enabled again', async () => {
    const { app, service, subject, user, token } = await boot();
    const right = { email: ADA.email, password: PASSWORD };

    await service.disable(subject);

    const bearer = { headers: { authorization: `Bearer ${token}` } };
    expect(await app.client().get('/auth/user/session/list', bearer)).toMatchObject({ status: 401 });
    await expect(service.perform(['password', 'sign-in'], right)).rejects.toMatchObject({
      code: 'ERR_AUTHENTICATION_FAILED',
    });
    await expect(service.signIn(user, { methods: ['sso'] })).rejects.toMatchObject({
      code: 'ERR_AUTHENTICATION_FAILED',
    });
    await service.enable(subject);
    expect(await service.perform(['password', 'sign-in'], right)).toMatchObject({ user: { name: 'Ada' } });
  });

  it('[ASVS 7.4.2] deletes a user with all sign-ins and links, and makes the address free again', async () => {
    const { app, service, outbox, subject, token } = await boot();
    await service.perform(['password', 'reset-request'], { email: ADA.email });
    await app.idle();
    const resetToken = outbox.last(ADA.email).link?.searchParams.get('token');

    expect(await service.deleteUser(subject)).toBe(true);
    expect(await service.deleteUser(subject)).toBe(false);

    const bearer = { headers: { authorization: `Bearer ${token}` } };
    expect(await app.client().get('/auth/user/session/list', bearer)).toMatchObject({ status: 401 });
    const fresh = { resetToken, password: 'pear tree in the valley', passwordConfirmation: 'pear tree in the valley' };
    await expect(service.perform(['password', 'reset'], fresh)).rejects.toMatchObject({ code: 'ERR_INVALID_TOKEN' });
    expect(await service.perform(['password', 'register'], ADA)).toMatchObject({ user: { name: 'Ada' } });
  });

  it('writes reasons to the debug log where the app asks for it, and nothing that was typed', async () => {
    const { app, service } = await boot();
    const secret = 'a very secret thing';

    await service
      .perform(['password', 'sign-in'], { email: 'typed-secret@example.com', password: secret })
      .catch(() => 0);

    const lines = app.logged.filter((line) => line.startsWith('debug password.sign-in refused'));
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain('"reason":"unknown_user"');
    expect(app.logged.join('\n')).not.toMatch(/typed-secret|very secret/);
  });

  it('[ASVS 16.5.4] sends what it owes before it stops', async () => {
    const { app, service, outbox } = await boot();

    await service.perform(['password', 'reset-request'], { email: ADA.email });
    await app.close();
    open.length = 0;

    expect(outbox.last(ADA.email).purpose).toBe('reset-password');
  });
});
