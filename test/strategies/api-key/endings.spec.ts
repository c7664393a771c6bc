import { describe, expect, it } from '@jest/globals';
import type { AddOn, Subject } from 'nest-auth-plug';
import type { Platform } from 'nest-auth-plug/testing';
import { signInsModel } from '../../../lib/sessions/index.js';
import { PASSWORD } from '../../users.js';
import {
  ADA,
  BEA,
  issue,
  KEYS,
  keysApps,
  register,
  signIn,
  statusWith,
  subjectOf,
  type KeysApp,
  type KeysAppOptions,
  type User,
} from './keys-app.js';

const NONE: readonly string[] = [];
const NEW = 'pear tree in the valley';

describe.each<Platform>(['express', 'fastify'])('the end of keys on %s', (platform) => {
  const { visit } = keysApps(platform);

  /** Ada with a key, and Bea with one that nothing here concerns. */
  async function boot(options: KeysAppOptions = {}) {
    const { app, ada } = await visit(options);
    const bea = app.client();
    await register(bea, BEA);
    const [{ key }, other] = [await issue(ada), await issue(bea)];
    const subject = await subjectOf(app);
    const status = async () => {
      expect(await statusWith(app, other.key)).toBe(200);
      return statusWith(app, key);
    };
    return { app, ada, key, subject, status };
  }

  const changePassword = async ({ ada }: Awaited<ReturnType<typeof boot>>) => {
    const json = { currentPassword: PASSWORD, password: NEW, passwordConfirmation: NEW };
    expect(await ada.post('/auth/user/password/change', { json })).toMatchObject({ status: 200 });
  };
  /** What ends them, and by which address Ada comes in again where she is out. */
  const endsOfSignIns: [string, (visit: Awaited<ReturnType<typeof boot>>) => Promise<unknown>, string][] = [
    ['a new password', changePassword, ''],
    [
      'a new address',
      ({ app, subject }) => app.service.changeUser(subject, { email: 'new@example.com' }),
      'new@example.com',
    ],
    ['signing out everywhere', ({ app, subject }) => app.service.endSignIns(subject), ADA],
    [
      'signing out everywhere else',
      ({ ada }) => ada.post('/auth/user/session/end', { json: { listId: 'others' } }),
      '',
    ],
  ];

  it.each(endsOfSignIns)('[ASVS 7.4.3] comes with %s, and no such key is listed any more', async (_, end, email) => {
    const visited = await boot();

    await end(visited);

    expect(await visited.status()).toBe(401);
    expect(visited.app.events.at(-1)?.facts).toMatchObject({ reason: 'ended_key' });
    const { ada } = visited;
    if (email !== '') await signIn(ada, email);
    expect((await ada.get(`${KEYS}/list`)).body).toEqual({ keys: NONE });
  });

  it.each(endsOfSignIns)('does not come with %s where the app says so', async (_, end) => {
    const visited = await boot({ keys: { endsWithEpoch: false } });

    await end(visited);

    expect(await visited.status()).toBe(200);
  });

  it.each([true, false])(
    '[ASVS 7.4.2, 13.3.4] comes for good as the owner is disabled, whether keys end with sign-ins (%s) or not',
    async (endsWithEpoch) => {
      const { app, subject, status, ada } = await boot({ keys: { endsWithEpoch } });

      await app.service.disable(subject);
      expect(await status()).toBe(401);
      await app.service.enable(subject);
      expect(await status()).toBe(401);

      await signIn(ada);
      expect((await ada.get(`${KEYS}/list`)).body).toEqual({ keys: NONE });
      expect(await statusWith(app, (await issue(ada)).key)).toBe(200);
    },
  );

  it.each([true, false])(
    '[ASVS 7.4.2, 13.3.4] comes as the owner is deleted, and whoever has the id later inherits nothing (%s)',
    async (endsWithEpoch) => {
      const key = { id: { kind: 'text', madeBy: () => ids.shift() ?? 'none' } } as const;
      const ids = ['desk', 'bea', 'desk'];
      const { app, subject, status } = await boot({ keys: { endsWithEpoch }, user: { key } });

      await app.service.deleteUser(subject);
      expect(await status()).toBe(401);
      expect(await app.rows()).toHaveLength(1);

      await register(app.client(), 'next@example.com');
      expect(await subjectOf(app, 'next@example.com')).toBe(subject);
      expect(await status()).toBe(401);
    },
  );

  it('[ASVS 13.3.4] comes with the row of the owner, whoever takes it away, and with a time of deletion in it', async () => {
    const { app, subject, status } = await boot({
      keys: { endsWithEpoch: false },
      user: { deletedAtColumn: 'deleted_at' },
    });
    await app.service.deleteUser(subject);
    expect(await status()).toBe(401);

    const gone = await boot({ keys: { endsWithEpoch: false } });
    await gone.app.data.delete(gone.app.users.model, { email: ADA });
    expect(await gone.status()).toBe(401);
    expect(gone.app.events.at(-1)?.facts).toMatchObject({ reason: 'unknown_user' });
  });
});

