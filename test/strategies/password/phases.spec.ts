import { afterEach, describe, expect, it } from '@jest/globals';
import { signInsModel } from '../../../lib/sessions/index.js';
import { tokensModel } from '../../../lib/tokens/index.js';
import type { Model } from 'nest-auth-plug';
import type { AuthTestApp } from 'nest-auth-plug/testing';
import { ADA, register, signIn, visit } from '../../security/visit.js';
import { PASSWORD, type User } from '../../users.js';
import { FakeHashProvider } from './fake-hash-provider.js';
import { passwordWith, type Options } from './setup.js';

const resettable = { sender: { send: async () => undefined }, page: '/reset' };
const BASE = [
  'register POST anyone secret',
  'sign-in POST anyone secret',
  'verify POST user secret',
  'change POST user secret',
];

describe('the phases of a password strategy', () => {
  it.each<[string, Options, readonly string[]]>([
    ['as it comes', {}, BASE],
    ['with a closed registration', { registration: 'closed' }, BASE.slice(1)],
    ['where it can send', { resettable }, [...BASE, 'reset-request POST anyone message', 'reset POST anyone secret']],
    [
      'with sign-in tokens',
      { signInTokens: {} },
      [...BASE, 'issue-sign-in-token POST anyone secret', 'sign-in-with-token POST anyone secret'],
    ],
  ])('are these, and what a guess at each counts as, %s', (_, options, expected) => {
    const { phases } = passwordWith(new FakeHashProvider(), options);

    const lines = phases.map(({ name, methods, actor, guess }) => `${name} ${methods.join()} ${actor} ${guess}`);
    expect(lines.toSorted()).toEqual(expected.toSorted());
  });
});

describe('what a phase leaves behind', () => {
  let app: AuthTestApp;
  afterEach(() => app.close());
  const rowsOf = (model: Model) => app.data.forTenant('').findMany(model, {}, { orderBy: 'id', limit: 9 });

  it('is one sign-in for a registration, and no link', async () => {
    ({ app } = await visit('express'));
    await register(app.client());

    expect(await rowsOf(signInsModel)).toHaveLength(1);
    expect(await rowsOf(tokensModel)).toEqual([]);
  });

  it('is one token for the asking, and a sign-in once it was redeemed', async () => {
    const { users, hasher, ...visited } = await visit('express', { password: { signInTokens: {} } });
    ({ app } = visited);
    await app.data.insert(users.model, { id: 'a', email: ADA, name: 'A', passwordHash: hasher.of(PASSWORD) });

    const { result } = await app.service.perform(['password', 'issue-sign-in-token'], {
      email: ADA,
      password: PASSWORD,
    });
    expect(await rowsOf(tokensModel)).toMatchObject([{ purpose: expect.stringMatching(/sign-in$/) }]);
    expect(await rowsOf(signInsModel)).toEqual([]);

    const json = { token: result?.['token'], more: 'is left out' };
    expect(await app.client().post('/auth/user/password/sign-in-with-token', { json })).toMatchObject({ status: 200 });
    expect(await rowsOf(signInsModel)).toMatchObject([{ methods: 'pwd', endedAt: null }]);
  });

  it('is worth nothing where the app has deleted the user by itself', async () => {
    const { users, outbox, ...visited } = await visit('express', { password: { signInTokens: {} } });
    ({ app } = visited);
    await register(app.client());
    await app.client().post('/auth/user/password/reset-request', { json: { email: ADA } });
    await app.idle();
    const { result } = await app.service.perform(['password', 'issue-sign-in-token'], {
      email: ADA,
      password: PASSWORD,
    });

    await app.data.delete(users.model, { email: ADA });

    const token = { token: result?.['token'] };
    const resetToken = outbox.last(ADA).link?.searchParams.get('token');
    const reset = { resetToken, password: PASSWORD, passwordConfirmation: PASSWORD };
    for (const [phase, json] of Object.entries({ 'sign-in-with-token': token, reset })) {
      expect(await app.client().post(`/auth/user/password/${phase}`, { json })).toMatchObject({
        status: 422,
        body: { code: 'ERR_INVALID_TOKEN' },
      });
    }
  });

  it('is a message about the user, with what is public and nothing else', async () => {
    const { outbox, ...visited } = await visit('express');
    ({ app } = visited);
    const { user } = (await register(app.client())).body as { user: User };

    await app.client().post('/auth/user/password/reset-request', { json: { email: ADA } });
    await app.idle();

    expect(outbox.messages).toHaveLength(1);
    expect(outbox.last(ADA)).toMatchObject({ purpose: 'reset-password', to: ADA });
    expect(outbox.last(ADA).user).toEqual(user);
  });

  it('is the name of the browser in the list of sign-ins, cut where it is long', async () => {
    ({ app } = await visit('express'));
    await register(app.client());
    const browser = app.client();
    await signIn(browser, PASSWORD, ADA, { 'user-agent': `Browser/1 ${'x'.repeat(1000)}` });

    const { signIns } = (await browser.get('/auth/user/session/list')).body as { signIns: { userAgent: string }[] };

    expect(signIns.map(({ userAgent }) => userAgent.length).toSorted((a, b) => b - a)[0]).toBe(256);
  });
});

describe('a user that is an object of the app', () => {
  let app: AuthTestApp;
  afterEach(() => app.close());

  it('is one wherever a user is handed out, fresh from the store', async () => {
    class Person implements User {
      constructor(
        readonly id: string,
        readonly email: string,
        readonly name: string,
      ) {}
      get greeting(): string {
        return `Hello ${this.name}`;
      }
      toJSON(): object {
        return { id: this.id, email: this.email, name: this.name, greeting: this.greeting };
      }
    }
    const toUser = (row: object): User => {
      const { id, email, name } = row as User; // the public fields of `users`
      return new Person(id, email, name);
    };
    ({ app } = await visit('express', { resource: { toUser } }));
    const browser = app.client();

    const { body } = await register(browser);
    const { user } = body as { user: User };

    const greeting = `Hello ${ADA}`;
    expect(user).toMatchObject({ greeting });
    expect(await signIn(app.client())).toMatchObject({ body: { user: { greeting } } });
    expect(await app.service.subjectToUser(app.service.userToSubject(user))).toBeInstanceOf(Person);
    expect(await browser.get('/home')).toMatchObject({ status: 200, body: { email: ADA } });
  });
});
