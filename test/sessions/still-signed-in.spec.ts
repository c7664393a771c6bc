import { Controller, Post, UseGuards } from '@nestjs/common';
import { afterEach, describe, expect, it } from '@jest/globals';
import {
  AuthService,
  CurrentContext,
  definePhase,
  SessionUserGuard,
  UserGuard,
  type AuthContext,
  type Strategy,
} from 'nest-auth-plug';
import { authTestApp, type AuthTestApp } from 'nest-auth-plug/testing';
import { headerKey } from '../rooms/header-key.js';
import { PlainHash } from '../rooms/plain-hash.js';
import { textIn } from '../rooms/rooms-app.js';
import { PASSWORD, userResource, type User } from '../users.js';

/** Asks in a phase that anybody enters: whoever is there must have been let in by somebody else. */
function maker(): Strategy<User> {
  const make = definePhase<User, Record<never, never>>({
    name: 'make',
    methods: ['POST'],
    fields: {},
    actor: 'anyone',
    async run(ctx) {
      const made = await ctx.data.transaction((tx) => ctx.accounts.requireStillSignedIn(tx));
      return { kind: 'done', result: { ...made } };
    },
  });
  return { name: 'maker', phases: [make] };
}

@Controller('make')
class MakeController {
  constructor(private readonly auth: AuthService) {}

  @Post('by-session')
  @UseGuards(SessionUserGuard.for('user'))
  bySession(@CurrentContext() context: AuthContext): Promise<string> {
    return this.#make(context);
  }

  @Post('by-key')
  @UseGuards(UserGuard.accepting('header-key').for('user'))
  byKey(@CurrentContext() context: AuthContext): Promise<string> {
    return this.#make(context);
  }

  @Post('by-admin')
  @UseGuards(SessionUserGuard.for('admin'))
  byAdmin(@CurrentContext() context: AuthContext): Promise<string> {
    return this.#make(context);
  }

  #make(context: AuthContext): Promise<string> {
    return this.auth.perform(['maker', 'make'], {}, { context, subjectName: 'user' }).then(
      ({ result }) => String(result?.['subject']),
      (error: unknown) => (error instanceof Error ? error.name : 'nothing'),
    );
  }
}

const ADA = { email: 'ada@example.com', password: PASSWORD, passwordConfirmation: PASSWORD, name: 'Ada' };

describe.each(['stored', 'stateless-until-they-expire'] as const)('with %s sign-ins', (signIns) => {
  let app: AuthTestApp;
  afterEach(() => app.close());

  async function boot() {
    const hash = { hashProvider: new PlainHash() };
    const users = userResource({ strategies: [maker(), headerKey()], signIns }, hash);
    const admins = userResource({ subjectName: 'admin', table: 'admins' }, hash);
    app = await authTestApp({ resources: [users.resource, admins.resource], controllers: [MakeController] });
    const ada = app.client();
    const { user } = (await ada.post('/auth/user/password/register', { json: ADA })).body as { user: User };
    return { ada, user };
  }

  it('a room learns whose sign-in is still there, and under which epoch to make what outlives it', async () => {
    const { ada, user } = await boot();

    expect((await ada.post('/make/by-session', { json: {} })).text).toBe(`user?id=${user.id}`);
  });

  it('a room learns nothing of a key, of a user of another resource, and of nobody', async () => {
    const { ada } = await boot();
    await ada.post('/auth/admin/password/register', { json: ADA });
    const key = textIn(await ada.post('/auth/user/header-key/create', { json: {} }), 'key');

    expect((await app.client().post('/make/by-key', { headers: { 'x-key': key }, json: {} })).text).toBe(
      'SignInRequired',
    );
    expect((await ada.post('/make/by-admin', { json: {} })).text).toBe('SignInRequired');
    expect(await ada.post('/auth/user/maker/make', { json: {} })).toMatchObject({ status: 401 });
  });
});
