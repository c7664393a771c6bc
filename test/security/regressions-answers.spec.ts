import { Controller, Get, UseGuards } from '@nestjs/common';
import { afterEach, describe, expect, it } from '@jest/globals';
import {
  AuthPlug,
  AuthReply,
  AuthService,
  CurrentContext,
  JsonAuthPlug,
  SessionUserGuard,
  type Activity,
  type AddOn,
  type AuthContext,
} from 'nest-auth-plug';
import { authTestApp, type AuthTestApp, type Platform } from 'nest-auth-plug/testing';
import { FakeHashProvider } from '../strategies/password/fake-hash-provider.js';
import { PASSWORD, userResource, type User } from '../users.js';
import {
  ADA,
  comparable,
  NO_LIMITS,
  register,
  SESSION_COOKIE,
  SIGN_IN,
  signIn,
  signInRows,
  visit,
  type VisitOptions,
} from './visit.js';

const WRONG = 'not the right password';

/** Knows every browser: as one of `remember me` would. */
const rememberAda: AddOn<User> = {
  name: 'remember',
  phases: [],
  async loadUser({ accounts }) {
    const found = await accounts.findByIdentity('email', ADA);
    return found && { user: found.user, subjectEpoch: found.subjectEpoch, methods: ['rm'], factors: 1 };
  },
};

@Controller()
class Pages {
  constructor(private readonly auth: AuthService) {}

  @Get('guarded')
  @UseGuards(SessionUserGuard)
  guarded(): string {
    return 'in';
  }

  @Get('vouched')
  async vouched(@CurrentContext() context: AuthContext): Promise<string> {
    const user = { id: 'ada', email: ADA, name: 'Ada' };
    await this.auth.signIn(user, { methods: ['sso'], context });
    await this.auth.storeInSession(user, { context });
    return 'in';
  }
}

/** An app that looks who is there in the middle of its answer. */
@Controller('auth')
class CuriousPlug extends JsonAuthPlug<User> {
  override async handleSuccess(ctx: AuthContext, activity: Activity, user: User | null, token: string | null) {
    await this.loadFromSession(ctx);
    return super.handleSuccess(ctx, activity, user, token);
  }
}

let app: AuthTestApp;

async function arrive(platform: Platform, options: VisitOptions = {}) {
  const visited = await visit(platform, options);
  ({ app } = visited);
  return visited;
}

describe.each<Platform>(['express', 'fastify'])('an answer on %s', (platform) => {
  afterEach(() => app.close());

  it.each(['/guarded', '/vouched'])(
    '[ASVS 14.3.2] is kept by no cache where it sets a session cookie: %s',
    async (path) => {
      const { resource } = userResource({ addOns: [rememberAda] }, { hashProvider: new FakeHashProvider() });
      app = await authTestApp({ platform, resources: [resource], controllers: [Pages] });
      await app.data.insert(resource.model, { id: 'ada', email: ADA, name: 'Ada', passwordHash: null });

      const answer = await app.client().get(path);

      expect(answer).toMatchObject({ status: 200, text: 'in' });
      expect(answer.setCookies.join()).toContain(`${SESSION_COOKIE}=`);
      expect(answer.headers.get('cache-control')).toBe('no-store');
    },
  );

  it.each([
    ['at the usual path', SIGN_IN, true],
    ['at the usual path, without the fallback', SIGN_IN, false],
    ['at the path in capitals', SIGN_IN.toUpperCase(), true],
    ['at the path in capitals, without the fallback', SIGN_IN.toUpperCase(), false],
  ])('[ASVS 16.5.1] quotes nothing of a body that it could not read, %s', async (_, path, fallback) => {
    await arrive(platform, { app: { app: { fallback } } });
    const headers = { 'content-type': 'application/json' };

    const answer = await app.client().post(path, { raw: 'hunter2-my-password', headers });

    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.text).not.toContain('hunter2');
  });
});

