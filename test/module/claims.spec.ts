import { Controller, Get, UseGuards } from '@nestjs/common';
import { afterEach, describe, expect, it } from '@jest/globals';
import { decodeJwt } from 'jose';
import {
  AuthenticationFailed,
  CurrentSignIn,
  definePhase,
  defineResource,
  identity,
  UserGuard,
  type AuthContext,
  type ClaimsOf,
  type JsonObject,
  type ResourceOptions,
  type SignIn,
  type Strategy,
} from 'nest-auth-plug';
import { password } from 'nest-auth-plug/strategies/password';
import { authTestApp, type AuthTestApp, type Platform } from 'nest-auth-plug/testing';
import { secondFactor } from '../rooms/second-factor.js';
import { register, signIn, tokenIn } from '../security/visit.js';
import { FakeHashProvider } from '../strategies/password/fake-hash-provider.js';
import { ASYMMETRIC, newJwk } from '../tokens/signing-kit.js';
import type { User } from '../users.js';

@Controller('claims')
@UseGuards(UserGuard)
class ClaimsController {
  @Get()
  index(@CurrentSignIn() { claims }: SignIn<User>): JsonObject {
    return claims;
  }
}

/** Signs in whoever says so, and says in the token by which door. */
function vouching(): Strategy<User> {
  const enter = definePhase<User, { readonly email: ReturnType<typeof identity> }>({
    name: 'enter',
    methods: ['POST'],
    fields: { email: identity() },
    actor: 'anyone',
    async run(ctx, { email }) {
      const account = await ctx.accounts.findByIdentity('email', email);
      if (account === null) throw new AuthenticationFailed('unknown');
      const { user, subjectEpoch } = account;
      return { kind: 'proved', proof: { user, subjectEpoch, methods: ['sso'], factors: 1, claims: { door: 'side' } } };
    },
  });
  return { name: 'vouching', phases: [enter] };
}

const RESERVED = [
  'iss',
  'aud',
  'sub',
  'jti',
  'iat',
  'nbf',
  'exp',
  'purpose',
  'tenant',
  'cnf',
  'act',
  'amr',
  'auth_time',
];

