import { afterEach, describe, expect, it } from '@jest/globals';
import type { Client } from 'nest-auth-plug/testing';
import { asked, AUTH, DISCOVERY, expectRefused, oidcApp, signIn, type OidcApp } from './setup.js';

describe('keys of a provider', () => {
  let app: OidcApp;
  afterEach(() => app.close());

  it('[ASVS 9.1.3] [ASVS 11.6.1] are read again when one is missing, but not twice within a minute', async () => {
    app = await oidcApp();
    await signIn(app);
    app.provider.rotateKeys();

    expect(await signIn(app)).toMatchObject({ status: 401 });
    app.clock.advance(60);
    expect(await signIn(app)).toMatchObject({ status: 200 });
    expect(asked(app, '/jwks')).toBe(2);
  });

  it('[PRJ 15] are not read for each token that names an unknown one', async () => {
    app = await oidcApp();
    await signIn(app);
    app.clock.advance(60);
    app.provider.lies = { idTokenHeader: { kid: 'unknown' } };

    const answers = await Promise.all(Array.from({ length: 30 }, () => signIn(app)));

    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 401));
    expect(asked(app, '/jwks')).toBe(2);
  });

  it('are kept for ten minutes, and what a provider says of itself for an hour', async () => {
    app = await oidcApp();
    await signIn(app);
    app.clock.advance(10 * 60);
    await signIn(app);

    expect([asked(app, DISCOVERY), asked(app, '/jwks')]).toEqual([1, 2]);
    app.clock.advance(50 * 60);
    await signIn(app);
    expect([asked(app, DISCOVERY), asked(app, '/jwks')]).toEqual([2, 3]);
  });

  it('that were taken back are trusted no longer than that', async () => {
    app = await oidcApp();
    await signIn(app);
    const { another } = app.provider.keys;
    app.provider.lies = { keys: [another] };

    expect(await signIn(app)).toMatchObject({ status: 200 });
    app.clock.advance(10 * 60);
    expect(await signIn(app)).toMatchObject({ status: 401 });
  });

  it('[ASVS 9.1.3] need no name where there is one, and one where there are two', async () => {
    app = await oidcApp();
    const { own, another } = app.provider.keys;
    app.provider.lies = { idTokenHeader: { kid: undefined } };
    expect(await signIn(app)).toMatchObject({ status: 200 });
    await app.close();

    app = await oidcApp();
    app.provider.lies = { idTokenHeader: { kid: undefined }, keys: [own, another] };
    await expectRefused(app);
  });

  it('[ASVS 9.1.3] are none where two have the same name', async () => {
    app = await oidcApp();
    const { own, another } = app.provider.keys;
    app.provider.lies = { keys: [own, { ...another, kid: own.kid }] };

    await expectRefused(app);
  });

  it.each([
    ['for encryption', { use: 'enc' }],
    ['for another algorithm', { alg: 'PS256' }],
    ['to sign alone', { key_ops: ['sign'] }],
    ['of another kind', { kty: 'EC' }],
  ])('[ASVS 9.1.3] [RFC 8725 §3.10] are none %s', async (_what, member) => {
    app = await oidcApp();
    app.provider.lies = { keys: [{ ...app.provider.keys.own, ...member }] };

    await expectRefused(app);
  });

  it('[ASVS 9.1.2] are never secrets', async () => {
    app = await oidcApp();
    const { secret } = app.provider.client;
    const k = Buffer.from(secret ?? '').toString('base64url');
    app.provider.lies = { signedBy: 'client-secret', keys: [{ kty: 'oct', k, kid: 'key-1', alg: 'HS256' }] };

    await expectRefused(app);
  });

  it('[PRJ 15] are asked for once a moment while the provider is down', async () => {
    app = await oidcApp();
    app.provider.lies = { answers: { discovery: { status: 503, body: '' } } };
    const visit = (browser: Client) => browser.get(AUTH);
    const answers = await Promise.all(Array.from({ length: 20 }, () => visit(app.client())));
    await visit(app.client());
    expect(answers[0]).toMatchObject({ body: { code: 'ERR_PROVIDER_FAILED' } });
    expect(asked(app, DISCOVERY)).toBe(1);
    app.provider.lies = {};

    app.clock.advance(5);

    expect(await visit(app.client())).toMatchObject({ status: 303 });
    expect(asked(app, DISCOVERY)).toBe(2);
  });
});
