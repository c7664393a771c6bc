import { Controller, Get, UseGuards } from '@nestjs/common';
import { afterEach, expect, it } from '@jest/globals';
import { SessionUserGuard, type Resource } from 'nest-auth-plug';
import { argon2id } from 'nest-auth-plug/hash-providers/argon2';
import { authTestApp, type AuthTestApp, type Client, type Platform } from 'nest-auth-plug/testing';
import { describeEachStore } from './each-store.js';
import { PASSWORD, userResource, type User } from '../users.js';

@UseGuards(SessionUserGuard)
@Controller('home')
class HomeController {
  @Get()
  home(): string {
    return 'home';
  }
}

const ADA = 'ada@example.com';
const NEW = 'pear tree in the valley';
const AUTH = '/auth/user/password';
const typed = (password: string) => ({ password, passwordConfirmation: password });

describeEachStore('a password that must be changed', (store) => {
  let app: AuthTestApp;
  let users: Resource<User>;
  afterEach(() => app.close());

  async function visit(platform: Platform) {
    const { resource, outbox } = userResource({}, { mustChange: true });
    users = resource;
    app = await authTestApp({
      platform,
      resources: [resource],
      controllers: [HomeController],
      dataLayer: await store.empty(),
    });
    const browser = app.client();
    const registering = { email: ADA, name: 'Ada', ...typed(PASSWORD) };
    expect((await browser.post(`${AUTH}/register`, { json: registering })).status).toBe(200);
    const subject = app.service.userToSubject({ id: (await row())?.['id'] });
    const require = () => app.service.perform(['password', 'require-change'], { subject });
    return { browser, outbox, require };
  }

  const row = () => app.data.findOne(users.model, { email: ADA });
  const isIn = async (browser: Client) => (await browser.get('/home')).status === 200;
  const signIn = (browser: Client, password: string) =>
    browser.post(`${AUTH}/sign-in`, { json: { email: ADA, password } });
  const replace = (currentPassword: string, password: string, email = ADA) =>
    app.client().post(`${AUTH}/replace`, { json: { email, currentPassword, ...typed(password) } });

  it.each<Platform>(['express', 'fastify'])(
    '[ASVS 6.2.10] ends what was there, signs nobody in, and signs in again once it is changed, on %s',
    async (platform) => {
      const { browser, require } = await visit(platform);

      await require();
      expect(await isIn(browser)).toBe(false);
      const refused = await signIn(browser, PASSWORD);
      expect(refused).toMatchObject({ status: 403, body: { code: 'ERR_PASSWORD_CHANGE_REQUIRED' }, setCookies: [] });
      expect(await signIn(browser, NEW)).toMatchObject({ status: 401, body: { code: 'ERR_AUTHENTICATION_FAILED' } });

      expect(await replace(PASSWORD, 'short')).toMatchObject({ status: 422 });
      expect(await replace(PASSWORD, PASSWORD)).toMatchObject({ body: { problems: [{ code: 'unchanged' }] } });
      expect(await replace(PASSWORD, NEW)).toMatchObject({ status: 200, setCookies: [] });
      expect(await row()).toMatchObject({ passwordMustChange: false });

      expect((await signIn(browser, PASSWORD)).status).toBe(401);
      expect((await signIn(browser, NEW)).status).toBe(200);
      expect(await isIn(browser)).toBe(true);
      expect(await replace(NEW, 'plum tree by the sea')).toMatchObject({ status: 401 });
      expect(await isIn(browser)).toBe(true);
    },
  );

  it('[ASVS 6.2.10] is changed once of ten parallel times', async () => {
    const { require } = await visit('express');
    await require();

    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, index) => replace(PASSWORD, `a new password, ${index}`)),
    );

    const right = answers.flatMap(({ status }, index) => (status === 200 ? [index] : []));
    expect(right).toHaveLength(1);
    expect((await signIn(app.client(), `a new password, ${right[0]}`)).status).toBe(200);
  });

  it('[ASVS 6.2.10] may be marked in the row alone, as an import does, and reset by a link, though not to itself', async () => {
    const { outbox } = await visit('express');
    const passwordHash = await argon2id().hash(PASSWORD);
    await app.data.update(users.model, { email: ADA }, { passwordHash, passwordMustChange: true });
    expect((await signIn(app.client(), PASSWORD)).status).toBe(403);

    await app.client().post(`${AUTH}/reset-request`, { json: { email: ADA } });
    await app.idle();
    const resetToken = outbox.last(ADA).link?.searchParams.get('token');
    const reset = (password: string) =>
      app.client().post(`${AUTH}/reset`, { json: { resetToken, ...typed(password) } });

    expect(await reset(PASSWORD)).toMatchObject({ status: 422, body: { problems: [{ code: 'unchanged' }] } });
    expect((await reset(NEW)).status).toBe(200);
    expect((await signIn(app.client(), NEW)).status).toBe(200);
  });
});
