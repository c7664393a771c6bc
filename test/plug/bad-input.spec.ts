import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { authTestApp, type AuthTestApp, type ClientRequest, type Platform } from 'nest-auth-plug/testing';
import { rawAnswer } from '../raw-answer.js';
import { PASSWORD, userResource } from '../users.js';

const SIGN_IN = '/auth/user/password/sign-in';
const CANARY = 'canary-7f3a-secret';
const JSON_TYPE = { 'content-type': 'application/json' };
const FORM_TYPE = { 'content-type': 'application/x-www-form-urlencoded' };

const raw = (text: string | Uint8Array, headers: Record<string, string> = JSON_TYPE): ClientRequest => ({
  raw: text,
  headers,
});
const sign = (value: unknown): ClientRequest => ({ json: { email: 'ada@example.com', password: value } });

/** What reaches the plug on both platforms: one refusal, the same on both. */
const REFUSED: readonly [string, ClientRequest][] = [
  ['a number', sign(5)],
  ['null', sign(null)],
  ['true', sign(true)],
  ['an array', sign([CANARY])],
  ['an object', sign({ $ne: CANARY })],
  ['NUL', sign(`${CANARY}\0`)],
  ['a lone surrogate', raw(`{"email":"ada@example.com","password":"${CANARY}\\ud800"}`)],
  [
    'bad UTF-8',
    raw(Buffer.concat([Buffer.from(`{"email":"a@b.example","password":"${CANARY}`), Buffer.from([0xff, 0x22, 0x7d])])),
  ],
  ['more bytes than a field takes', sign(CANARY.repeat(200))],
  ['an empty text', sign('')],
  ['an empty object', { json: {} }],
  ['a list', { json: [CANARY] }],
  ['an undeclared object', { json: { email: 'ada@example.com', password: CANARY, extra: { a: 1 } } }],
  ['an undeclared number', { json: { email: 'ada@example.com', password: CANARY, extra: 1 } }],
  ['a form with a name twice', raw(`email=a%40b.example&email=c%40d.example&password=${CANARY}`, FORM_TYPE)],
  ['a form with a nested name', raw(`email=a%40b.example&password[$ne]=${CANARY}`, FORM_TYPE)],
  ['an address that is none', { json: { email: CANARY, password: PASSWORD } }],
  ['an address with a line end', { json: { email: 'ada@example.com\r\nx: y', password: PASSWORD } }],
  ['an address that is too long', { json: { email: `${'a'.repeat(300)}@example.com`, password: PASSWORD } }],
];

/** What the platforms treat in ways of their own: a clear refusal all the same. */
const PLATFORM: readonly [string, ClientRequest][] = [
  ['malformed JSON', raw(`{"password":"${CANARY}"`)],
  ['JSON null', raw('null')],
  ['a JSON text', raw(`"${CANARY}"`)],
  ['a JSON number', raw('5')],
  ['nothing, said to be JSON', raw('')],
  ['plain text', raw(CANARY, { 'content-type': 'text/plain' })],
  ['XML', raw(`<password>${CANARY}</password>`, { 'content-type': 'application/xml' })],
  ['multipart', raw(`--x\r\n\r\n${CANARY}\r\n--x--`, { 'content-type': 'multipart/form-data; boundary=x' })],
  ['a body without a type', raw(Buffer.from(CANARY), {})],
  ['__proto__', raw(`{"__proto__":{"password":"${CANARY}"}}`)],
  ['constructor.prototype', raw(`{"constructor":{"prototype":{"password":"${CANARY}"}}}`)],
  ['150 kB', sign(CANARY.repeat(8_000))],
  ['2 MB', sign(CANARY.repeat(120_000))],
  // Both parsers leave a broken escape as it was typed, so it is a wrong password like any other.
  ['a form with bad UTF-8', raw(`email=a%40b.example&password=%ff${CANARY}`, FORM_TYPE)],
  ['latin1', raw(`{"password":"${CANARY}"}`, { 'content-type': 'application/json; charset=latin1' })],
];

