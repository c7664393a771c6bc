import { afterEach, describe, expect, it } from '@jest/globals';
import { decodeJwt, decodeProtectedHeader, importJWK, SignJWT } from 'jose';
import { ConfigurationInvalid, type DataLayerAdapter } from 'nest-auth-plug';
import { memoryDataLayer } from 'nest-auth-plug/adapters/memory';
import { authTestApp, type AuthTestApp, type Platform } from 'nest-auth-plug/testing';
import { signInsModel } from '../../lib/sessions/index.js';
import { packState, unpackState } from '../../lib/sessions/sealed-state.js';
import { countingDataLayer } from '../rooms/counting-data-layer.js';
import { keepOpen } from '../security/lasting.js';
import * as visits from '../security/visit.js';
import { ADA, holderOf, isIn, opens, register, sessionOf, signIn, tokenIn } from '../security/visit.js';
import { describeEachStore } from '../stores/each-store.js';
import { newJwk } from '../tokens/signing-kit.js';
import { PASSWORD, userResource } from '../users.js';

const HOUR_SECONDS = 3600;
const STATELESS = { signIns: 'stateless-until-they-expire' } as const;
const CHOSEN = 'quite another password';

describe.each<Platform>(['express', 'fastify'])('a stateless sign-in on %s', (platform) => {
  const started: AuthTestApp[] = [];
  afterEach(async () => {
    for (const app of started.splice(0)) await app.close();
  });

  async function start({ resource, ...options }: visits.VisitOptions = {}) {
    const visited = await visits.visit(platform, { ...options, resource: { ...STATELESS, ...resource } });
    started.push(visited.app);
    const browser = visited.app.client();
    const token = tokenIn(await register(browser));
    return { ...visited, browser, token };
  }

  it('is known by cookie and by token, and reads nothing', async () => {
    const { adapter, calls } = countingDataLayer(memoryDataLayer());
    const { app, browser, token } = await start({ app: { dataLayer: adapter } });
    calls.count = 0;

    expect(await browser.get('/home')).toMatchObject({ status: 200, body: { email: ADA } });
    expect(await opens(app, token)).toBe(true);
    app.clock.advance(HOUR_SECONDS / 2);
    expect([await isIn(browser), await opens(app, token)]).toEqual([true, true]);
    expect(calls.count).toBe(0);
  });

  it('ends when it expires, an hour after it was made, however much it was used', async () => {
    const { app, browser, token } = await start();

    app.clock.advance(HOUR_SECONDS - 1);
    expect([await isIn(browser), await opens(app, token)]).toEqual([true, true]);
    app.clock.advance(1);
    expect([await isIn(browser), await opens(app, token)]).toEqual([false, false]);
    expect((await signIn(browser)).status).toBe(200);
  });

  it('is cleared from its browser by sign-out, and lives on where it was copied to', async () => {
    const { app, browser, token } = await start();
    const copy = holderOf(app, sessionOf(browser));

    expect(await browser.post('/auth/user/session/sign-out', { json: {} })).toMatchObject({ status: 200 });

    expect([await isIn(browser), await isIn(copy), await opens(app, token)]).toEqual([false, true, true]);
    expect(await app.service.endSignIns(app.service.userToSubject(await userOf(app)))).toBe(0);
    expect([await isIn(copy), await opens(app, token)]).toEqual([true, true]);
  });

  it('outlives a changed password and its own user, who cannot sign in anew', async () => {
    const { app, browser, token } = await start();
    const chosen = { password: CHOSEN, passwordConfirmation: CHOSEN };
    const change = { json: { currentPassword: PASSWORD, ...chosen } };
    const copy = holderOf(app, sessionOf(browser));

    expect(await browser.post('/auth/user/password/change', change)).toMatchObject({ status: 200 });
    expect([await isIn(browser), await isIn(copy), await opens(app, token)]).toEqual([true, true, true]);
    expect((await signIn(app.client())).status).toBe(401);
    await app.service.deleteUser(app.service.userToSubject(await userOf(app)));
    expect([await isIn(copy), (await signIn(app.client(), CHOSEN)).status]).toEqual([true, 401]);
  });

  it('asks each time whether its user may sign in, as that user was', async () => {
    const banned = new Set<string>();
    const { app, browser } = await start({ resource: { maySignIn: ({ email }) => !banned.has(email) } });

    banned.add(ADA);
    expect(await isIn(browser)).toBe(false);
    banned.clear();
    const subject = app.service.userToSubject(await userOf(app));
    await app.service.changeUser(subject, { name: 'Ada King' });
    expect(await browser.get('/home')).toMatchObject({ status: 200 });
  });

  it('[ASVS 14.2.6] tells whoever holds it nothing about its user', async () => {
    const { browser, token } = await start();
    const payload: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());

    expect(Object.keys(payload ?? {}).toSorted()).toEqual(
      ['amr', 'aud', 'auth_time', 'exp', 'iat', 'iss', 'jti', 'nbf', 'purpose', 'sealed', 'sub'].toSorted(),
    );
    expect(JSON.stringify(payload)).not.toContain(ADA);
    expect(sessionOf(browser)).toBe(token);
  });

  it('is announced at the start: that nothing ends it, and when it expires', async () => {
    const { app } = await start({ resource: { sessions: { absoluteLifetimeSeconds: 900 } } });
    const stored = await visits.visit(platform);
    started.push(stored.app);
    const saidBy = ({ logged }: AuthTestApp) => logged.filter((line) => line.includes('"user" signs in by password'));

    const said = [saidBy(app), saidBy(stored.app)];
    expect(said.map((lines) => lines.length)).toEqual([1, 1]);
    expect(said[0]?.[0]).toContain('stateless: nothing ends one before it expires, 900 s after it was made');
    expect(said[1]?.[0]).toContain('kept in memory');
  });

  it('is nothing to list and nothing to end by route', async () => {
    const { browser } = await start();

    expect(await browser.get('/auth/user/session/list')).toMatchObject({ status: 404 });
    expect(await browser.post('/auth/user/session/end', { json: { listId: 'others' } })).toMatchObject({ status: 404 });
  });

  it('is no sign-in of an app that keeps rows, nor the other way round', async () => {
    const store = keepOpen(memoryDataLayer());
    const app = { app: { secrets: ['Qh2sX0m9b1vKc8Zr5tYw3uEoLpAaDdFf7iGnJkM4'] }, dataLayer: store };
    const stateless = await start({ app });
    const stored = await visits.visit(platform, { app });
    started.push(stored.app);
    const other = stored.app.client();
    const rowToken = tokenIn(await register(other, 'bea@example.com'));

    expect(await isIn(holderOf(stored.app, sessionOf(stateless.browser)))).toBe(false);
    expect(await opens(stored.app, stateless.token)).toBe(false);
    expect(await isIn(holderOf(stateless.app, sessionOf(other)))).toBe(false);
    expect(await opens(stateless.app, rowToken)).toBe(false);
  });

  it('[ASVS 11.6.1] opens by an old secret while that is in the ring, and no longer', async () => {
    const store = keepOpen(memoryDataLayer());
    const [old, fresh] = ['Qh2sX0m9b1vKc8Zr5tYw3uEoLpAaDdFf7iGnJkM4', 'Zt7pW2c5n8xRv1Lq4yKs9bHmJdGfEaUo3iTrBkV6'];
    const from = (secrets: readonly string[]) =>
      visits.visit(platform, { resource: STATELESS, app: { app: { secrets }, dataLayer: store } });
    const { app, browser, token } = await start({ app: { app: { secrets: [old] }, dataLayer: store } });
    const session = sessionOf(browser);
    await app.close();
    started.splice(0);

    const [both, dropped] = [await from([fresh, old]), await from([fresh])];
    started.push(both.app, dropped.app);

    expect([await isIn(holderOf(both.app, session)), await opens(both.app, token)]).toEqual([true, true]);
    expect([await isIn(holderOf(dropped.app, session)), await opens(dropped.app, token)]).toEqual([false, false]);
  });

  it('[ASVS 11.6.1] ends with the secret that sealed it while the app runs, though its signature stands and it was open a moment ago', async () => {
    const [old, fresh] = ['Qh2sX0m9b1vKc8Zr5tYw3uEoLpAaDdFf7iGnJkM4', 'Zt7pW2c5n8xRv1Lq4yKs9bHmJdGfEaUo3iTrBkV6'];
    let secrets = [old];
    const signing = { algorithm: 'ES256', keys: [newJwk('ES256')] } as const; // by a key that stays
    const asked = { app: { secrets: () => secrets, keyRefreshSeconds: 1, signing } };
    const { app, browser, token } = await start({ app: asked });
    expect([await isIn(browser), await opens(app, token)]).toEqual([true, true]);

    secrets = [fresh];
    app.clock.advance(2);
    await app.idle();

    expect([await isIn(browser), await opens(app, token)]).toEqual([false, false]);
  });

  it('is nobody where its token names another user than what is sealed in it', async () => {
    const key = newJwk('ES256');
    const { app, token } = await start({ app: { app: { signing: { algorithm: 'ES256', keys: [key] } } } });
    const header = { alg: 'ES256', ...decodeProtectedHeader(token) };
    const signed = async (changes: object) =>
      new SignJWT({ ...decodeJwt(token), ...changes }).setProtectedHeader(header).sign(await importJWK(key, 'ES256'));

    expect(await opens(app, await signed({}))).toBe(true);
    expect(await opens(app, await signed({ sub: 'user?id=somebody-else' }))).toBe(false);
    expect(await opens(app, token)).toBe(true);
  });

  it('is not made where it does not fit into a cookie', async () => {
    const { app } = await start();
    const name = 'x'.repeat(200);
    const json = { email: 'bea@example.com', name, password: PASSWORD, passwordConfirmation: PASSWORD };
    expect((await app.client().post(visits.REGISTER, { json })).status).toBe(200);

    const subject = app.service.userToSubject((await app.data.findOne(userModel(), { email: json.email })) ?? {});
    await app.service.changeUser(subject, { name: 'x'.repeat(4000) });
    const answer = await signIn(app.client(), PASSWORD, json.email);
    expect([answer.status, answer.setCookies.some((cookie) => cookie.includes('-session='))]).toEqual([500, false]);
  });

  const userModel = () => userResource().resource.model;
  const userOf = async (app: AuthTestApp) => (await app.data.findOne(userModel(), { email: ADA })) ?? {};
});

