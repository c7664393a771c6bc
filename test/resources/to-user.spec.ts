import { afterEach, describe, expect, it } from '@jest/globals';
import { Controller } from '@nestjs/common';
import {
  AuthPlug,
  defineResource,
  type Activity,
  type AddOn,
  type AuthContext,
  type Message,
  type ResourceOptions,
  type Row,
} from 'nest-auth-plug';
import { password } from 'nest-auth-plug/strategies/password';
import { authTestApp, type AuthTestApp, type Platform } from 'nest-auth-plug/testing';
import { FakeHashProvider } from '../strategies/password/fake-hash-provider.js';
import { PASSWORD } from '../users.js';
import { REGISTER, registering, SIGN_IN, WhoController } from './who.js';

const ADA = 'ada@example.com';

/** Keeps its row to itself, and shows the key by a getter. */
class Member {
  readonly #row: Row;

  constructor(row: Row) {
    this.#row = row;
  }

  get id(): bigint {
    return BigInt(String(this.#row['id']));
  }

  get email(): string {
    return String(this.#row['email']);
  }

  get fields(): readonly string[] {
    return Object.keys(this.#row);
  }

  toJSON(): object {
    return { id: `${this.id}`, fields: this.fields };
  }
}

describe.each<Platform>(['express', 'fastify'])('a user class on %s', (platform) => {
  let app: AuthTestApp;
  afterEach(() => app.close());

  const boot = async (options: Partial<ResourceOptions<Member>> = {}) => {
    const seen: (readonly [string, unknown])[] = [];
    const note = (where: string, user: unknown) => void seen.push([where, user]);
    const watching: AddOn<Member> = {
      name: 'watching',
      phases: [],
      changingUser: async (_, { before }) => note('changingUser', before),
      signedIn: async (_, { user }) => note('signedIn', user),
    };
    const members = defineResource<Member>({
      subjectName: 'user',
      table: 'members',
      key: { id: 'bigint' },
      createdAtColumn: 'created_at',
      deletedAtColumn: 'deleted_at',
      toUser: (row) => new Member(row),
      maySignIn: (user) => {
        note('maySignIn', user);
        return true;
      },
      addOns: [watching],
      ...options,
      strategies: [
        password({
          identityField: 'email',
          hashProvider: new FakeHashProvider(),
          resettable: { sender: { send: async ({ user }: Message) => note('sender', user) }, page: '/reset' },
        }),
      ],
    });
    @Controller('auth')
    class Plug extends AuthPlug<Member> {
      override async handleSuccess(ctx: AuthContext, _: Activity, user: Member | null) {
        note('handleSuccess', user);
        await this.storeInSession(ctx, user);
        return { user, subject: user && app.service.userToSubject(user) };
      }
    }
    app = await authTestApp({ platform, resources: [members], controllers: [WhoController], plug: Plug });
    return seen;
  };

  it('is what callbacks, hooks, guards, senders and maySignIn get, without what is private', async () => {
    const seen = await boot();
    const browser = app.client();

    expect(await browser.post(REGISTER, registering(ADA))).toMatchObject({
      body: { user: { id: '1', fields: ['id', 'email'] }, subject: 'user?id=1' },
    });
    expect((await browser.get('/home')).text).toBe('Member {"id":"1","fields":["id","email"]}');
    expect(await app.service.subjectToUser('user?id=1')).toBeInstanceOf(Member);
    await browser.post('/auth/user/password/reset-request', { json: { email: ADA } });
    await app.idle();
    const typed = { password: 'pear tree in a valley', passwordConfirmation: 'pear tree in a valley' };
    const changed = await browser.post('/auth/user/password/change', { json: { currentPassword: PASSWORD, ...typed } });
    expect(changed).toMatchObject({ status: 200 });

    const where = new Set(seen.filter(([, user]) => user instanceof Member).map(([name]) => name));
    expect([...where].toSorted()).toEqual(['changingUser', 'handleSuccess', 'maySignIn', 'sender', 'signedIn']);
    for (const [, user] of seen) if (user instanceof Member) expect(user.fields).toEqual(['id', 'email']);
    expect(seen.every(([, user]) => user instanceof Member || user === null)).toBe(true);
  });

  it('that cannot be made signs nobody out, and is told to the log alone', async () => {
    let broken = false;
    await boot({
      toUser: (row) => {
        if (broken) throw new Error(`cannot read ${String(row['email'])}`);
        return new Member(row);
      },
    });
    const browser = app.client();
    await browser.post(REGISTER, registering(ADA));

    broken = true;
    for (const answer of [
      await browser.get('/home'),
      await browser.post(SIGN_IN, { json: { email: ADA, password: PASSWORD } }),
    ]) {
      expect(answer).toMatchObject({ status: 503, setCookies: [] });
      expect(answer.text).not.toContain('ada');
    }
    expect(app.logged.join('\n')).toContain('resources.user.toUser failed: Error');
    expect(app.logged.join('\n')).not.toContain(ADA);

    broken = false;
    expect(await browser.get('/home')).toMatchObject({ status: 200 });
  });

  it.each<[string, (row: Row) => Member, RegExp]>([
    [
      'without the key',
      (row) => Object.defineProperty(new Member(row), 'id', { value: undefined }),
      /"id" is to be of kind bigint, got undefined\. What toUser/,
    ],
    [
      'with another key',
      (row) => new Member({ ...row, id: 7n }),
      /Expected toUser of "user" to keep the fields of the key/,
    ],
  ])('that is made %s signs nobody in, and says what to do', async (_, toUser, message) => {
    await boot({ toUser });

    expect(await app.client().post(REGISTER, registering(ADA))).toMatchObject({ status: 500, setCookies: [] });
    expect(app.logged.join('\n')).toMatch(message);
  });
});
