import { Controller, Post, UseGuards } from '@nestjs/common';
import { describe, expect, it } from '@jest/globals';
import {
  AuthService,
  CurrentContext,
  definePhase,
  SessionUserGuard,
  UserGuard,
  type AuthContext,
  type Strategy,
} from 'nest-auth-plug';
import { ADA, asBearer, issue, keysApps, register, type User } from '../strategies/api-key/keys-app.js';

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

const { visit } = keysApps();

describe.each(['stored', 'stateless-until-they-expire'] as const)('with %s sign-ins', (signIns) => {
  const boot = () => visit({ user: { strategies: [maker()], signIns }, controllers: [MakeController] });

  it('a room learns whose sign-in is still there, and under which epoch to make what outlives it', async () => {
    const { app, ada } = await boot();
    const row = await app.data.findOne(app.users.model, { email: ADA });

    expect((await ada.post('/make/by-session', { json: {} })).text).toBe(`user?id=${String(row?.['id'])}`);
  });

  it('a room learns nothing of a key, of a user of another resource, and of nobody', async () => {
    const { app, ada } = await boot();
    await register(ada, ADA, 'admin');
    const { key } = await issue(ada);

    expect((await app.client().post('/make/by-key', { ...asBearer(key), json: {} })).text).toBe('SignInRequired');
    expect((await ada.post('/make/by-admin', { json: {} })).text).toBe('SignInRequired');
    expect(await ada.post('/auth/user/maker/make', { json: {} })).toMatchObject({ status: 401 });
  });
});
