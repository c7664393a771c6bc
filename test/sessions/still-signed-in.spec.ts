import { Controller, Post, UseGuards } from '@nestjs/common';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import {
  AuthService,
  CurrentContext,
  definePhase,
  SessionUserGuard,
  UserGuard,
  type AuthContext,
  type Strategy,
} from 'nest-auth-plug';
import { asBearer, issue, keysApp, register, type KeysApp, type User } from '../strategies/api-key/keys-app.js';

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
  @UseGuards(UserGuard.accepting('api-key').for('user'))
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

let app: KeysApp;
beforeEach(async () => {
  app = await keysApp({ user: { strategies: [maker()] }, controllers: [MakeController] });
});
afterEach(() => app.close());

it('a room learns whose sign-in is still there, and under which epoch to make what outlives it', async () => {
  const ada = app.client();
  const { user } = (await register(ada)).body as { user: User };

  expect((await ada.post('/make/by-session', { json: {} })).text).toBe(`user?id=${user.id}`);
});

it('a room learns nothing of a key, of a user of another resource, and of nobody', async () => {
  const ada = app.client();
  await register(ada);
  await register(ada, 'ada@example.com', 'admin');
  const { key } = await issue(ada);

  expect((await app.client().post('/make/by-key', { ...asBearer(key), json: {} })).text).toBe('SignInRequired');
  expect((await ada.post('/make/by-admin', { json: {} })).text).toBe('SignInRequired');
  expect(await ada.post('/auth/user/maker/make', { json: {} })).toMatchObject({ status: 401 });
});
