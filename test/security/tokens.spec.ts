import { createHmac, randomBytes } from 'node:crypto';
import { Controller, Get, UseGuards } from '@nestjs/common';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CurrentUser, defineResource, OptionalUser, UserGuard } from 'nest-auth-plug';
import { memoryDataLayer } from 'nest-auth-plug/adapters/memory';
import { password } from 'nest-auth-plug/strategies/password';
import { authTestApp, type AuthTestApp, type Client, type Platform } from 'nest-auth-plug/testing';
import { Secret } from '../../lib/secrets/index.js';
import { KeyRing } from '../../lib/tokens/index.js';
import { faultyDataLayer } from '../faulty-data-layer.js';
import { FakeHashProvider } from '../strategies/password/fake-hash-provider.js';
import { PASSWORD, userResource, type User } from '../users.js';
import { ADA, comparable, DEVICE_COOKIE, register, SESSION_COOKIE, sessionOf, tokenIn } from './visit.js';

const SECRET = randomBytes(48).toString('base64');
const AUDIENCE = 'test-app:user';

@Controller('users')
@UseGuards(UserGuard.for('user').accepting('bearer'))
class UsersController {
  @Get()
  index(@CurrentUser() user: User): object {
    return { email: user.email };
  }
  @Get('optional')
  @OptionalUser()
  optional(@CurrentUser() user: User | null): object {
    return { email: user?.email ?? null };
  }
}

@Controller('admins')
@UseGuards(UserGuard.for('admin').accepting('bearer'))
class AdminsController {
  @Get()
  index(@CurrentUser() user: User): object {
    return { email: user.email };
  }
}

type Json = Readonly<Record<string, unknown>>;