describe('an answer of the app', () => {
  afterEach(() => app.close());

  // Fastify looks at headers when the answer is out of our hands.
  it.each<[string, Platform, AuthReply]>([
    ['a header', 'express', AuthReply.json({}, 200, { 'X-Welcome': 'plum\r\ntree' })],
    ['a header', 'fastify', AuthReply.json({}, 200, { 'X-Welcome': 'plum\r\ntree' })],
    ['a target', 'express', AuthReply.redirect('/willkommen/\u{1F600}')],
    ['a target', 'fastify', AuthReply.redirect('/willkommen/\u{1F600}')],
  ])(
    '[ASVS 1.2.1] leaves no cookie and no sign-in behind where %s of it cannot be sent',
    async (_, platform, reply) => {
      @Controller('auth')
      class UnspeakablePlug extends AuthPlug<User> {
        override async handleSuccess(ctx: AuthContext, __: Activity, user: User | null): Promise<AuthReply> {
          await this.storeInSession(ctx, user);
          return reply;
        }
      }
      await arrive(platform, { app: { plug: UnspeakablePlug } });

      expect(await register(app.client())).toMatchObject({ status: 500, setCookies: [] });

      const rows = await signInRows(app);
      expect(rows.map(({ endedAt }) => endedAt)).toEqual([app.clock.now()]);
    },
  );

  it('keeps the sign-in that the request has just made, though the app looks who is there', async () => {
    const { resource } = userResource({ addOns: [rememberAda] }, { hashProvider: new FakeHashProvider() });
    app = await authTestApp({ resources: [resource], plug: CuriousPlug });
    await register(app.client());

    const registered = await register(app.client(), 'bea@example.com');

    expect(registered).toMatchObject({ status: 200, body: { user: { email: 'bea@example.com' } } });
    expect(await signInRows(app)).toMatchObject([
      { methods: 'pwd', endedAt: null },
      { methods: 'pwd', endedAt: null },
    ]);
  });
});

describe('an answer to whoever asks for a sign-in token', () => {
  afterEach(() => app.close());

  it('[ASVS 6.3.8] is the same for a disabled account with its right password and for a wrong password', async () => {
    await arrive('express', {
      resource: { limits: NO_LIMITS },
      password: { signInTokens: {}, routes: { 'issue-sign-in-token': { enabled: true } } },
    });
    const { user } = (await register(app.client())).body as { user: User };
    const ask = (password: string) =>
      app.client().post('/auth/user/password/issue-sign-in-token', { json: { email: ADA, password } });
    expect(await ask(PASSWORD)).toMatchObject({ status: 200 });

    await app.service.disable(app.service.userToSubject(user));

    const [right, wrong] = [await ask(PASSWORD), await ask(WRONG)];
    expect(right).toMatchObject({ status: 401 });
    expect(comparable(right)).toEqual(comparable(wrong));
  });

  it('[ASVS 6.3.4] gives none to whoever may not sign in, in the words of a wrong password', async () => {
    const shut = new Set<string>();
    await arrive('express', {
      resource: { limits: NO_LIMITS, maySignIn: ({ email }) => !shut.has(email) },
      password: { signInTokens: {}, routes: { 'issue-sign-in-token': { enabled: true } } },
    });
    await register(app.client());
    const ask = (password: string) =>
      app.client().post('/auth/user/password/issue-sign-in-token', { json: { email: ADA, password } });
    const before = (await ask(PASSWORD)).body as { token: string };

    shut.add(ADA);

    const [right, wrong] = [await ask(PASSWORD), await ask(WRONG)];
    expect(comparable(right)).toEqual(comparable(wrong));
    expect(comparable(right)).toEqual(comparable(await signIn(app.client())));
    const redeem = () => app.client().post('/auth/user/password/sign-in-with-token', { json: { token: before.token } });
    expect(await redeem()).toMatchObject({ status: 401, setCookies: [] });
    shut.clear();
    expect(await redeem()).toMatchObject({ status: 200 }); // the refusal has spent nothing
  });
});

describe('a route', () => {
  afterEach(() => app.close());

  it('[PRJ 14] has a handler of its own, also where the words of two make the same name', async () => {
    const hashing = { hashProvider: new FakeHashProvider() };
    const one = userResource({ subjectName: 'a-b', table: 'ones' }, { ...hashing, name: 'c' });
    const other = userResource({ subjectName: 'a', table: 'others' }, { ...hashing, name: 'b-c' });
    app = await authTestApp({ resources: [one.resource, other.resource] });
    const json = { email: ADA, name: 'Ada', password: PASSWORD, passwordConfirmation: PASSWORD };

    expect(await app.client().post('/auth/a-b/c/register', { json })).toMatchObject({ status: 200 });
    expect(await app.client().post('/auth/a/b-c/register', { json })).toMatchObject({ status: 200 });

    for (const { resource } of [one, other]) {
      expect(await app.data.findMany(resource.model, {}, { orderBy: 'id', limit: 9 })).toMatchObject([{ email: ADA }]);
    }
  });
});
