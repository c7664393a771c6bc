import { Controller, Get, UseGuards } from '@nestjs/common';
import { afterEach, expect, it } from '@jest/globals';
import { BearerUserGuard, CurrentUser, SessionUserGuard } from 'nest-auth-plug';
import { authTestApp, type AuthTestApp, type Platform } from 'nest-auth-plug/testing';
import { describeEachStore } from './each-store.js';
import { PASSWORD, userResource, type User } from '../users.js';

@UseGuards(SessionUserGuard)
@Controller('home')
class HomeController {
  @Get()
  home(@CurrentUser() user: User): string {
    return `Hello ${user.name}`;
  }
}

@UseGuards(BearerUserGuard)
@Controller('api')
class ApiController {
  @Get()
  index(@CurrentUser() user: User): object {
    return { email: user.email };
  }
}

const ADA = { email: 'Ada@Example.com', name: 'Ada', password: PASSWORD, passwordConfirmation: PASSWORD };

describeEachStore('a first visit', (store) => {
  let app: AuthTestApp;
  afterEach(() => app.close());

  it.each<Platform>(['express', 'fastify'])(
    'registers, signs out, resets the password and calls the API on %s',
    async (platform) => {
      const { resource, outbox } = userResource();
      const controllers = [HomeController, ApiController];
      app = await authTestApp({ platform, resources: [resource], controllers, dataLayer: await store.empty() });
      const browser = app.client();

      const registered = await browser.post('/auth/user/password/register', { json: ADA });
      expect(registered).toMatchObject({ status: 200, body: { user: { email: 'ada@example.com', name: 'Ada' } } });
      expect(registered.text).not.toMatch(/passwordHash|argon2/);
      const { token } = registered.body as { token: string };

      expect((await browser.get('/home')).text).toBe('Hello Ada');
      const bearer = { headers: { authorization: `Bearer ${token}` } };
      expect(await app.client().get('/api', bearer)).toMatchObject({ status: 200, body: { email: 'ada@example.com' } });
      expect(await app.client().get('/api')).toMatchObject({ status: 401 });

      expect(await browser.post('/auth/user/session/sign-out', { json: {} })).toMatchObject({ status: 200 });
      expect(await browser.get('/home')).toMatchObject({ status: 401 });
      expect(await app.client().get('/api', bearer)).toMatchObject({ status: 401 });

      expect(
        await browser.post('/auth/user/password/reset-request', { json: { email: 'ada@example.com' } }),
      ).toMatchObject({ status: 200 });
      await app.idle();
      const link = outbox.last('ada@example.com').link;
      const fresh = 'pear tree in the valley';
      const reset = { resetToken: link?.searchParams.get('token'), password: fresh, passwordConfirmation: fresh };
      expect(await browser.post('/auth/user/password/reset', { json: reset })).toMatchObject({ status: 200 });
      const old = { email: ADA.email, password: PASSWORD };
      expect(await browser.post('/auth/user/password/sign-in', { json: old })).toMatchObject({ status: 401 });
      const now = { email: ADA.email, password: fresh };
      expect(await browser.post('/auth/user/password/sign-in', { json: now })).toMatchObject({ status: 200 });
      expect((await browser.get('/home')).text).toBe('Hello Ada');
      expect(await browser.get('/auth/nowhere')).toMatchObject({ status: 404, body: { code: 'ERR_NOT_FOUND' } });
      const wrong = await browser.get('/auth/user/password/sign-in');
      expect(wrong).toMatchObject({ status: 405 });
      expect(wrong.headers.get('allow')).toBe('POST, OPTIONS');
    },
  );
});
