import { createPublicKey, randomBytes, type KeyObject } from 'node:crypto';
import { afterEach, describe, expect, it } from '@jest/globals';
import { createRemoteJWKSet, decodeProtectedHeader, jwtVerify } from 'jose';
import type { DataLayerAdapter, OtpApp } from 'nest-auth-plug';
import { memoryDataLayer } from 'nest-auth-plug/adapters/memory';
import type { AuthTestApp, Client, Platform } from 'nest-auth-plug/testing';
import { ASYMMETRIC, jwkOf, newJwk, newKey, publicOf } from '../tokens/signing-kit.js';
import { keepOpen } from './lasting.js';
import { isIn, opens, register, signIn, tokenIn, visit, type Visit, type VisitOptions } from './visit.js';

const JWKS = '/auth/.well-known/jwks.json';
const kidOf = (token: string) => decodeProtectedHeader(token).kid;
const algOf = (token: string) => decodeProtectedHeader(token).alg;

describe.each<Platform>(['express', 'fastify'])('keys of tokens on %s', (platform) => {
  const open: AuthTestApp[] = [];
  afterEach(async () => {
    for (const app of open.splice(0)) await app.close();
  });

  async function start(
    app: Partial<Omit<OtpApp, 'resources' | 'plug' | 'dataLayer'>>,
    dataLayer: DataLayerAdapter = memoryDataLayer(),
    options: VisitOptions['app'] = {},
  ): Promise<Visit> {
    const visited = await visit(platform, { app: { dataLayer, app, ...options } });
    open.push(visited.app);
    return visited;
  }

  /** The same browser, at the same app after a restart. */
  function again(browser: Client, { app }: Visit): Client {
    const returned = app.client();
    for (const [name, value] of browser.cookies) returned.cookies.set(name, value);
    return returned;
  }

  it.each(ASYMMETRIC)(
    '[ASVS 11.6.1] of %s: a new one takes over without signing anybody out, and the old one ends when it is taken out',
    async (algorithm) => {
      const store = keepOpen(memoryDataLayer());
      const [old, fresh] = [newJwk(algorithm), newJwk(algorithm)];
      const before = await start({ signing: { algorithm, keys: [old] } }, store);
      const browser = before.app.client();
      const token = tokenIn(await register(browser));
      expect(algOf(token)).toBe(algorithm);

      const announced = await start({ signing: { algorithm, keys: [old, publicOf(fresh)] } }, store);
      const during = tokenIn(await signIn(announced.app.client()));
      expect(kidOf(during)).toBe(kidOf(token));

      const both = await start({ signing: { algorithm, keys: [fresh, publicOf(old)] } }, store);
      const returned = again(browser, both);
      expect([await isIn(returned), await opens(both.app, token), await opens(both.app, during)]).toEqual([
        true,
        true,
        true,
      ]);
      const newToken = tokenIn(await signIn(returned));
      expect(kidOf(newToken)).not.toBe(kidOf(token));

      const after = await start({ signing: { algorithm, keys: [fresh] } }, store);
      expect([await isIn(again(returned, after)), await opens(after.app, newToken)]).toEqual([true, true]);
      expect([await opens(after.app, during), await opens(after.app, token)]).toEqual([false, false]);
    },
  );

  it('[ASVS 11.2.2] of one algorithm give way to another: from HS256 to ES256 to EdDSA, and nobody is signed out', async () => {
    const store = keepOpen(memoryDataLayer());
    const [es, ed] = [newJwk('ES256'), newJwk('EdDSA')];
    const steps: readonly NonNullable<OtpApp['signing']>[] = [
      { algorithm: 'HS256' },
      { algorithm: 'HS256', keys: [publicOf(es)], overlap: true },
      { algorithm: 'ES256', keys: [es], overlap: true },
      { algorithm: 'ES256', keys: [es, publicOf(ed)], overlap: true },
      { algorithm: 'EdDSA', keys: [ed, publicOf(es)], overlap: true },
    ];
    const tokens: string[] = [];

    for (const [index, signing] of steps.entries()) {
      const { app } = await start({ signing }, store);
      for (const token of tokens)
        expect([index, algOf(token), await opens(app, token)]).toEqual([index, algOf(token), true]);
      const answer = await (index === 0 ? register(app.client()) : signIn(app.client()));
      tokens.push(tokenIn(answer));
      expect(algOf(tokens.at(-1) ?? '')).toBe(signing.algorithm);
    }

    const { app } = await start({ signing: { algorithm: 'EdDSA', keys: [ed] } }, store);
    const left = await Promise.all(tokens.map((token) => opens(app, token)));
    expect(left).toEqual([false, false, false, false, true]);
  });

  describe('that are read again', () => {
    const REFRESH_SECONDS = 300;
    const newSecret = () => randomBytes(48).toString('base64');

    it('[ASVS 13.3.4] take over while the app runs: tokens, cookies, flows and digests alike', async () => {
      const [old, fresh] = [newSecret(), newSecret()];
      let secrets: readonly (string | undefined)[] = [old];
      const { app, outbox } = await start({ secrets: () => secrets });
      const pass = async () => {
        app.clock.advance(REFRESH_SECONDS);
        await app.idle();
      };
      const browser = app.client();
      const token = tokenIn(await register(browser));
      await app.client().post('/auth/user/password/reset-request', { json: { email: 'ada@example.com' } });
      await app.idle();
      const resetToken = outbox.last('ada@example.com').link?.searchParams.get('token');
      const typed = { password: 'pear tree in the valley', passwordConfirmation: 'pear tree in the valley' };

      secrets = [fresh, old];
      await pass();
      const newToken = tokenIn(await signIn(app.client()));
      expect(kidOf(newToken)).not.toBe(kidOf(token));
      expect([await isIn(browser), await opens(app, token), await opens(app, newToken)]).toEqual([true, true, true]);

      secrets = [fresh];
      await pass();
      expect([await isIn(browser), await opens(app, token), await opens(app, newToken)]).toEqual([true, false, true]);
      const late = await app.client().post('/auth/user/password/reset', { json: { resetToken, ...typed } });
      expect(late).toMatchObject({ status: 422, body: { code: 'ERR_INVALID_TOKEN' } });
    });

    it('[ASVS 13.3.1] keep what they were when the source fails, in whatever way, and the log says it once without a secret', async () => {
      const good = newSecret();
      const weak = 'a weak one, and short';
      const sources: (() => readonly string[] | Promise<readonly string[]>)[] = [
        () => Promise.reject(new Error(`vault://${good}`)),
        () => [],
        () => [''],
        () => [weak],
        () => [good, good],
        () => new Promise(() => undefined),
      ];
      for (const failing of sources) {
        let answer = (): readonly string[] | Promise<readonly string[]> => [good];
        const { app } = await start({ secrets: () => answer() });
        const token = tokenIn(await register(app.client()));

        answer = failing;
        for (let round = 0; round < 3; round++) {
          app.clock.advance(REFRESH_SECONDS);
          await new Promise(setImmediate); // whoever hangs is not waited for
        }

        expect(await opens(app, token)).toBe(true);
        const later = tokenIn(await signIn(app.client()));
        expect([kidOf(later), await opens(app, later)]).toEqual([kidOf(token), true]);
        const errors = app.logged.filter((line) => line.startsWith('error'));
        expect(errors).toEqual([expect.stringContaining('The keys from before stay in force')]);
        expect(errors.join()).not.toContain(good);
        expect(errors.join()).not.toContain(weak);
      }
    });

    it('[ASVS 11.6.1] are the own keys of tokens as well, in the route of public keys too', async () => {
      const [old, fresh] = [newJwk('ES256'), newJwk('ES256')];
      let keys: readonly object[] = [old];
      const { app } = await start({ signing: { algorithm: 'ES256', keys: () => keys.map((key) => ({ ...key })) } });
      const pass = async () => {
        app.clock.advance(REFRESH_SECONDS);
        await app.idle();
      };
      const token = tokenIn(await register(app.client()));
      const published = async () => (await app.client().get(JWKS)).text;

      keys = [{ ...fresh, d: old['d'] }];
      await pass();
      expect(kidOf(tokenIn(await signIn(app.client())))).toBe(kidOf(token));
      expect(await published()).toContain(kidOf(token));

      keys = [fresh, publicOf(old)];
      await pass();
      const newToken = tokenIn(await signIn(app.client()));
      expect([await opens(app, token), await opens(app, newToken)]).toEqual([true, true]);
      expect(await published()).toContain(kidOf(newToken));

      keys = [fresh];
      await pass();
      expect([await opens(app, token), await opens(app, newToken)]).toEqual([false, true]);
      expect(await published()).not.toContain(kidOf(token));
    });
  });

  describe('that are public', () => {
    it.each(ASYMMETRIC)('[RFC 7517 §5] verify a token of %s elsewhere, by their route alone', async (algorithm) => {
      const key = newJwk(algorithm);
      const configure: NonNullable<VisitOptions['app']>['configure'] = (nest) => nest.setGlobalPrefix('v1');
      const { app } = await start({ signing: { algorithm, keys: [key] } }, memoryDataLayer(), { configure });
      const { body } = await app.client().post('/v1/auth/user/password/register', {
        json: {
          email: 'ada@example.com',
          name: 'Ada',
          password: 'plum tree on the hill',
          passwordConfirmation: 'plum tree on the hill',
        },
      });
      const token = String((body as { token?: unknown }).token); // register answers with one
      const jwks = createRemoteJWKSet(new URL(`/v1${JWKS}`, app.url));

      const expected = { audience: 'test-app:user', typ: 'user+jwt', currentDate: app.clock.now() };
      const { payload, protectedHeader } = await jwtVerify(token, jwks, expected);

      expect([protectedHeader.alg, payload['purpose']]).toEqual([algorithm, 'user']);
      await expect(jwtVerify(`${token.slice(0, -6)}AAAAAA`, jwks)).rejects.toThrow('signature');
    });

    it('[RFC 7517 §5] are cacheable, with nothing private, and are not sent again to whoever has them', async () => {
      const [newest, older] = [newKey('RS256'), newKey('EdDSA')];
      const keys = [jwkOf(newest), jwkOf(older)];
      const { app } = await start({ signing: { algorithm: 'RS256', keys } });

      const answer = await app.client().get(JWKS);
      expect(answer.status).toBe(200);
      expect(answer.headers.get('cache-control')).toBe('public, max-age=300');
      expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
      expect(answer.setCookies).toEqual([]);
      const members = (key: KeyObject) => createPublicKey(key).export({ format: 'jwk' });
      expect(answer.body).toEqual({
        keys: [
          { ...members(newest), kid: expect.any(String), alg: 'RS256', use: 'sig' },
          { ...members(older), kid: expect.any(String), alg: 'EdDSA', use: 'sig' },
        ],
      });

      const headers = { 'if-none-match': answer.headers.get('etag') ?? '' };
      expect(await app.client().get(JWKS, { headers })).toMatchObject({ status: 304, text: '' });
      expect(await app.client().get(JWKS, { headers: { 'if-none-match': '"other"' } })).toMatchObject({ status: 200 });
    });

    it('are nowhere with HS256: that place is as unknown as any', async () => {
      const { app } = await start({});
      const [here, elsewhere] = [await app.client().get(JWKS), await app.client().get('/auth/.well-known/other.json')];

      expect([here.status, here.text]).toEqual([404, elsewhere.text]);
      expect(await app.client().post(JWKS)).toMatchObject({ status: 404 });
    });
  });
});
