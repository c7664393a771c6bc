import { describe, expect, it } from '@jest/globals';
import { tenantFromHeader, type DataLayer, type DataLayerAdapter } from 'nest-auth-plug';
import { memoryDataLayer } from 'nest-auth-plug/adapters/memory';
import { apiKey } from 'nest-auth-plug/strategies/api-key';
import { FakeClock, type Client, type Platform } from 'nest-auth-plug/testing';
import { apiKeysModel } from '../../../lib/strategies/api-key/api-key.rows.js';
import { countingDataLayer } from '../../rooms/counting-data-layer.js';
import { rawAnswer } from '../../raw-answer.js';
import { keepOpen } from '../../security/lasting.js';
import { visitorOf } from '../../tenants/tenants-app.js';
import {
  ADA,
  asBearer,
  BEA,
  issue,
  KEYS,
  keysApps,
  register,
  statusWith,
  withAnotherSecret,
  withChecksum,
} from './keys-app.js';

const NONE: readonly string[] = [];
const DAY = 24 * 3600;

describe.each<Platform>(['express', 'fastify'])('a key on %s', (platform) => {
  const { boot, visit } = keysApps(platform);

  const challenge = async (browser: Client, path: string, headers: Record<string, string>) => {
    const answer = await browser.get(path, { headers });
    return [answer.status, answer.headers.get('www-authenticate')];
  };
  const INVALID = [401, 'Bearer error="invalid_token"'];
  const ABSENT = [401, 'Bearer'];

  it('[ASVS 11.5.1] is refused alike whether it is unknown, wrong, mistyped or cut off', async () => {
    const { app, ada } = await visit();
    const issued = await issue(ada);
    const bad = [
      withChecksum(`acme_${'0'.repeat(22)}_${'x'.repeat(43)}`),
      withAnotherSecret(issued),
      `${issued.key.slice(0, -1)}~`,
      issued.key.slice(0, -1),
      `${issued.key} `.repeat(2),
      `${issued.key}.more`,
      'acme_',
    ];

    const answers = await Promise.all(bad.map((key) => app.client().get('/in/by-key', asBearer(key))));

    for (const { status, text, headers } of answers) {
      expect([status, headers.get('www-authenticate'), text]).toEqual([...INVALID, answers[0]?.text]);
    }
    expect(await statusWith(app, issued.key)).toBe(200);
  });

  it('[ASVS 11.5.1] costs the same look-up whether it is unknown or wrong, and none where the text tells', async () => {
    const { adapter, calls } = countingDataLayer(memoryDataLayer());
    const { app, ada } = await visit({ dataLayer: adapter });
    const issued = await issue(ada);
    const callsFor = async (key: string) => {
      const before = calls.count;
      expect(await statusWith(app, key)).toBe(401);
      return calls.count - before;
    };

    expect(await callsFor(withAnotherSecret(issued))).toBe(1);
    expect(await callsFor(withChecksum(`acme_${'0'.repeat(22)}_${'x'.repeat(43)}`))).toBe(1);
    expect(await callsFor(issued.key.slice(0, -1))).toBe(0);
  });

  it('recognises its own spelling alone, so that it stands beside cookie and bearer token in one guard', async () => {
    const { app, ada } = await visit();
    const { key } = await issue(ada);
    const bea = app.client();
    const { token } = (await register(bea, BEA)).body as { token: string };
    const asked = async (browser: Client, headers: Record<string, string>) =>
      (await browser.get('/in/by-any', { headers })).body;

    expect(await asked(app.client(), { authorization: `Bearer ${key}` })).toEqual({ email: ADA, strategy: 'api-key' });
    expect(await asked(app.client(), { authorization: `Bearer ${token}` })).toEqual({ email: BEA, strategy: null });
    expect(await asked(bea, {})).toEqual({ email: BEA, strategy: null });
    expect(await asked(bea, { authorization: `Bearer ${key}` })).toEqual({ email: ADA, strategy: 'api-key' });
    expect(await asked(bea, { authorization: 'Basic YWNtZV8=' })).toEqual({ email: BEA, strategy: null });
    expect(await challenge(app.client(), '/in/by-key', { authorization: `Bearer ${token}` })).toEqual(ABSENT);
    expect(await challenge(app.client(), '/in/by-key', { authorization: key })).toEqual(ABSENT);
  });

  it('decides alone where one of its spelling is there: a bad one does not fall back to cookie or token', async () => {
    const { ada } = await visit();
    const { key } = await issue(ada);
    expect(await ada.get('/in/by-any')).toMatchObject({ status: 200 });

    for (const bad of ['acme_', `${key}x`, withAnotherSecret({ id: '', key })]) {
      expect(await challenge(ada, '/in/by-any', { authorization: `Bearer ${bad}` })).toEqual(INVALID);
      expect(await challenge(ada, '/in/by-any', { authorization: `bEARER   ${bad}` })).toEqual(INVALID);
    }
    expect(await ada.get('/in/by-session')).toMatchObject({ status: 200 });
  });

  it.each(['Authorization', 'X-Api-Key'])('is refused beside a second %s', async (header) => {
    const { app, ada } = await visit({ keys: { header } });
    const { key } = await issue(ada);
    const value = header === 'Authorization' ? `Bearer ${key}` : key;
    const asked = (lines: readonly string[]) =>
      rawAnswer(app.url, ['GET /in/by-any HTTP/1.1', 'Host: x', 'Connection: close', ...lines, '', ''].join('\r\n'));

    expect(await asked([`${header}: ${value}`])).toMatch(/^HTTP\/1.1 200 /);
    for (const other of [`${header}: ${value}`, `${header}: other`]) {
      expect(await asked([`${header}: ${value}`, other])).toMatch(/^HTTP\/1.1 401 /);
      expect(await asked([other, `${header}: ${value}`])).toMatch(/^HTTP\/1.1 401 /);
    }
  });

  it('comes in the header that the app says, and in no other', async () => {
    const { app, ada } = await visit({ keys: { header: 'X-Api-Key' } });
    const { key } = await issue(ada);

    expect(await app.client().get('/in/by-key', { headers: { 'x-API-key': key } })).toMatchObject({ status: 200 });
    expect(await challenge(app.client(), '/in/by-key', { authorization: `Bearer ${key}` })).toEqual(ABSENT);
    expect(await challenge(app.client(), '/in/by-key', { 'x-api-key': `Bearer ${key}` })).toEqual(ABSENT);
    expect(await challenge(app.client(), '/in/by-key', { 'x-api-key': `${key}x` })).toEqual(INVALID);
  });

  it('[ASVS 14.2.1] is nothing in a query, a body or a cookie', async () => {
    const { app, ada } = await visit();
    const { key } = await issue(ada);
    const browser = app.client();
    for (const name of ['key', 'api_key', 'apiKey', 'access_token', 'authorization']) {
      expect(await browser.get(`/in/by-key?${name}=${key}`)).toMatchObject({ status: 401 });
      browser.cookies.set(name, key);
    }
    browser.cookies.set('__Host-user-session', key);

    expect(await browser.get('/in/by-any')).toMatchObject({ status: 401 });
    expect(await browser.post('/in/perform', { form: { api_key: key, access_token: key } })).toMatchObject({
      status: 401,
    });
  });

  it('[ASVS 7.2.2] is no session and no bearer token, and they are no key', async () => {
    const { app, ada } = await visit();
    const { key } = await issue(ada);

    for (const path of ['/in/by-session', '/in/by-bearer']) {
      expect(await app.client().get(path, asBearer(key))).toMatchObject({ status: 401, setCookies: NONE });
    }
    expect(await ada.get('/in/by-key')).toMatchObject({ status: 401 });
    expect(await app.client().get('/in/by-key', asBearer(key))).toMatchObject({ status: 200, setCookies: NONE });
  });

  it('[ASVS 10.3.2] enters no phase that is meant for a person, over HTTP', async () => {
    const { app, ada } = await visit();
    const { id, key } = await issue(ada, { scopes: 'read write' });
    const before = await app.rows();

    for (const [method, path] of [
      ['POST', 'api-key/issue'],
      ['GET', 'api-key/list'],
      ['POST', 'api-key/rename'],
      ['POST', 'api-key/revoke'],
      ['GET', 'session/list'],
      ['POST', 'session/end'],
      ['POST', 'password/change'],
    ] as const) {
      const json = {
        name: 'x',
        keyId: id,
        listId: 'others',
        currentPassword: 'x',
        password: 'x',
        passwordConfirmation: 'x',
      };
      const request = { ...asBearer(key), ...(method === 'POST' && { json }) };
      const answer = await app.client().request(method, `/auth/user/${path}`, request);
      expect([path, answer.status, answer.setCookies]).toEqual([path, 401, NONE]);
      expect(answer.body).toMatchObject({ code: 'ERR_SIGN_IN_REQUIRED' });
    }
    expect(await app.rows()).toEqual(before);
  });

  it('[ASVS 10.3.2] enters no phase by the code of a handler that it may call', async () => {
    const { app, ada } = await visit();
    const { key } = await issue(ada);

    const answer = await app.client().post('/in/perform', { ...asBearer(key), json: {} });

    expect(answer.body).toEqual({ refused: 'SignInRequired' });
    expect(await app.rows()).toHaveLength(1);
  });

  it('ends no sign-in by signing out, and is not ended by it', async () => {
    const { app, ada } = await visit();
    const { key } = await issue(ada);

    await app.client().post('/auth/user/session/sign-out', { json: {}, ...asBearer(key) });

    expect(await ada.get('/in/by-session')).toMatchObject({ status: 200 });
    expect(await statusWith(app, key)).toBe(200);
  });

  it('[ASVS 13.3.4] ends at its time, to the second', async () => {
    const { app, ada } = await visit();
    const { key } = await issue(ada, { lifetimeSeconds: '60' });

    app.clock.advance(59);
    expect(await statusWith(app, key)).toBe(200);
    app.clock.advance(1);
    expect(await statusWith(app, key)).toBe(401);
    expect((await ada.get(`${KEYS}/list`)).body).toEqual({ keys: NONE });
  });

  it('lives longer than the sign-in that made it', async () => {
    const { app, ada } = await visit();
    const { key } = await issue(ada);

    await ada.post('/auth/user/session/sign-out', { json: {} });
    app.clock.advance(89 * DAY);

    expect(await statusWith(app, key)).toBe(200);
  });

  it('is of no use while its owner may not sign in', async () => {
    let allowed = true;
    const { app, ada } = await visit({ user: { maySignIn: () => allowed } });
    const { key } = await issue(ada);

    allowed = false;
    expect(await statusWith(app, key)).toBe(401);
    allowed = true;
    expect(await statusWith(app, key)).toBe(200);
  });

  it('loses a scope that the app gives no more, where it has it', async () => {
    const store = keepOpen(memoryDataLayer());
    const { ada } = await visit({ dataLayer: store });
    const { key } = await issue(ada, { scopes: 'read write' });

    const later = await boot({ dataLayer: store, keys: { scopes: ['read'] } });

    expect(await later.client().get('/in/by-key', asBearer(key))).toMatchObject({ body: { scopes: ['read'] } });
  });

  it('[ASVS 8.4.1] of one resource is nothing in another, whose keys begin the same', async () => {
    const { app, ada } = await visit();
    await register(ada, ADA, 'admin');
    const [ofUser, ofAdmin] = [await issue(ada), await issue(ada, {}, '/auth/admin/api-key')];

    expect(await statusWith(app, ofUser.key)).toBe(200);
    expect(await statusWith(app, ofAdmin.key)).toBe(401);
    expect((await ada.get(`${KEYS}/list`)).body).toMatchObject({ keys: [{ id: ofUser.id }] });
    expect(await ada.post(`${KEYS}/revoke`, { json: { keyId: ofAdmin.id } })).toMatchObject({ status: 404 });
  });

  it('of one strategy is nothing in another of the resource, with the same prefix', async () => {
    const deploy = apiKey<{ id: string; email: string }>({
      prefix: 'acme',
      name: 'deploy-key',
      routes: { issue: { enabled: true } },
    });
    const { app, ada } = await visit({ user: { strategies: [deploy] } });
    const { id, key } = await issue(ada, {}, '/auth/user/deploy-key');

    expect(await statusWith(app, key)).toBe(401);
    expect((await ada.get(`${KEYS}/list`)).body).toEqual({ keys: NONE });
    expect(await ada.post(`${KEYS}/revoke`, { json: { keyId: id } })).toMatchObject({ status: 404 });
    expect(await app.rows()).toMatchObject([{ audience: 'test-app:user:deploy-key' }]);
  });

  it('of one app is nothing in another that shares the store', async () => {
    const store = keepOpen(memoryDataLayer());
    const { ada } = await visit({ dataLayer: store });
    const { key } = await issue(ada);

    const other = await boot({ dataLayer: store, app: { name: 'other-app' } });
    const same = await boot({ dataLayer: store });

    expect([await statusWith(other, key), await statusWith(same, key)]).toEqual([401, 200]);
  });

  it('[ASVS 8.4.1] of one tenant is nothing in another, nor without one', async () => {
    const { app } = await visit({
      app: { tenants: { resolve: tenantFromHeader('x-tenant') } },
      user: { tenantField: 'orgId' },
    });
    const [acme, beta] = [visitorOf(app, 'acme'), visitorOf(app, 'beta')];
    await register(acme);
    await register(beta);
    const { id, key } = await issue(acme);

    const statuses = await Promise.all(
      ['acme', 'beta', null].map(
        async (tenant) => (await visitorOf(app, tenant).get('/in/by-key', asBearer(key))).status,
      ),
    );
    expect(statuses).toEqual([200, 401, 401]);
    expect((await beta.get(`${KEYS}/list`)).body).toEqual({ keys: NONE });
    expect(await beta.post(`${KEYS}/revoke`, { json: { keyId: id } })).toMatchObject({ status: 404 });
    expect((await acme.get(`${KEYS}/list`)).body).toMatchObject({ keys: [{ id }] });
  });

  it('is seen to be used, to the minute', async () => {
    const { app, ada } = await visit();
    const { key } = await issue(ada);
    const lastUsed = async () => (await app.rows())[0]?.['lastUsedAt'];
    const start = new FakeClock().now().getTime();

    await statusWith(app, withAnotherSecret({ id: '', key }));
    expect(await lastUsed()).toBeNull();
    await statusWith(app, key);
    expect(await lastUsed()).toEqual(new Date(start));
    app.clock.advance(59);
    await statusWith(app, key);
    expect(await lastUsed()).toEqual(new Date(start));
    app.clock.advance(1);
    await statusWith(app, key);
    expect(await lastUsed()).toEqual(new Date(start + 60_000));
  });

  it('is written down once, by one of fifty uses at a time', async () => {
    const { adapter, written } = watched(memoryDataLayer(), 50);
    const { app, ada } = await visit({ dataLayer: adapter });
    const { key } = await issue(ada);

    for (let minute = 1; minute <= 3; minute += 1) {
      await Promise.all(Array.from({ length: 50 }, () => statusWith(app, key)));
      expect(written.reduce((sum, rows) => sum + rows, 0)).toBe(minute);
      app.clock.advance(60);
    }
  });

  it('[ASVS 11.5.1, 14.2.6] stands in no row, no line of the log, no event and no answer but the first', async () => {
    const { app, ada } = await visit({ app: { debugRefusals: true } });
    const { key } = await issue(ada, { scopes: 'read' });
    const [, , secret = '', checksum = ''] = key.split('_');
    const answers = [
      await app.client().get('/in/by-key', asBearer(key)),
      await app.client().get('/in/by-key', asBearer(`${key}x`)),
      await ada.get(`${KEYS}/list`),
      await ada.post(`${KEYS}/rename`, { json: { keyId: key, name: 'x' } }),
      await ada.post(`${KEYS}/issue`, { json: { name: key.repeat(2) } }),
      await ada.get(`/auth/user/api-key/${key}`),
    ];

    const everywhere = JSON.stringify([await app.rows(), app.logged, app.events, answers.map(({ text }) => text)]);

    expect([everywhere.includes(secret), everywhere.includes(checksum)]).toEqual([false, false]);
    expect(await app.rows()).toMatchObject([{ keyHash: expect.stringMatching(/^[\w-]{43}$/) }]);
  });
});

