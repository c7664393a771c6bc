import { afterEach, describe, expect, it } from '@jest/globals';
import { NotFound, type TenantOptions, type TenantRequest } from 'nest-auth-plug';
import type { Platform } from 'nest-auth-plug/testing';
import { ADA, AUTH, isIn, register, signIn, textIn, type RoomsApp } from '../rooms/rooms-app.js';
import { tenantsApp, visitorOf } from './tenants-app.js';

const NOTHING: readonly string[] = [];
const headerOf = ({ headers }: TenantRequest) => headers.get('x-tenant')[0] ?? null;

describe.each<Platform>(['express', 'fastify'])('a request on %s', (platform) => {
  let app: RoomsApp;
  afterEach(() => app.close());

  const start = async (tenants: Partial<TenantOptions> = {}) => (app = await tenantsApp({ platform }, tenants));

  it.each([
    ['without a tenant', null],
    ['with an empty one', ''],
    ['with one that is too long', 'x'.repeat(256)],
    ['with one of dots alone', '..'],
  ])('%s loads nobody, clears nothing and signs nobody out', async (_name, tenant) => {
    await start();
    const ada = visitorOf(app, 'acme');
    const token = textIn(await register(ada), 'token');
    const authorization = `Bearer ${token}`;

    const page = await ada.at(tenant).get('/in/by-session');
    expect(page).toMatchObject({ status: 401, setCookies: NOTHING });
    const api = await ada.at(tenant).get('/in/by-bearer', { headers: { authorization } });
    expect([api.status, api.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
    const refused = { status: 400, body: { code: 'ERR_NO_TENANT' }, setCookies: NOTHING };
    expect(
      await ada.at(tenant).post(`${AUTH}/session/sign-out`, { json: {}, headers: { authorization } }),
    ).toMatchObject(refused);
    expect(await signIn(ada.at(tenant))).toMatchObject(refused);
    expect(await ada.at(tenant).get(`${AUTH}/session/list`)).toMatchObject(refused);
    expect(await isIn(ada)).toBe(true);
  });

  it('takes a tenant that is as long as one may be', async () => {
    await start();
    expect(await register(visitorOf(app, 'x'.repeat(255)))).toMatchObject({ status: 200 });
  });

  it('without a tenant is served by a resource that has none, and nobody asks whose it is', async () => {
    let asked = 0;
    await start({ resolve: () => String((asked += 1)) });
    const root = visitorOf(app, null);
    const registered = await register(root, 'root@example.com', '/auth/admin');
    expect(registered).toMatchObject({ status: 200 });
    expect(claimsIn(textIn(registered, 'token'))).not.toHaveProperty('tenant');
    expect(await root.get('/in/by-admin-session')).toMatchObject({ status: 200 });
    expect(await root.get('/auth/nowhere')).toMatchObject({ status: 404 });
    expect(asked).toBe(0);
  });

  it('is asked once whose it is, however many guards there are, and waited for', async () => {
    let asked = 0;
    const resolve = async (request: TenantRequest) => {
      asked += 1;
      await new Promise(setImmediate);
      return headerOf(request);
    };
    await start({ resolve });
    const ada = visitorOf(app, 'acme');
    const registered = await register(ada);
    expect(claimsIn(textIn(registered, 'token'))).toMatchObject({ tenant: 'acme' });
    asked = 0;
    expect(await ada.get('/in/by-two-guards')).toMatchObject({ status: 200 });
    expect(asked).toBe(1);
    expect((await ada.get('/in/tenant')).body).toEqual({ user: 'acme', context: 'acme', signIn: 'acme' });
  });

  it.each<[string, () => unknown]>([
    [
      'throws',
      () => {
        throw new Error('db.example:5432 refused');
      },
    ],
    ['rejects', () => Promise.reject(new Error('db.example:5432 refused'))],
    ['never answers', () => new Promise(() => undefined)],
    ['answers no text', () => 7],
  ])('is an outage where the resolver %s, and signs nobody out', async (_name, fail) => {
    let broken = false;
    const resolve = (request: TenantRequest) => (broken ? (fail() as string) : headerOf(request)); // wrong on purpose
    await start({ resolve, timeoutMs: 20 });
    const ada = visitorOf(app, 'acme');
    await register(ada);
    broken = true;
    for (const answer of [
      await ada.get('/in/by-session'),
      await signIn(ada),
      await ada.post(`${AUTH}/session/sign-out`),
    ]) {
      expect(answer).toMatchObject({ status: 503, setCookies: NOTHING });
      expect(answer.headers.get('retry-after')).toBe('5');
      expect(answer.text).not.toContain('db.example');
    }
    expect(await register(visitorOf(app, null), 'root@example.com', '/auth/admin')).toMatchObject({ status: 200 });
    expect(app.logged.join('\n')).toContain('tenants.resolve failed');
    expect(app.logged.join('\n')).not.toContain('db.example');
    broken = false;
    expect(await isIn(ada)).toBe(true);
  });

  it('is refused as the app says, where its resolver throws a refusal', async () => {
    const resolve = (request: TenantRequest) => {
      if (headerOf(request) === 'closed') throw new NotFound('closed_tenant');
      return headerOf(request);
    };
    await start({ resolve });
    const ada = visitorOf(app, 'acme');
    await register(ada);
    expect(await signIn(ada.at('closed'))).toMatchObject({ status: 404, body: { code: 'ERR_NOT_FOUND' } });
    expect(await ada.at('closed').get('/in/by-session')).toMatchObject({ status: 401, setCookies: NOTHING });
    expect(await isIn(ada)).toBe(true);
  });

  it.each([
    ['a tenant that comes twice', { 'x-tenant': 'acme, beta' }],
    ['a tenant in another case', { 'x-tenant': 'Acme' }],
  ])('takes %s for another one', async (_name, headers) => {
    await start();
    await register(visitorOf(app, 'acme'));
    const json = { email: ADA, password: 'plum tree on the hill' };
    expect(await app.client().post(`${AUTH}/password/sign-in`, { json, headers })).toMatchObject({ status: 401 });
  });
});

function claimsIn(token: string): unknown {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
}
