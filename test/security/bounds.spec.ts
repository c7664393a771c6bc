import { afterEach, describe, expect, it } from '@jest/globals';
import type { AuthTestApp, ClientRequest, Platform } from 'nest-auth-plug/testing';
import { PASSWORD } from '../users.js';
import { ADA, isIn, NO_LIMITS, register, REGISTER, SESSION_COOKIE, SIGN_IN, signIn, visit } from './visit.js';

const RESET = '/auth/user/password/reset';
const typed = { password: PASSWORD, passwordConfirmation: PASSWORD };
const json = (value: object): ClientRequest => ({ json: value });

/** One byte more than each may have. */
const TOO_LONG: readonly [string, string, ClientRequest][] = [
  ['an address', SIGN_IN, json({ email: `${'a'.repeat(243)}@example.com`, password: PASSWORD })],
  ['a password', SIGN_IN, json({ email: ADA, password: 'x'.repeat(1025) })],
  ['a token', RESET, json({ resetToken: 'x'.repeat(4097), ...typed })],
  ['a name', REGISTER, json({ email: ADA, name: 'x'.repeat(201), ...typed })],
  ['a way back', SIGN_IN, json({ email: ADA, password: PASSWORD, returnTo: `/${'x'.repeat(8192)}` })],
  ['a flow', SIGN_IN, json({ email: ADA, password: PASSWORD, flow: 'x'.repeat(8193) })],
];

/** Texts that make careless parsers take a time beyond all measure. */
const SLOW: readonly [string, ClientRequest][] = [
  ['dots and dashes in an address', json({ email: `${'a.-'.repeat(30_000)}@example.com`, password: 'x' })],
  ['spaces', json({ email: ' '.repeat(90_000), password: 'x' })],
  ['digits of a domain', json({ email: `a@${'1.'.repeat(40_000)}com`, password: 'x' })],
  ['names', json(Object.fromEntries(Array.from({ length: 5000 }, (_, index) => [`name${index}`, 'x'])))],
  ['cookies', { json: {}, headers: { cookie: `${SESSION_COOKIE}=x; `.repeat(300) } }],
  ['a cookie of equal signs', { json: {}, headers: { cookie: '='.repeat(7000) } }],
  ['a bearer token of dots', { json: {}, headers: { authorization: `Bearer ${'.'.repeat(7000)}` } }],
  ['a path of slashes', json({ email: ADA, password: 'x', returnTo: `/${'a/../'.repeat(1600)}` })],
];

describe.each<Platform>(['express', 'fastify'])('bounds on %s', (platform) => {
  let app: AuthTestApp;
  afterEach(() => app.close());

  it('[ASVS 2.2.1] refuse what is one byte too long, without hashing', async () => {
    const { hasher, ...visited } = await visit(platform, { resource: { limits: NO_LIMITS } });
    ({ app } = visited);
    await app.client().post(SIGN_IN, json({}));
    hasher.work.length = 0;

    for (const [what, path, request] of TOO_LONG) {
      const { status } = await app.client().post(path, request);
      expect([what, status]).toEqual([what, 422]);
    }
    expect(hasher.work).toEqual([]);
  });

  it('[ASVS 1.3.12] are found in time that grows with the length of the input: what grows faster outlasts the test', async () => {
    ({ app } = await visit(platform, { resource: { limits: NO_LIMITS } }));

    for (const [what, request] of SLOW) {
      const { status } = await app.client().post(SIGN_IN, request);
      expect([what, status >= 400 && status < 500]).toEqual([what, true]);
    }
  });

  it('[ASVS 15.2.2] come in the order of their cost: site, input and limits before any hash', async () => {
    const { hasher, ...visited } = await visit(platform);
    ({ app } = visited);
    await register(app.client());
    for (let tries = 0; tries < 10; tries += 1) await signIn(app.client(), 'a wrong password');
    hasher.work.length = 0;

    expect(await signIn(app.client(), PASSWORD, ADA, { origin: 'https://evil.example' })).toMatchObject({
      status: 403,
    });
    expect(await signIn(app.client(), '')).toMatchObject({ status: 422 });
    expect(await signIn(app.client())).toMatchObject({ status: 429 });
    expect(hasher.work).toEqual([]);
  });

  it('[ASVS 2.2.2, 15.3.5, 15.3.6, 15.3.7] hold for what is no text, by HTTP and by code, where no parser and no pipe comes before', async () => {
    ({ app } = await visit(platform, { resource: { limits: NO_LIMITS } }));
    await register(app.client());
    const odd: readonly unknown[] = [1, null, true, [], [ADA], {}, { $ne: '' }, { toString: ADA }];

    for (const email of odd) {
      expect(await app.client().post(SIGN_IN, json({ email, password: PASSWORD }))).toMatchObject({ status: 422 });
      const byCode = app.service.perform(['password', 'sign-in'], { email, password: PASSWORD });
      await expect(byCode).rejects.toMatchObject({ code: 'ERR_INVALID_INPUT' });
    }
    const polluted = `{"__proto__":{"email":"${ADA}","password":"${PASSWORD}"},"constructor":{"prototype":{"email":"${ADA}"}}}`;
    const answer = await app.client().post(SIGN_IN, { raw: polluted, headers: { 'content-type': 'application/json' } });
    expect([400, 422]).toContain(answer.status);
    expect(Reflect.get({}, 'email')).toBeUndefined();
    const twice = `email=${ADA}&email=bea@example.com&password=${PASSWORD}`;
    const form = { raw: twice, headers: { 'content-type': 'application/x-www-form-urlencoded' } };
    expect(await app.client().post(SIGN_IN, form)).toMatchObject({ status: 422 });
  });

  it('[ASVS 6.3.2] hold for everybody: a new app knows no user and no default password', async () => {
    const { users, ...visited } = await visit(platform);
    ({ app } = visited);

    expect(await app.data.findMany(users.model, {}, { orderBy: 'id', limit: 10 })).toEqual([]);
    for (const name of ['admin', 'root', 'user', 'test']) {
      expect(await signIn(app.client(), name, `${name}@example.com`)).toMatchObject({ status: 401 });
    }
    expect(await isIn(app.client())).toBe(false);
  });
});