/** Lets nobody look a key up before so many want to, and notes how many rows of keys each update matched. */
function watched(
  inner: DataLayerAdapter,
  people: number,
): { readonly adapter: DataLayerAdapter; readonly written: number[] } {
  const written: number[] = [];
  const waiting: (() => void)[] = [];
  const meet = () =>
    new Promise<void>((resolve) => {
      waiting.push(resolve);
      if (waiting.length === people) for (const goOn of waiting.splice(0)) goOn();
    });
  const watch = <T extends DataLayer>(layer: T): T => {
    const ours: Partial<DataLayer> = {
      forTenant: (tenant) => watch(layer.forTenant(tenant)),
      async findOne(model, ...rest) {
        if (model === apiKeysModel) await meet();
        return layer.findOne(model, ...rest);
      },
      async update(model, ...rest) {
        const matched = await layer.update(model, ...rest);
        if (model === apiKeysModel) written.push(matched);
        return matched;
      },
    };
    return new Proxy(layer, {
      get(target, name): unknown {
        const member: unknown = Reflect.get(Object.hasOwn(ours, name) ? ours : target, name);
        return typeof member === 'function' ? member.bind(target) : member;
      },
    });
  };
  return { adapter: { ...inner, open: async (models) => watch(await inner.open(models)) }, written };
}
