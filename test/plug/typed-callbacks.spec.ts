import { Controller } from '@nestjs/common';
import { describe, expect, it } from '@jest/globals';
import {
  AuthError,
  AuthPlug,
  AuthReply,
  defineOtpApp,
  defineResource,
  type ActivityOf,
  type AuthContext,
  type ReasonOf,
} from 'nest-auth-plug';
import * as errors from '../../lib/errors/index.js';
import { sessionRoom } from '../../lib/activities/session-room.js';
import { password } from 'nest-auth-plug/strategies/password';
import { authTestApp, Outbox, type Platform } from 'nest-auth-plug/testing';
import { FakeHashProvider } from '../strategies/password/fake-hash-provider.js';
import { PASSWORD, type User } from '../users.js';

/** Speaks of the app that is made of it. */
@Controller('auth')
class TypedPlug extends AuthPlug<User> {
  override async handleSuccess(ctx: AuthContext, activity: ActivityOf<typeof otpApp>, user: User | null) {
    await this.storeInSession(ctx, user);
    switch (activity[0]) {
      case null:
        return 'nothing is here';
      case 'session':
        return activity[1] === 'sign-out' ? 'out' : 'devices';
      case 'password':
        return activity[1] === 'register' ? 'welcome' : activity[1];
    }
  }

  override handleFailure(_ctx: AuthContext, activity: ActivityOf<typeof otpApp>, reason: ReasonOf<typeof otpApp>) {
    if (activity[0] === null) return AuthReply.text('nowhere', 404);
    return AuthReply.text(reason.code === 'ERR_INVALID_INPUT' ? `${reason.problems.length} wrong` : 'no', 400);
  }
}

const users = defineResource<User>()({
  subjectName: 'user',
  table: 'users',
  strategies: [
    password({
      identityField: 'email',
      hashProvider: new FakeHashProvider(),
      resettable: { sender: new Outbox(), page: '/reset' },
      signInTokens: {},
    }),
  ],
});
const otpApp = defineOtpApp({ name: 'my-app', plug: TypedPlug, resources: [users] });

/** Each has a key here, or this does not compile; and no other. */
type Phases = { readonly [A in Exclude<ActivityOf<typeof otpApp>, readonly [null, null]> as `${A[0]} ${A[1]}`]: true };
const PHASES: Phases = {
  'password register': true,
  'password sign-in': true,
  'password change': true,
  'password verify': true,
  'password reset-request': true,
  'password reset': true,
  'password issue-sign-in-token': true,
  'password sign-in-with-token': true,
  'session sign-out': true,
  'session list': true,
  'session end': true,
};
const CODES: Readonly<Record<ReasonOf<typeof otpApp>['code'], true>> = {
  ERR_AUTHENTICATION_FAILED: true,
  ERR_CROSS_SITE_REFUSED: true,
  ERR_FRESH_SIGN_IN_REQUIRED: true,
  ERR_INVALID_INPUT: true,
  ERR_INVALID_TOKEN: true,
  ERR_LAST_FACTOR: true,
  ERR_LAST_WAY_IN: true,
  ERR_LIMIT_EXCEEDED: true,
  ERR_METHOD_NOT_ALLOWED: true,
  ERR_NOT_FOUND: true,
  ERR_NO_TENANT: true,
  ERR_PASSWORD_CHANGE_REQUIRED: true,
  ERR_SECOND_FACTOR_REQUIRED: true,
  ERR_SIGN_IN_REQUIRED: true,
};

function isRefusal(value: unknown): value is new (...parts: unknown[]) => AuthError {
  return typeof value === 'function' && Reflect.get(value, 'prototype') instanceof AuthError;
}

describe('the types of callbacks', () => {
  it('name the activities that there are', () => {
    const session = sessionRoom<User>({ isStateless: false }, () => {
      throw new Error('nothing runs');
    });
    const rooms = [...users.rooms, session];
    const there = rooms.flatMap(({ name, phases }) => phases.map((phase) => `${name} ${phase.name}`));

    expect(there.toSorted()).toEqual(Object.keys(PHASES).toSorted());
  });

  it('name the codes of every refusal of this library', () => {
    const exported: readonly unknown[] = Object.values(errors);
    const codes = new Set(exported.filter(isRefusal).map((Refusal) => new Refusal([], '').code));

    expect([...codes].toSorted()).toEqual(Object.keys(CODES));
  });

  it.each<Platform>(['express', 'fastify'])('change nothing about what reaches them, on %s', async (platform) => {
    const app = await authTestApp({ platform, plug: TypedPlug, resources: otpApp.resources });
    const browser = app.client();
    const ada = { email: 'ada@example.com', password: PASSWORD, passwordConfirmation: PASSWORD };

    expect(await browser.post('/auth/user/password/register', { json: ada })).toMatchObject({ text: 'welcome' });
    expect(await browser.post('/auth/user/password/sign-in', { json: ada })).toMatchObject({ text: 'sign-in' });
    expect(await browser.get('/auth/user/session/list')).toMatchObject({ text: 'devices' });
    expect(await browser.post('/auth/user/session/sign-out', { json: {} })).toMatchObject({ text: 'out' });
    expect(await browser.post('/auth/user/password/sign-in', { json: {} })).toMatchObject({ text: '2 wrong' });
    expect(await browser.get('/auth/nowhere')).toMatchObject({ status: 404, text: 'nowhere' });
    await app.close();
  });
});
