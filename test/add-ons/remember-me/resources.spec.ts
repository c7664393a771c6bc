import {
  Controller,
  Get,
  Module,
  RequestMethod,
  UseGuards,
  type MiddlewareConsumer,
  type NestModule,
} from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  CurrentUser,
  defineResource,
  JsonAuthPlug,
  LoadFromSession,
  SessionUserGuard,
  type Activity,
  type AuthContext,
  type Resource,
} from 'nest-auth-plug';
import { rememberMe } from 'nest-auth-plug/add-ons/remember-me';
import { password } from 'nest-auth-plug/strategies/password';
import { authTestApp, type AuthTestApp, type Client, type Platform } from 'nest-auth-plug/testing';
import { ADA, CODE } from '../../rooms/rooms-app.js';
import { PlainHash } from '../../rooms/plain-hash.js';
import { secondFactor } from '../../rooms/second-factor.js';
import { PASSWORD, type User } from '../../users.js';

function resource(subjectName: string): Resource<User> {
  return defineResource<User>({
    subjectName,
    table: `${subjectName}s`,
    fields: { name: { kind: 'text', nullable: true } },
    strategies: [password({ identityField: 'email', hashProvider: new PlainHash() }), secondFactor()],
    addOns: [rememberMe<User>()],
  });
}

@Controller('who')
class Who {
  @UseGuards(SessionUserGuard.for('user'))
  @Get('user')
  user(@CurrentUser('user') user: User): string {
    return user.email;
  }

  @UseGuards(SessionUserGuard.for('admin'))
  @Get('admin')
  admin(@CurrentUser('admin') admin: User): string {
    return admin.email;
  }
}

/** Looks who else is there, in the middle of its answer. */
@Controller('auth')
class CuriousPlug extends JsonAuthPlug<User> {
  override async handleSuccess(ctx: AuthContext, activity: Activity, user: User | null, token: string | null) {
    await this.loadFromSession(ctx);
    return super.handleSuccess(ctx, activity, user, token);
  }
}

@Module({})
class Loading implements NestModule {
  configure(consumer: MiddlewareConsumer): void {
    consumer.apply(LoadFromSession).forRoutes({ path: '{*path}', method: RequestMethod.GET });
  }
}

const cookieOf = (name: string) => `__Host-${name}-remember-me`;

describe.each<Platform>(['express', 'fastify'])(
  'a browser that an app remembers as a user and as an admin, on %s,',
  (platform) => {
    let app: AuthTestApp;
    let browser: Client;

    beforeEach(async () => {
      const resources = [resource('user'), resource('admin')];
      app = await authTestApp({ platform, resources, controllers: [Who], imports: [Loading], plug: CuriousPlug });
      browser = app.client();
      const json = { email: ADA, password: PASSWORD, passwordConfirmation: PASSWORD, rememberMe: 'on' };
      for (const name of ['user', 'admin']) {
        expect(await browser.post(`/auth/${name}/password/register`, { json })).toMatchObject({ status: 200 });
      }
      restart();
    });
    afterEach(() => app.close());

    const restart = () => {
      for (const name of ['user', 'admin']) browser.cookies.delete(`__Host-${name}-session`);
    };
    const isIn = async (name: string) => (await browser.get(`/who/${name}`)).status === 200;

    it('is in as each by its own cookie', async () => {
      expect([await isIn('admin'), await isIn('user')]).toEqual([true, true]);
    });

    it('is nobody as one by the cookie of the other, which is no theft either', async () => {
      const [ofUser = '', ofAdmin = ''] = ['user', 'admin'].map((name) => browser.cookies.get(cookieOf(name)));
      browser.cookies.set(cookieOf('user'), ofAdmin).set(cookieOf('admin'), ofUser);
      expect([await isIn('user'), await isIn('admin')]).toEqual([false, false]);

      browser.cookies.set(cookieOf('user'), ofUser).set(cookieOf('admin'), ofAdmin);
      expect([await isIn('user'), await isIn('admin')]).toEqual([true, true]);
    });

    it('is signed in as the one, and brought back as the other, by one answer', async () => {
      browser.cookies.delete(cookieOf('user'));

      const answer = await browser.post('/auth/user/password/sign-in', { json: { email: ADA, password: PASSWORD } });

      expect(answer).toMatchObject({ status: 200, body: { user: { email: ADA } } });
      expect([...browser.cookies.keys()]).toEqual(
        expect.arrayContaining(['__Host-user-session', '__Host-admin-session']),
      );
      expect([await isIn('user'), await isIn('admin')]).toEqual([true, true]);
    });

    it('is signed out as the one that is said', async () => {
      await browser.post('/auth/user/session/sign-out', { json: {} });

      expect([await isIn('user'), await isIn('admin')]).toEqual([false, true]);
    });

    it('is asked for the second factor of the user by nothing of the admin', async () => {
      browser.cookies.delete(cookieOf('admin'));
      const elsewhere = app.client();
      await elsewhere.post('/auth/user/password/sign-in', { json: { email: ADA, password: PASSWORD } });
      await elsewhere.post('/auth/user/second-factor/enrol', { json: { code: CODE } });
      await browser.post('/auth/user/password/sign-in', { json: { email: ADA, password: PASSWORD, rememberMe: 'on' } });
      await browser.post('/auth/user/second-factor/sign-in', { json: { code: CODE } });
      restart();

      const code = async (name: string) => (await browser.get(`/auth/${name}/session/list`)).body;
      expect(await code('user')).toMatchObject({ code: 'ERR_SECOND_FACTOR_REQUIRED' });
      expect(await code('admin')).toMatchObject({ code: 'ERR_SIGN_IN_REQUIRED' });
    });
  },
);
