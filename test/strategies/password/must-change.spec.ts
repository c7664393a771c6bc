import { beforeEach, describe, expect, it } from '@jest/globals';
import { SignInNotAllowed } from '../../../lib/errors/index.js';
import type { Subject } from '../../../lib/resources/index.js';
import { authTestApp } from '../../../lib/testing/index.js';
import { userResource } from '../../users.js';
import { FakeHashProvider } from './fake-hash-provider.js';
import { FakeWorld } from './fake-world.js';
import { perform, phaseOf, refusalOf } from './perform.js';
import { ADA, factsOf, passwordWith, RIGHT, typed, WRONG, type Options } from './setup.js';

const NEW = 'an other password';

let world: FakeWorld;
let hashing: FakeHashProvider;

beforeEach(() => {
  world = new FakeWorld();
  hashing = new FakeHashProvider();
});

const room = (options: Options = {}) => passwordWith(hashing, { mustChange: true, signInTokens: {}, ...options });

/** An account whose password must be changed. */
function addMarked(email = ADA): Subject {
  const subject = world.addUser(email, hashing.of(RIGHT));
  mark(subject);
  return subject;
}

function mark(subject: Subject): void {
  const stored = world.rows.get(subject);
  if (stored !== undefined) stored.values = { ...stored.values, passwordMustChange: true };
}

const replace = (currentPassword: string, email = ADA, strategy = room(), raw = typed(NEW)) =>
  perform(strategy, 'replace', world.context(), { email, currentPassword, ...raw });

const FAILED = { code: 'ERR_AUTHENTICATION_FAILED', message: 'Authentication failed' };

describe('a password that must be changed', () => {
  it.each(['sign-in', 'issue-sign-in-token'])('[ASVS 6.2.10] opens nothing by %s', async (phase) => {
    addMarked();
    const attempt = (password: string) => perform(room(), phase, world.context(), { email: ADA, password });

    expect(await refusalOf(attempt(RIGHT))).toMatchObject({ code: 'ERR_PASSWORD_CHANGE_REQUIRED' });
    expect(await refusalOf(attempt(WRONG))).toEqual({ ...FAILED, reason: 'wrong_password' });
    expect([world.tokens.size, world.after]).toEqual([0, []]);
  });

  it('[ASVS 6.2.10] opens nothing by a token that was handed out before it was marked', async () => {
    const subject = world.addUser(ADA, hashing.of(RIGHT));
    await perform(room(), 'issue-sign-in-token', world.context(), { email: ADA, password: RIGHT });
    const [token = ''] = world.tokens.keys();
    mark(subject);

    expect(await refusalOf(perform(room(), 'sign-in-with-token', world.context(), { token }))).toMatchObject({
      code: 'ERR_PASSWORD_CHANGE_REQUIRED',
    });
  });

  it('says so to nobody who may not sign in anyway', async () => {
    addMarked();
    const context = world.context();
    context.accounts.requireMaySignIn = () => Promise.reject(new SignInNotAllowed('may_not_sign_in'));

    const raw = { email: ADA, password: RIGHT };
    expect(await refusalOf(perform(room(), 'sign-in', context, raw))).toMatchObject(FAILED);
    const replacing = { email: ADA, currentPassword: RIGHT, ...typed(NEW) };
    expect(await refusalOf(perform(room(), 'replace', context, replacing))).toMatchObject(FAILED);
  });

  it('[ASVS 6.2.3] is replaced by who knows it: hash, mark and epoch in one, and nobody is signed in', async () => {
    const subject = addMarked();

    expect(await replace(RIGHT)).toEqual({ kind: 'done' });

    expect(world.rows.get(subject)).toMatchObject({
      epoch: 2,
      values: { passwordHash: hashing.of(NEW), passwordMustChange: false },
    });
  });

  it.each([
    ['a wrong password', ADA, WRONG, 'wrong_password'],
    ['an unknown user', 'nobody@example.com', RIGHT, 'unknown_user'],
    ['a user without a password', 'oauth@example.com', RIGHT, 'no_password'],
    ['a password that need not be changed', 'bea@example.com', RIGHT, 'no_change_required'],
  ])(
    '[ASVS 6.3.8] is not replaced for %s: the same words, after the same work',
    async (_who, email, current, reason) => {
      addMarked();
      mark(world.addUser('oauth@example.com', null));
      world.addUser('bea@example.com', hashing.of(RIGHT));
      const before = structuredClone(world.rows);
      const strategy = room();
      await strategy.prepare?.();
      hashing.work.length = 0;

      expect(await refusalOf(replace(current, email, strategy))).toEqual({ ...FAILED, reason });

      expect(hashing.work).toEqual(['verify at cost 1']);
      expect(world.rows).toEqual(before);
    },
  );

  it('[ASVS 6.3.1] is replaced in as many tries as signing in has, counted at the same account', () => {
    const phase = phaseOf(room(), 'replace');

    expect(phase).toMatchObject({ actor: 'anyone', guess: 'secret', methods: ['POST'] });
    expect(phase.identity?.({ email: ADA }, world.context().flows)).toBe(ADA);
  });

  it('[ASVS 15.4.2] is not replaced where a change came first', async () => {
    const subject = addMarked();
    world.afterFind = () => void (world.rows.get(subject) ?? { epoch: 0 }).epoch++;

    expect((await refusalOf(replace(RIGHT))).reason).toBe('credentials_changed');
    expect(world.hashOf(subject)).toBe(hashing.of(RIGHT));
  });

  it.each([
    ['the present one', RIGHT, 'password:unchanged'],
    ['a common one', 'password1', 'password:too_common'],
    ['one made of the address', 'I am ADA, hello', 'password:predictable'],
  ])('[ASVS 6.2.4] is not replaced by %s', async (_what, bad, reason) => {
    const subject = addMarked();

    expect((await refusalOf(replace(RIGHT, ADA, room(), typed(bad)))).reason).toBe(reason);
    expect(world.rows.get(subject)).toMatchObject({ values: { passwordMustChange: true } });
  });
});

