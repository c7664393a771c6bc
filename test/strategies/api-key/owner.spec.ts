import { describe, expect, it } from '@jest/globals';
import type { Client, ClientAnswer, Platform } from 'nest-auth-plug/testing';
import { acting } from '../../rooms/acting.js';
import {
  ADA,
  asBearer,
  BEA,
  issue,
  KEYS,
  keysApps,
  register,
  ROUTES,
  signIn,
  statusWith,
  type KeysApp,
} from './keys-app.js';

const NONE: readonly string[] = [];
const DAY = 24 * 3600;

describe.each<Platform>(['express', 'fastify'])('the owner of keys on %s', (platform) => {
  const { visit } = keysApps(platform);

  const list = async (browser: Client) => (await browser.get(`${KEYS}/list`)).body;
  const problemIn = ({ status, body }: ClientAnswer) => [status, (body as { problems?: unknown }).problems];

  it('[ASVS 11.5.1, 14.2.6] is shown the key once, and its name, scopes and times from then on', async () => {
    const { app, ada } = await visit();

    const issued = await ada.post(`${KEYS}/issue`, { json: { name: 'CI', scopes: 'read', lifetimeSeconds: 3600 } });

    const facts = {
      id: expect.stringMatching(/^[0-9A-Za-z]{22}$/),
      name: 'CI',
      scopes: ['read'],
      createdAt: '2026-01-01T00:00:00.000Z',
      lastUsedAt: null,
      expiresAt: '2026-01-01T01:00:00.000Z',
    };
    expect(issued).toMatchObject({
      status: 200,
      setCookies: NONE,
      body: { ...facts, key: expect.stringMatching(/^acme_/) },
    });
    expect(Object.keys(issued.body ?? {}).toSorted()).toEqual([...Object.keys(facts), 'key'].toSorted());
    expect(issued.headers.get('cache-control')).toContain('no-store');
    expect(await list(ada)).toEqual({ keys: [facts] });
    expect(await statusWith(app, (issued.body as { key: string }).key)).toBe(200);
  });

  it('calls by key as whom it belongs to, with the scopes that it has and without a cookie', async () => {
    const { app, ada } = await visit();
    const { id, key } = await issue(ada, { scopes: 'write read write' });

    const answer = await app.client().get('/in/by-key', asBearer(key));

    const body = { email: ADA, id, scopes: ['write', 'read'], methods: NONE, secondFactorAt: null };
    expect(answer).toMatchObject({ status: 200, body, setCookies: NONE });
    expect(await app.service.listSignIns(app.service.userToSubject(await userOf(app), 'user'))).toHaveLength(1);
  });

  it('may have several, newest first; one that is revoked ends, and nothing else does', async () => {
    const { app, ada } = await visit();
    const first = await issue(ada, { name: 'first' });
    app.clock.advance(1);
    const second = await issue(ada, { name: 'second' });
    expect(await list(ada)).toMatchObject({ keys: [{ name: 'second' }, { name: 'first' }] });

    expect(await ada.post(`${KEYS}/revoke`, { json: { keyId: first.id } })).toMatchObject({ status: 200 });

    expect([await statusWith(app, first.key), await statusWith(app, second.key)]).toEqual([401, 200]);
    expect(await list(ada)).toMatchObject({ keys: [{ id: second.id }] });
    expect(await ada.get('/in/by-session')).toMatchObject({ status: 200 });
    expect(await signIn(app.client())).toMatchObject({ status: 200 });
  });

  it('renames a key', async () => {
    const { ada } = await visit();
    const { id } = await issue(ada);

    expect(await ada.post(`${KEYS}/rename`, { json: { keyId: id, name: 'Cafe\u0301' } })).toMatchObject({
      status: 200,
    });

    expect(await list(ada)).toMatchObject({ keys: [{ id, name: 'Caf\u00e9' }] });
  });

  it('[ASVS 8.2.2, 8.2.3] finds a foreign key as little as an unknown one, and leaves it as it is', async () => {
    const { app, ada } = await visit();
    const { id, key } = await issue(ada, { name: "Ada's" });
    const bea = app.client();
    await register(bea, BEA);

    for (const keyId of [id, '0'.repeat(22), 'x', key]) {
      const revoked = await bea.post(`${KEYS}/revoke`, { json: { keyId } });
      const renamed = await bea.post(`${KEYS}/rename`, { json: { keyId, name: 'mine' } });
      expect([revoked.status, revoked.body]).toEqual([404, { code: 'ERR_NOT_FOUND', message: 'Not found' }]);
      expect([renamed.status, renamed.text]).toEqual([404, revoked.text]);
    }

    expect(await list(bea)).toEqual({ keys: NONE });
    expect(await list(ada)).toMatchObject({ keys: [{ id, name: "Ada's" }] });
    expect(await statusWith(app, key)).toBe(200);
  });

  it('[ASVS 8.2.2, 15.3.3] is whoever is signed in, whatever the body says', async () => {
    const { app, ada } = await visit();
    const bea = app.client();
    await register(bea, BEA);
    const subject = app.service.userToSubject(await userOf(app), 'user');

    const claims = {
      owner: subject,
      subject,
      user: subject,
      userId: subject,
      tenant: 'acme',
      epoch: '9',
      audience: 'x',
    };
    const { key } = await issue(bea, { ...claims, keyHash: 'x', id: '0'.repeat(22), createdAt: '2030-01-01' });

    expect(await app.client().get('/in/by-key', asBearer(key))).toMatchObject({ status: 200, body: { email: BEA } });
    expect(await list(ada)).toEqual({ keys: NONE });
  });

  it.each<[string, object, string, string]>([
    ['no name', { name: '' }, 'name', 'required'],
    ['a name that is too long', { name: 'x'.repeat(101) }, 'name', 'too_long'],
    ['a name with a line break', { name: 'a\nb' }, 'name', 'invalid'],
    ['a scope that the app does not give', { scopes: 'read admin' }, 'scopes', 'unknown_scope'],
    ['a scope in another case', { scopes: 'Read' }, 'scopes', 'unknown_scope'],
    ['a list of scopes', { scopes: ['read'] }, 'scopes', 'invalid'],
    ['a life longer than the longest', { lifetimeSeconds: 365 * DAY + 1 }, 'lifetimeSeconds', 'too_long'],
    ['an endless life', { lifetimeSeconds: '99999999999999999999' }, 'lifetimeSeconds', 'too_long'],
    ['a life of nothing', { lifetimeSeconds: 0 }, 'lifetimeSeconds', 'invalid'],
    ['a life that ended', { lifetimeSeconds: -1 }, 'lifetimeSeconds', 'invalid'],
    ['a life in words', { lifetimeSeconds: 'never' }, 'lifetimeSeconds', 'invalid'],
    ['a life of fractions', { lifetimeSeconds: 1.5 }, 'lifetimeSeconds', 'invalid'],
    ['a life that is no number', { lifetimeSeconds: null }, 'lifetimeSeconds', 'invalid'],
  ])('[ASVS 8.2.2] is told the field, and given no key, who asks for %s', async (_, wishes, field, code) => {
    const { app, ada } = await visit();

    const answer = await ada.post(`${KEYS}/issue`, { json: { name: 'a key', ...wishes } });

    expect(problemIn(answer)).toEqual([422, [{ field, code, message: expect.any(String) }]]);
    expect(await app.rows()).toEqual(NONE);
  });

  it('gets no scope and the usual life who asks for neither', async () => {
    const { ada } = await visit();

    const answer = await ada.post(`${KEYS}/issue`, {
      form: { name: 'plain', scopes: '', lifetimeSeconds: '' },
      headers: { 'sec-fetch-site': 'same-origin' },
    });

    expect(answer).toMatchObject({ status: 200, body: { scopes: NONE, expiresAt: '2026-04-01T00:00:00.000Z' } });
  });

  it('gets a scope where the app gives any, and none where it gives none', async () => {
    const { ada } = await visit({ keys: { scopes: [] } });

    expect(problemIn(await ada.post(`${KEYS}/issue`, { json: { name: 'a key', scopes: 'read' } }))).toEqual([
      422,
      [{ field: 'scopes', code: 'unknown_scope', message: 'must be empty: keys have no scopes here' }],
    ]);
  });

  it('[ASVS 7.5.1] makes a key only shortly after signing in, and revokes one at any time', async () => {
    const { app, ada } = await visit();
    const { id } = await issue(ada);

    app.clock.advance(601);

    const refused = await ada.post(`${KEYS}/issue`, { json: { name: 'late' } });
    expect(refused).toMatchObject({ status: 403, body: { code: 'ERR_FRESH_SIGN_IN_REQUIRED' } });
    expect(await ada.post(`${KEYS}/rename`, { json: { keyId: id, name: 'old' } })).toMatchObject({ status: 200 });
    expect(await ada.post(`${KEYS}/revoke`, { json: { keyId: id } })).toMatchObject({ status: 200 });
    expect(await app.rows()).toEqual(NONE);
  });

  it('[ASVS 8.2.2] [ASVS 7.5.1] is who signed in, and nobody who acts for them: a key would outlive that', async () => {
    const { app, ada } = await visit({ user: { strategies: [acting(ADA)] } });
    const { id } = await issue(ada);
    const desk = app.client();
    expect(await desk.post('/auth/user/acting/begin', { json: {} })).toMatchObject({ status: 200 });

    const refused = await desk.post(`${KEYS}/issue`, { json: { name: 'of the desk' } });
    expect(refused).toMatchObject({ status: 403, body: { code: 'ERR_FRESH_SIGN_IN_REQUIRED' } });
    const byCode = await desk.post('/in/issue', { json: {} });
    expect(byCode.body).toEqual({ refused: 'FreshSignInRequired' });

    expect((await app.rows()).map((row) => row['id'])).toEqual([id]);
    expect(await list(desk)).toMatchObject({ keys: [{ id }] });
  });

  it('is somebody: a stranger does nothing here', async () => {
    const { app, ada } = await visit();
    const { id } = await issue(ada);
    const stranger = app.client();

    for (const [method, phase] of [
      ['POST', 'issue'],
      ['GET', 'list'],
      ['POST', 'rename'],
      ['POST', 'revoke'],
    ] as const) {
      const request = method === 'GET' ? {} : { json: { name: 'x', keyId: id } };
      const answer = await stranger.request(method, `${KEYS}/${phase}`, request);
      expect([phase, answer.status, (answer.body as { code: string }).code]).toEqual([
        phase,
        401,
        'ERR_SIGN_IN_REQUIRED',
      ]);
    }
    expect(await app.rows()).toHaveLength(1);
  });

  it('[ASVS 3.5.1, 3.5.3] is asked by no other site, and by no link', async () => {
    const { app, ada } = await visit();
    const elsewhere = { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' };

    const posted = await ada.post(`${KEYS}/issue`, { form: { name: 'x' }, headers: elsewhere });
    expect(posted).toMatchObject({ status: 403, body: { code: 'ERR_CROSS_SITE_REFUSED' } });
    expect(await ada.get(`${KEYS}/issue?name=x`)).toMatchObject({ status: 405 });
    expect(await ada.request('HEAD', `${KEYS}/issue?name=x`)).toMatchObject({ status: 405 });
    expect(await app.rows()).toEqual(NONE);
  });

  it('has no route for it unless the app says so, and a handler of the app can do it by code', async () => {
    const { app, ada } = await visit({ keys: { routes: {} } });

    for (const phase of Object.keys(ROUTES))
      expect(await ada.post(`${KEYS}/${phase}`, { json: {} })).toMatchObject({ status: 404 });
    const answer = await ada.post('/in/issue', { json: {} });

    expect(answer.body).toMatchObject({ user: null, result: { name: 'by code', scopes: ['read'] } });
    const { result } = answer.body as { result: { key: string } };
    expect(await statusWith(app, result.key)).toBe(200);
  });

  it('may have as many as the app says, and one more when one is revoked or has expired', async () => {
    const { app, ada } = await visit({ keys: { maxPerSubject: 2 } });
    const { id } = await issue(ada);
    await issue(ada, { lifetimeSeconds: 60 });
    const another = () => ada.post(`${KEYS}/issue`, { json: { name: 'one too many' } });
    const full = [422, [{ field: '*', code: 'too_many', message: expect.any(String) }]];

    expect(problemIn(await another())).toEqual(full);
    app.clock.advance(60);
    expect(await another()).toMatchObject({ status: 200 });
    expect(problemIn(await another())).toEqual(full);
    await ada.post(`${KEYS}/revoke`, { json: { keyId: id } });
    expect(await another()).toMatchObject({ status: 200 });
    const bea = app.client();
    await register(bea, BEA);
    expect(await issue(bea)).toMatchObject({ key: expect.any(String) });
  });

  it('[ASVS 16.3.1] leaves a trace with the id of the key, and never the key, where one is made, refused and revoked', async () => {
    const { app, ada } = await visit({ app: { debugRefusals: true } });
    const { id, key } = await issue(ada);
    app.clock.advance(91 * DAY);
    await statusWith(app, key);
    await signIn(ada);
    await ada.post(`${KEYS}/revoke`, { json: { keyId: id } });

    const told = app.events.filter(({ facts }) => facts['keyId'] === id);

    const subject = app.service.userToSubject(await userOf(app), 'user');
    expect(told.map(({ name, outcome, facts }) => [name, outcome, facts])).toEqual([
      ['api-key.issued', 'ok', { keyId: id, subject }],
      ['api-key.refused', 'refused', { keyId: id, subject, reason: 'expired_key' }],
      ['api-key.revoked', 'ok', { keyId: id, subject }],
    ]);
    expect(JSON.stringify([app.events, app.logged])).not.toContain(key.split('_')[2]);
  });
});

async function userOf(app: KeysApp, email = ADA): Promise<object> {
  return (await app.data.findOne(app.users.model, { email })) ?? {};
}