describeEachStore('stateless sign-ins', (store) => {
  it('leave no row, and are made for nobody who is disabled', async () => {
    const dataLayer: DataLayerAdapter = await store.empty();
    const { app } = await visits.visit('express', { resource: STATELESS, app: { dataLayer } });
    const browser = app.client();
    await register(browser);
    const subject = app.service.userToSubject(
      (await app.data.findOne(userResource().resource.model, { email: ADA })) ?? {},
    );

    expect(await app.data.forTenant('').findMany(signInsModel, {}, { orderBy: 'id', limit: 10 })).toEqual([]);
    await app.service.disable(subject);
    expect((await signIn(app.client())).status).toBe(401);
    await app.service.enable(subject);
    expect((await signIn(app.client())).status).toBe(200);
    await app.close();
  });
});

describe('the options of stateless sign-ins', () => {
  it('are refused where they need rows', async () => {
    const { resource } = userResource({ ...STATELESS, sessions: { idleLifetimeSeconds: 60, maxPerSubject: 2 } });

    const starting = authTestApp({ platform: 'express', resources: [resource] });

    await expect(starting).rejects.toThrow(ConfigurationInvalid);
    await expect(starting).rejects.toThrow(/idleLifetimeSeconds[^]*has no effect[^]*maxPerSubject/);
  });
});

describe('the state of a stateless sign-in', () => {
  it('comes back in the types it went in as', () => {
    const columns = {
      id: { type: 'bigint' },
      name: { type: 'text' },
      count: { type: 'integer' },
      active: { type: 'boolean' },
      at: { type: 'time' },
      key: { type: 'bytes' },
      none: { type: 'time', nullable: true },
    } as const;
    const at = new Date(1_700_000_000_123);
    const user = { id: 2n ** 60n, name: 'Ada', count: 7, active: false, at, key: new Uint8Array([0, 255]), none: null };
    const state = { user, methods: ['pwd'], authenticatedAt: at, secondFactorAt: null, actor: null, remembered: false };

    expect(unpackState(columns, packState(state))).toEqual(state);
    expect(unpackState(columns, packState({ ...state, secondFactorAt: at }))).toEqual({ ...state, secondFactorAt: at });
  });
});