describe('to require a change', () => {
  it('[ASVS 6.2.10] marks the account and raises its epoch, in one', async () => {
    const subject = world.addUser(ADA, hashing.of(RIGHT));

    expect(await perform(room(), 'require-change', world.context(), { subject })).toEqual({ kind: 'done' });

    expect(world.rows.get(subject)).toMatchObject({ epoch: 2, values: { passwordMustChange: true } });
  });

  it('finds nobody by a subject that is none', async () => {
    for (const subject of ['user?id=nobody', 'ada', 'x'.repeat(1024)]) {
      const refusal = await refusalOf(perform(room(), 'require-change', world.context(), { subject }));
      expect(refusal.code).toBe('ERR_NOT_FOUND');
    }
  });

  it('has no route, and there is none of it without the option', async () => {
    const { resource } = userResource({}, { mustChange: true });
    const app = await authTestApp({ resources: [resource] });
    const answer = await app.client().post('/auth/user/password/require-change', { json: { subject: 'user?id=1' } });

    expect(answer.status).toBe(404);
    expect(passwordWith(hashing).phases.map(({ name }) => name)).not.toContain('replace');
    expect(Object.keys(passwordWith(hashing).columns ?? {})).not.toContain('passwordMustChange');
    await app.close();
  });

  it('[ASVS 8.2.1] has no route where that is only moved or decorated, so that no stranger shuts anybody out', async () => {
    const routes = {
      'require-change': { path: 'expire' },
      'issue-sign-in-token': { path: 'token', enabled: undefined },
    };
    const { resource } = userResource({}, { mustChange: true, signInTokens: {}, routes });
    const app = await authTestApp({ resources: [resource] });
    const post = async (path: string, json: object) =>
      (await app.client().post(`/auth/user/password/${path}`, { json })).status;

    expect(await post('expire', { subject: 'user?id=1' })).toBe(404);
    expect(await post('token', { email: ADA, password: RIGHT })).toBe(404);
    await app.close();
  });

  it('is a problem of the boot where it is given a route', async () => {
    const strategy = room({ routes: { 'require-change': { enabled: true } } });

    expect(await strategy.check?.(factsOf(strategy))).toMatchObject([
      { where: 'resources.user.strategies.password.routes', wrong: expect.stringContaining('require-change') },
    ]);
  });
});