describe.each<Platform>(['express', 'fastify'])('bad input on %s', (platform) => {
  let app: AuthTestApp;
  let firstId: string;
  beforeAll(async () => {
    const { resource } = userResource({ limits: { guessesPerAddress: [{ limit: 1000, windowSeconds: 900 }] } });
    app = await authTestApp({ platform, resources: [resource], app: { debugRefusals: true } });
    const ada = { email: 'ada@example.com', name: 'Ada', password: PASSWORD, passwordConfirmation: PASSWORD };
    const registered = await app.client().post('/auth/user/password/register', { json: ada });
    firstId = (registered.body as { user: { id: string } }).user.id;
  });
  afterAll(() => app.close());

  function expectNothingQuoted(text: string): void {
    expect(text).not.toContain(CANARY);
    expect(app.logged.join('\n')).not.toContain(CANARY);
    expect(app.logged.filter((line) => line.startsWith('error'))).toEqual([]);
  }

  it.each(REFUSED)('[ASVS 15.3.3] refuses %s with 422, and quotes nothing', async (_, request) => {
    const answer = await app.client().post(SIGN_IN, request);

    expect(answer).toMatchObject({ status: 422, body: { code: 'ERR_INVALID_INPUT' }, setCookies: [] });
    expectNothingQuoted(answer.text);
  });

  it.each(PLATFORM)('answers %s with a clear 4xx, and quotes nothing', async (_, request) => {
    const answer = await app.client().post(SIGN_IN, request);

    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.status).toBeLessThan(500);
    expect(answer.setCookies).toEqual([]);
    expectNothingQuoted(answer.text);
  });

  it('takes the last of two members of one name, as JSON parsers do, and keeps no field that is not declared', async () => {
    const body = `{"email":"zoe@example.com","email":"bea@example.com","name":"Bea","id":"${firstId}","passwordHash":"x",
      "password":"${PASSWORD}","passwordConfirmation":"${PASSWORD}","isAdmin":"true"}`;

    const answer = await app.client().post('/auth/user/password/register', raw(body));

    expect(answer).toMatchObject({ status: 200, body: { user: { email: 'bea@example.com', name: 'Bea' } } });
    const { user } = answer.body as { user: Record<string, unknown> };
    expect(Object.keys(user).toSorted()).toEqual(['email', 'id', 'name']);
    expect(user['id']).not.toBe(firstId);
  });

  it('reads the body for POST and never the query', async () => {
    const query = `?email=ada%40example.com&password=${encodeURIComponent(PASSWORD)}`;

    expect(await app.client().post(`${SIGN_IN}${query}`, { json: {} })).toMatchObject({ status: 422 });
  });

  it.each(['constructor', '__proto__', 'toString', 'hasOwnProperty', 'prototype'])(
    '[ASVS 15.4.1] takes the object member "%s" for no resource, strategy or phase',
    async (name) => {
      for (const path of [
        `/auth/${name}/password/sign-in`,
        `/auth/user/${name}/sign-in`,
        `/auth/user/password/${name}`,
      ]) {
        expect(await app.client().post(path, { json: {} })).toMatchObject({ status: 404 });
      }
    },
  );

  it('[PRJ] survives headers and cookies of every shape', async () => {
    const cookies = ['=', ';;;', '__Host-user-session', '__Host-user-session=', '__Host-user-session=%', 'a=b; a=c'];
    for (const cookie of [...cookies, `__Host-user-session=${'x'.repeat(5000)}`, '__Host-user-device=AAAA']) {
      const answer = await app.client().post(SIGN_IN, { json: {}, headers: { cookie } });
      expect(answer.status).toBe(422);
    }
    for (const authorization of ['Bearer', 'Bearer  x', 'bearer ..', 'Basic x', 'Bearer a.b.c', 'é']) {
      const headers = { authorization: Buffer.from(authorization).toString('latin1') };
      const answer = await app.client().get('/auth/user/session/list', { headers });
      expect(answer.status).toBe(401);
    }
  });

  it('[RFC 6750 §2] refuses two Authorization headers', async () => {
    const { token } = await app.service.perform(['password', 'sign-in'], {
      email: 'ada@example.com',
      password: PASSWORD,
    });
    const line = `Authorization: Bearer ${token ?? ''}\r\n`;
    const request = (lines: string) =>
      `GET /auth/user/session/list HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n${lines}\r\n`;

    expect(await rawAnswer(app.url, request(line))).toMatch(/^HTTP\/1.1 200 /);
    expect(await rawAnswer(app.url, request(line + line))).toMatch(/^HTTP\/1.1 401 /);
  });
});