function decode(part: string | undefined): Json {
  return JSON.parse(Buffer.from(part ?? '', 'base64url').toString()) as Json; // of a token that the app made
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

/** A token under the app's own key, whatever it says: what only the app itself could make. */
function forge(token: string, { header = {}, claims = {} }: { header?: Json; claims?: Json }, label = 'user-token') {
  const [first, second] = token.split('.');
  const { key } = new KeyRing([new Secret(SECRET)]).keysFor(JSON.stringify([label, AUDIENCE])).signing;
  const input = `${encode({ ...decode(first), ...header })}.${encode({ ...decode(second), ...claims })}`;
  return `${input}.${createHmac('sha256', key).update(input).digest('base64url')}`;
}

describe.each<Platform>(['express', 'fastify'])('a bearer token on %s', (platform) => {
  const { adapter, setGone } = faultyDataLayer(memoryDataLayer());
  let app: AuthTestApp;
  let browser: Client;
  let good: string;
  let resetToken: string;

  beforeAll(async () => {
    const hashProvider = new FakeHashProvider();
    const { resource, outbox } = userResource({}, { hashProvider, signInTokens: {} });
    const admin = defineResource<User>({
      subjectName: 'admin',
      table: 'admins',
      fields: { name: 'text' },
      strategies: [password({ identityField: 'email', accept: ['name'], hashProvider })],
    });
    const controllers = [UsersController, AdminsController];
    const secrets = [SECRET];
    app = await authTestApp({
      platform,
      resources: [resource, admin],
      controllers,
      dataLayer: adapter,
      app: { secrets },
    });
    browser = app.client();
    good = tokenIn(await register(browser));
    await browser.post('/auth/user/password/reset-request', { json: { email: ADA } });
    await app.idle();
    resetToken = outbox.last(ADA).link?.searchParams.get('token') ?? '';
  });
  afterAll(() => app.close());

  const get = (authorization: string, path = '/users') => app.client().get(path, { headers: { authorization } });
  const statusOf = async (token: string, path?: string) => (await get(`Bearer ${token}`, path)).status;

  it('is taken as it was made, and as a forgery that changes nothing', async () => {
    expect([await statusOf(good), await statusOf(forge(good, {}))]).toEqual([200, 200]);
  });

  it('[ASVS 9.1.1] [RFC 8725 §3.3] is worth nothing after any change, and then the store is not even asked', async () => {
    const [header = '', payload = '', signature = ''] = good.split('.');
    const changed = [
      `${header}.${encode({ ...decode(payload), sub: 'user?id=1' })}.${signature}`,
      `${header}.${payload}.${signature.slice(0, -1)}${signature.endsWith('A') ? 'E' : 'A'}`,
      `${header}.${payload}.${'A'.repeat(43)}`,
    ];

    setGone(true);
    const statuses = [await statusOf(good), ...(await Promise.all(changed.map((token) => statusOf(token))))];
    setGone(false);

    expect(statuses).toEqual([503, 401, 401, 401]);
  });

  it('[ASVS 9.1.2] [RFC 8725 §3.1, §3.2] chooses no algorithm', async () => {
    const [, payload = ''] = good.split('.');

    for (const alg of [
      'none',
      'None',
      'NONE',
      'HS384',
      'HS512',
      'RS256',
      'ES256',
      'PS256',
      'EdDSA',
      'hs256',
      '',
      null,
    ]) {
      expect([alg, await statusOf(forge(good, { header: { alg } }))]).toEqual([alg, 401]);
      expect(await statusOf(`${encode({ alg, typ: 'user+jwt' })}.${payload}.`)).toBe(401);
    }
  });

  it('[ASVS 9.1.3] [RFC 8725 §3.10] brings no key and no rule along', async () => {
    const url = 'https://evil.example/keys';
    const headers = {
      jwk: { kty: 'oct', k: 'AA' },
      jku: url,
      x5u: url,
      x5c: ['AA'],
      crit: ['b64'],
      zip: 'DEF',
      b64: false,
    };

    for (const [name, value] of Object.entries(headers)) {
      expect([name, await statusOf(forge(good, { header: { [name]: value } }))]).toEqual([name, 401]);
    }
    for (const kid of ['', 'x', '../../dev/null', "' or 1=1", 0, null, ['x']]) {
      expect([kid, await statusOf(forge(good, { header: { kid } }))]).toEqual([kid, 401]);
    }
  });

  it('[ASVS 9.2.1] must say when it ends, in whole seconds, soon enough and not yet over', async () => {
    const { iat } = decode(good.split('.')[1]);
    const now = Number(iat);
    const times: readonly Json[] = [
      { exp: undefined },
      { exp: null },
      { exp: String(now + 60) },
      { exp: now + 60.5 },
      { exp: 1e300 },
      { exp: now },
      { exp: now + 15 * 24 * 60 * 60 },
      { iat: now + 6, nbf: now },
      { nbf: now + 6 },
      { iat: undefined },
      { nbf: undefined },
    ];

    for (const claims of times) expect([claims, await statusOf(forge(good, { claims }))]).toEqual([claims, 401]);
  });

  it('[ASVS 9.2.3, 9.2.4, 10.3.1] [RFC 8725 §3.8, §3.9] is for this app and this resource', async () => {
    for (const claims of [
      { iss: 'https://other.example' },
      { aud: 'test-app:admin' },
      { aud: [AUDIENCE] },
      { tenant: 'x' },
    ]) {
      expect([claims, await statusOf(forge(good, { claims }))]).toEqual([claims, 401]);
    }
    expect(await statusOf(good, '/admins')).toBe(401);
  });

  it('[ASVS 10.3.3] [ASVS 8.4.1] names its subject in one spelling', async () => {
    const { sub } = decode(good.split('.')[1]);
    const subject = String(sub);
    const id = subject.slice('user?id='.length);
    const others = [
      `user?id=${id}&id=${id}`,
      `user?id=${id}&x=1`,
      `user?ID=${id}`,
      `User?id=${id}`,
      `admin?id=${id}`,
      'user',
      '',
    ];
    const encoded = `user?id=%${id.codePointAt(0)?.toString(16)}${id.slice(1)}`;

    for (const other of [...others, encoded, `${subject} `, `${subject}#`, 5, null, [subject]]) {
      expect([other, await statusOf(forge(good, { claims: { sub: other } }))]).toEqual([other, 401]);
    }
  });

  it('[ASVS 9.2.2] is of one kind: of sign-in, reset, hand-over, cookie and device each opens its own door alone', async () => {
    const { result } = await app.service.perform(
      ['password', 'issue-sign-in-token'],
      { email: ADA, password: PASSWORD },
      { subjectName: 'user' },
    );
    const handOver = String(result?.['token']);
    const device = browser.cookies.get(DEVICE_COOKIE) ?? '';
    const all = { good, resetToken, handOver, session: sessionOf(browser), device };
    const typed = { password: PASSWORD, passwordConfirmation: PASSWORD };
    const withCookie = (name: string, value: string) => {
      const client = app.client();
      client.cookies.set(name, value);
      return client.get('/auth/user/session/list');
    };
    const doors = {
      good: (value: string) => get(`Bearer ${value}`),
      session: (value: string) => withCookie(SESSION_COOKIE, value),
      handOver: (value: string) =>
        app.client().post('/auth/user/password/sign-in-with-token', { json: { token: value } }),
      resetToken: (value: string) =>
        app.client().post('/auth/user/password/reset', { json: { resetToken: value, ...typed } }),
    };

    const opened: string[] = [];
    for (const [door, knock] of Object.entries(doors)) {
      for (const [kind, value] of Object.entries(all)) {
        if (kind !== door && (await knock(value)).status === 200) opened.push(`${kind} opened ${door}`);
      }
    }

    expect(opened).toEqual([]);
    expect((await doors.good(good)).status).toBe(200);
    expect((await doors.session(all.session)).status).toBe(200);
    expect((await doors.handOver(handOver)).status).toBe(200);
  });

  it('[ASVS 9.2.2] [RFC 8725 §3.11, §3.12] of another purpose or type is none, even under the right key', async () => {
    expect(await statusOf(forge(good, { claims: { purpose: 'password:reset' } }))).toBe(401);
    expect(await statusOf(forge(good, { header: { typ: 'one-time+jwt' } }))).toBe(401);
    expect(await statusOf(forge(good, {}, 'room-token'))).toBe(401);
  });

  it('[ASVS 10.3.5] that is bound to a key is refused, for nobody here can check it', async () => {
    expect(await statusOf(forge(good, { claims: { cnf: { jkt: 'x' } } }))).toBe(401);
  });

  it('[RFC 7515 §2] has one spelling over HTTP as well', async () => {
    const [header = '', payload = '', signature = ''] = good.split('.');
    const spellings = [
      `${good}=`,
      `${good}.`,
      `.${good}`,
      `${header}=.${payload}.${signature}`,
      `${header}..${signature}`,
    ];

    for (const spelling of spellings) expect([spelling, await statusOf(spelling)]).toEqual([spelling, 401]);
  });

  it('[RFC 8725 §3.6] of 10 KB is refused, a JWE as well, and one of 1 MB does no harm', async () => {
    const jwe = `${encode({ alg: 'PBES2-HS256+A128KW', enc: 'A128GCM', p2c: 1_000_000_000, p2s: 'AA' })}.AA.AA.AA.AA`;

    expect([await statusOf('a'.repeat(10_000)), await statusOf(jwe)]).toEqual([401, 401]);
    expect((await get(`Bearer ${'a'.repeat(1_000_000)}`)).status).toBe(431);
    expect(await statusOf(good)).toBe(200);
  });

  it('[ASVS 11.2.5] [RFC 6750 §3.1] is refused in the same words, whatever is wrong with it', async () => {
    const bad = [
      forge(good, { claims: { exp: 1 } }),
      `${good.slice(0, -4)}AAAA`,
      forge(good, { header: { alg: 'none' } }),
      'a.b.c',
    ];

    const answers = await Promise.all(bad.map((token) => get(`Bearer ${token}`)));

    for (const answer of answers) expect(comparable(answer)).toEqual(comparable(answers[0] ?? answer));
    expect(answers[0]?.headers.get('www-authenticate')).toBe('Bearer error="invalid_token"');
  });

  it('[PRJ 14] [ASVS 8.3.1] that is bad makes nobody of its holder where a user is optional, whatever the path is spelt like', async () => {
    for (const path of ['/users/optional', '/users/optional?x=1', '/users//optional', '/users/./optional']) {
      const answer = await get(`Bearer ${good}x`, path);
      expect([path, [200, 404].includes(answer.status), answer.text.includes(ADA)]).toEqual([path, true, false]);
    }
    expect((await get(`Bearer ${good}`, '/users/optional')).body).toEqual({ email: ADA });
  });

  it('[RFC 6750 §2.3] [ASVS 14.2.1] is read from no query, body or cookie', async () => {
    const client = app.client();
    client.cookies.set('access_token', good);

    expect((await client.get(`/users?access_token=${good}&token=${good}`)).status).toBe(401);
    const posted = await client.post('/auth/user/session/end', { json: { listId: 'others', access_token: good } });
    expect(posted).toMatchObject({ status: 401, body: { code: 'ERR_SIGN_IN_REQUIRED' } });
  });
});
