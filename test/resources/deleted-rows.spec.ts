import { afterEach, expect, it } from '@jest/globals';
import { password } from 'nest-auth-plug/strategies/password';
import { defineResource } from 'nest-auth-plug';
import { authTestApp, Outbox, type AuthTestApp, type Platform } from 'nest-auth-plug/testing';
import { describeEachStore } from '../stores/each-store.js';
import { FakeHashProvider } from '../strategies/password/fake-hash-provider.js';
import { PASSWORD, type User } from '../users.js';
import { REGISTER, registering, SIGN_IN, WhoController } from './who.js';

const ADA = 'ada@example.com';

describeEachStore('a user whose row stays when it is deleted', (store) => {
  let app: AuthTestApp;
  afterEach(() => app.close());

  const boot = async (platform: Platform) => {
    const outbox = new Outbox();
    const forgotten: string[] = [];
    const users = defineResource<User>({
      subjectName: 'user',
      table: 'users',
      fields: { name: 'text' },
      deletedAtColumn: 'gone_at',
      addOns: [{ name: 'watching', phases: [], forget: (subject) => Promise.resolve(void forgotten.push(subject)) }],
      strategies: [
        password({
          identityField: 'email',
          hashProvider: new FakeHashProvider(),
          resettable: { sender: outbox, page: '/reset' },
        }),
      ],
    });
    const controllers = [WhoController];
    app = await authTestApp({ platform, resources: [users], controllers, dataLayer: await store.empty() });
    const browser = app.client();
    const { body } = await browser.post(REGISTER, registering(ADA));
    const { token, user } = body as { token: string; user: User };
    const ask = async () => {
      await browser.post('/auth/user/password/reset-request', { json: { email: ADA } });
      await app.idle();
      return outbox.messages.map(({ link }) => link?.searchParams.get('token') ?? '');
    };
    const statuses = async (resetToken: string | undefined) => ({
      cookie: (await browser.get('/home')).status,
      token: (await app.client().get('/api', { headers: { authorization: `Bearer ${token}` } })).status,
      signIn: (await app.client().post(SIGN_IN, { json: { email: ADA, password: PASSWORD } })).status,
      register: (await app.client().post(REGISTER, registering(ADA))).status,
      link: (
        await app.client().post('/auth/user/password/reset', {
          json: { resetToken, password: 'pear tree in a valley', passwordConfirmation: 'pear tree in a valley' },
        })
      ).status,
    });
    const subject = app.service.userToSubject(user);
    return { users, subject, ask, statuses, forgotten };
  };

  it.each(['express', 'fastify'] as const)(
    '[ASVS 7.4.2] is nobody, and still has the address, on %s',
    async (platform) => {
      const { users, subject, ask, statuses, forgotten } = await boot(platform);
      const [link] = await ask();

      expect(await app.service.deleteUser(subject)).toBe(true);

      expect(await statuses(link)).toEqual({ cookie: 401, token: 401, signIn: 401, register: 422, link: 422 });
      expect(await ask()).toHaveLength(1);
      expect(await app.service.subjectToUser(subject)).toBeNull();
      expect(await app.service.deleteUser(subject)).toBe(false);
      const row = await app.data.findOne(users.model, { email: ADA });
      expect(row).toMatchObject({ '#deletedAt': app.clock.now() });
      expect(forgotten).toEqual([]); // whoever brings the row back brings back its ways in, all of them
    },
  );

  it('[ASVS 8.3.2] is nobody from the next request on where the app deletes it, and signs in anew when it comes back', async () => {
    const { users, ask, statuses } = await boot('fastify');
    const [link] = await ask();

    await app.data.update(users.model, { email: ADA }, { '#deletedAt': app.clock.now() });
    expect(await statuses(link)).toEqual({ cookie: 401, token: 401, signIn: 401, register: 422, link: 422 });

    await app.data.update(users.model, { email: ADA }, { '#deletedAt': null });
    expect(await statuses('')).toMatchObject({ cookie: 401, token: 401, signIn: 200 });
  });
});