describe('a key that is being made', () => {
  const { visit } = keysApps();

  /** Ada is let through to issue a key, something happens to her, and the work goes on. */
  async function issueWhile(
    happens: (app: KeysApp, subject: Subject) => Promise<unknown>,
    user: KeysAppOptions['user'] = {},
  ) {
    let arrive = (): void => undefined;
    let goOn = (): void => undefined;
    const arrived = new Promise<void>((resolve) => (arrive = resolve));
    const gate = new Promise<void>((resolve) => (goOn = resolve));
    const waiting: AddOn<User> = {
      name: 'waiting',
      phases: [],
      async beforeActivity(_, { activity }) {
        if (activity[1] !== 'issue') return;
        arrive();
        await gate;
      },
    };
    const { app, ada } = await visit({ keys: { endsWithEpoch: false }, user: { addOns: [waiting], ...user } });
    const subject = await subjectOf(app);
    const answer = ada.post(`${KEYS}/issue`, { json: { name: 'late' } });
    await arrived;
    await happens(app, subject);
    goOn();
    return { app, answer: await answer };
  }

  it.each<[string, (app: KeysApp, subject: Subject) => Promise<unknown>]>([
    ['signed out everywhere', (app, subject) => app.service.endSignIns(subject)],
    ['disabled', (app, subject) => app.service.disable(subject)],
    [
      'disabled and enabled again',
      async (app, subject) => {
        await app.service.disable(subject);
        await app.service.enable(subject);
      },
    ],
    ['deleted', (app, subject) => app.service.deleteUser(subject)],
    ['given another address', (app, subject) => app.service.changeUser(subject, { email: BEA })],
    [
      'signed out of this browser',
      async (app, subject) => {
        const [only] = await app.service.listSignIns(subject);
        const ended = await app.data
          .forTenant('')
          .update(signInsModel, { subject, endedAt: null }, { endedAt: only?.createdAt ?? null });
        expect(ended).toBe(1);
      },
    ],
  ])('[ASVS 7.4.1] is not made where its owner is %s meanwhile', async (_, happens) => {
    const { app, answer } = await issueWhile(happens);

    expect(answer).toMatchObject({ status: 401, body: { code: 'ERR_SIGN_IN_REQUIRED' } });
    expect(answer.text).not.toContain('acme_');
    expect(await app.rows()).toEqual(NONE);
  });

  it('is made where nothing happens', async () => {
    const { app, answer } = await issueWhile(() => Promise.resolve());

    expect(answer).toMatchObject({ status: 200 });
    expect(await app.rows()).toHaveLength(1);
  });

  it('is made of a stateless sign-in, which nothing ends; but not of one who is disabled', async () => {
    const stateless = { signIns: 'stateless-until-they-expire' } as const;

    expect((await issueWhile(() => Promise.resolve(), stateless)).answer).toMatchObject({ status: 200 });
    const { app, answer } = await issueWhile((one, subject) => one.service.disable(subject), stateless);
    expect(answer).toMatchObject({ status: 401 });
    expect(await app.rows()).toEqual(NONE);
  });
});