describe.each<Platform>(['express', 'fastify'])("an app's own claims on %s", (platform) => {
  const open: AuthTestApp[] = [];
  afterEach(async () => {
    for (const app of open.splice(0)) await app.close();
  });

  async function start(
    claims: ResourceOptions<User>['claims'],
    more: Partial<ResourceOptions<User>> = {},
    app: Parameters<typeof authTestApp>[0]['app'] = {},
  ): Promise<AuthTestApp> {
    const hashProvider = new FakeHashProvider();
    const resource = defineResource<User>({
      subjectName: 'user',
      table: 'users',
      fields: { name: 'text' },
      claims,
      strategies: [password({ identityField: 'email', accept: ['name'], hashProvider }), ...(more.strategies ?? [])],
    });
    const started = await authTestApp({ platform, resources: [resource], controllers: [ClaimsController], app });
    open.push(started);
    return started;
  }

  const seenBy = async (app: AuthTestApp, token: string) =>
    (await app.client().get('/claims', { headers: { authorization: `Bearer ${token}` } })).body;

  it('are in the token, the same for all, and reach a handler by the token alone', async () => {
    const app = await start({ plan: 'pro', limits: { seats: 3 } });
    const browser = app.client();
    const token = tokenIn(await register(browser));

    expect(decodeJwt(token)).toMatchObject({ plan: 'pro', limits: { seats: 3 }, purpose: 'user' });
    expect(await seenBy(app, token)).toEqual({ plan: 'pro', limits: { seats: 3 } });
    expect((await browser.get('/claims')).body).toEqual({});
  });

  it.each(['HS256', ...ASYMMETRIC] as const)(
    'are made of the user and the request, signed by %s',
    async (algorithm) => {
      const seen: string[] = [];
      const claims: ClaimsOf<User> = async (user, ctx: AuthContext) => {
        seen.push(Object.keys(user).toSorted().join());
        return Promise.resolve({ email: user.email, by: ctx.activity.join(' '), missing: undefined });
      };
      const keys = algorithm === 'HS256' ? {} : { keys: [newJwk(algorithm)] };
      const app = await start(claims, {}, { signing: { algorithm, ...keys } });

      const first = tokenIn(await register(app.client()));
      const second = tokenIn(await signIn(app.client()));

      expect(await seenBy(app, first)).toEqual({ email: 'ada@example.com', by: 'password register' });
      expect(await seenBy(app, second)).toEqual({ email: 'ada@example.com', by: 'password sign-in' });
      expect(seen).toEqual(['email,id,name', 'email,id,name']);
    },
  );

  it('come with an activity, and are kept while a second factor is asked for', async () => {
    const app = await start({ door: 'front', plan: 'free' }, { strategies: [vouching(), secondFactor<User>()] });
    const owner = app.client();
    await register(owner);
    const enter = (client = app.client()) =>
      client.post('/auth/user/vouching/enter', { json: { email: 'ada@example.com' } });

    expect(await seenBy(app, tokenIn(await enter()))).toEqual({ door: 'side', plan: 'free' });

    expect((await owner.post('/auth/user/second-factor/enrol', { json: { code: '123456' } })).status).toBe(200);
    const browser = app.client();
    expect(await enter(browser)).toMatchObject({ status: 401, body: { code: 'ERR_SECOND_FACTOR_REQUIRED' } });
    const token = tokenIn(await browser.post('/auth/user/second-factor/sign-in', { json: { code: '123456' } }));
    expect(await seenBy(app, token)).toEqual({ door: 'side', plan: 'free' });
  });

  it('come with a sign-in that the app vouches for, over those of the resource', async () => {
    const app = await start({ plan: 'free', region: 'eu' });
    await register(app.client());
    const user = await app.service.subjectToUser<User>(String(decodeJwt(tokenIn(await signIn(app.client()))).sub));
    if (user === null) throw new Error('no user');

    const made = await app.service.signIn(user, { methods: ['sso'], claims: { plan: 'pro' } });

    expect(made.claims).toEqual({ plan: 'pro', region: 'eu' });
    expect(await seenBy(app, made.token ?? '')).toEqual({ plan: 'pro', region: 'eu' });
  });

  it.each(RESERVED)(
    '[ASVS 9.2.1] [PRJ 6] never take the place of %s: a function that says so lets nobody in',
    async (name) => {
      let claims: JsonObject = {};
      const app = await start(() => claims);
      const browser = app.client();
      await register(browser);

      claims = { [name]: 'mine' };
      const refused = await signIn(app.client());

      expect(refused.status).toBe(503);
      expect(refused.setCookies).toEqual([]);
      expect(app.logged.join('\n')).toContain('resources.user.claims failed');
      expect(app.logged.join('\n')).not.toContain('mine');
      claims = {};
      expect((await signIn(app.client())).status).toBe(200);
    },
  );

  it('[PRJ 6] let nobody in where the function throws, answers no object or too much', async () => {
    let answer: () => JsonObject = () => ({});
    const app = await start(() => answer());
    await register(app.client());
    const broken: readonly (() => unknown)[] = [
      () => {
        throw new Error('user ada@example.com');
      },
      () => 'text',
      () => null,
      () => undefined,
      () => ({ text: 'x'.repeat(3000) }),
    ];

    for (const one of broken) {
      // @ts-expect-error whoever writes JavaScript is refused
      answer = one;
      expect((await signIn(app.client())).status).toBe(503);
    }
    expect(app.logged.join('\n')).not.toContain('ada@example.com');
  });

  it.each([...RESERVED.map((name) => ({ [name]: 'mine' })), { text: 'x'.repeat(3000) }])(
    '[PRJ 14] stop the boot where %j is to be the same for all',
    async (claims) => {
      await expect(start(claims)).rejects.toThrow(/resources\.user\.claims: cannot be put into a token\n.*write 2 KB/);
    },
  );
});
