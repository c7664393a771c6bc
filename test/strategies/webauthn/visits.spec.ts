import { describe, expect, it } from '@jest/globals';
import type { Platform } from 'nest-auth-plug/testing';
import { PASSWORD } from '../../users.js';
import { Authenticator, type CreationOptions } from './authenticator.js';
import {
  ADA,
  addPasskey,
  answer,
  BEA,
  begin,
  isIn,
  lastReason,
  list,
  PASSKEYS,
  passkeysApps,
  register,
  show,
  signInByPassword,
  whoIsIn,
} from './passkeys-app.js';

describe.each<Platform>(['express', 'fastify'])('a person with a passkey on %s', (platform) => {
  const { visit } = passkeysApps(platform);

  it('adds it, and signs in with it without typing anything', async () => {
    const { app, ada, key } = await visit();

    expect(await addPasskey(ada, key, { name: 'Łódź 🚀' })).toMatchObject({
      status: 200,
      body: { user: { email: ADA } },
    });
    expect(await isIn(ada)).toBe(true);
    expect(await list(ada)).toMatchObject([{ name: 'Łódź 🚀', lastUsedAt: null }]);

    const browser = app.client();
    const signedIn = await show(browser, key);
    expect(signedIn).toMatchObject({ status: 200, body: { user: { email: ADA } } });
    expect(await whoIsIn(browser)).toMatchObject({ email: ADA, secondFactorAt: expect.any(String) });
    expect(await list(browser)).toMatchObject([{ lastUsedAt: app.clock.now().toISOString() }]);
  });

  it('[ASVS 6.3.4] has shown two factors where the authenticator made sure of its owner, and one where it did not', async () => {
    const { app, ada, key } = await visit({ passkeys: { userVerification: 'preferred' } });
    await addPasskey(ada, key);
    const touched = new Authenticator({ verifiesUser: false });
    await addPasskey(ada, touched);

    const [verified, unverified] = [app.client(), app.client()];
    await show(verified, key);
    await show(unverified, touched);

    expect(await whoIsIn(verified)).toMatchObject({
      methods: ['pop', 'user', 'mfa'],
      secondFactorAt: expect.any(String),
    });
    expect(await whoIsIn(unverified)).toMatchObject({ methods: ['pop'], secondFactorAt: null });
  });

  it('[ASVS 6.3.4] [ASVS 6.3.3] is asked for it after the password, and in with it', async () => {
    const { app, ada, key } = await visit();
    await addPasskey(ada, key);
    const browser = app.client();

    expect(await signInByPassword(browser)).toMatchObject({
      status: 401,
      body: {
        code: 'ERR_SECOND_FACTOR_REQUIRED',
        factors: [{ strategy: 'webauthn', phase: 'second-factor', label: 'Passkey' }],
      },
    });
    expect(await isIn(browser)).toBe(false);
    const { options } = await begin(browser, 'second-factor');
    expect(options.allowCredentials).toMatchObject([
      { id: key.held[0]?.id.toString('base64url'), transports: ['hybrid', 'internal'] },
    ]);
    expect(await answer(browser, 'second-factor', { credential: key.get(options) })).toMatchObject({ status: 200 });
    expect(await whoIsIn(browser)).toMatchObject({
      methods: ['pwd', 'pop', 'user', 'mfa'],
      secondFactorAt: expect.any(String),
    });
  });

  it('[ASVS 7.5.3] steps up with it, and goes on with a new sign-in', async () => {
    const { app, ada, key } = await visit({ passkeys: { uses: ['sign-in'] } });
    await addPasskey(ada, key);
    const browser = app.client();
    await signInByPassword(browser);
    const before = browser.cookies.get('__Host-user-session');

    const stepped = await show(browser, key, {}, 'verify');

    expect(stepped).toMatchObject({ status: 200 });
    expect(browser.cookies.get('__Host-user-session')).not.toBe(before);
    expect(await whoIsIn(browser)).toMatchObject({
      methods: ['pwd', 'pop', 'user', 'mfa'],
      secondFactorAt: expect.any(String),
    });
  });

  it('[ASVS 7.5.1] [ASVS 6.3.7] is told of each passkey that comes and goes, and signed out elsewhere', async () => {
    const { app, ada, key } = await visit();
    const elsewhere = app.client();
    await signInByPassword(elsewhere);

    await addPasskey(ada, key, { name: 'Key ring' });
    await app.idle();
    expect(app.outbox.last(ADA)).toMatchObject({
      purpose: 'passkey-added',
      passkeyName: 'Key ring',
      user: { email: ADA },
    });
    expect([await isIn(elsewhere), await isIn(ada)]).toEqual([false, true]);

    await show(elsewhere, key);
    const [passkey] = await list(ada);
    const removed = await answer(ada, 'remove', { passkeyId: passkey?.id });
    await app.idle();
    expect(removed).toMatchObject({ status: 200, body: { ended: 1 } });
    expect(app.outbox.last(ADA)).toMatchObject({ purpose: 'passkey-removed', passkeyName: 'Key ring' });
    expect([await isIn(elsewhere), await isIn(ada)]).toEqual([false, true]);
    expect(await show(elsewhere, key)).toMatchObject({ status: 401 });
    expect([lastReason(app), await isIn(elsewhere)]).toEqual(['unknown_credential', false]);
    expect(await signInByPassword(app.client())).toMatchObject({ status: 200 });
  });

  it('gives it another name, and cannot give it none', async () => {
    const { ada, key } = await visit();
    await addPasskey(ada, key);
    const [passkey] = await list(ada);
    expect(passkey?.name).toBe('Passkey'); // of a program whose user agent says nothing

    expect(await answer(ada, 'rename', { passkeyId: passkey?.id, name: 'Cafe\u0301' })).toMatchObject({ status: 200 });
    for (const bad of ['', 'a\nb', 'x'.repeat(101)]) {
      expect(await answer(ada, 'rename', { passkeyId: passkey?.id, name: bad })).toMatchObject({ status: 422 });
    }

    expect(await list(ada)).toMatchObject([{ name: 'Caf\u00e9' }]);
  });

  it('is shown the name of the device where none is typed', async () => {
    const { ada, key } = await visit();
    const { options } = await begin<CreationOptions>(ada, 'registration');
    const headers = { 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0' };
    await ada.post(`${PASSKEYS}/register`, { json: { credential: key.create(options) }, headers });

    expect(await list(ada)).toMatchObject([{ name: 'Firefox on Linux' }]);
  });

  it('[ASVS 7.5.1] [ASVS 8.2.2] touches no passkey of anybody else: it is as if there were none', async () => {
    const { app, ada, key } = await visit();
    await addPasskey(ada, key, { name: "Ada's" });
    const [passkey] = await list(ada);
    const bea = app.client();
    await register(bea, BEA);

    const unknown = await answer(bea, 'remove', { passkeyId: 'nothing' });
    expect(unknown).toMatchObject({ status: 404, body: { code: 'ERR_NOT_FOUND' } });
    for (const [phase, json] of [
      ['remove', { passkeyId: passkey?.id }],
      ['rename', { passkeyId: passkey?.id, name: 'mine' }],
    ] as const) {
      expect(await answer(bea, phase, json)).toMatchObject({ status: 404, text: unknown.text });
    }
    expect(await list(bea)).toEqual([]);
    expect(await list(ada)).toMatchObject([{ name: "Ada's" }]);
  });

  it('[ASVS 7.5.1] has signed in a short while ago to add or remove one', async () => {
    const { app, ada, key } = await visit();
    await addPasskey(ada, key);
    const [passkey] = await list(ada);
    app.clock.advance(601);

    for (const [phase, json] of [
      ['registration-options', {}],
      ['register', { credential: {} }],
      ['remove', { passkeyId: passkey?.id }],
    ] as const) {
      const refused = await answer(ada, phase, json);
      expect([phase, refused.status, refused.body]).toEqual([
        phase,
        403,
        expect.objectContaining({ code: 'ERR_FRESH_SIGN_IN_REQUIRED' }),
      ]);
    }
    expect(await show(ada, key, {}, 'verify')).toMatchObject({ status: 200 });
    expect(await answer(ada, 'remove', { passkeyId: passkey?.id })).toMatchObject({ status: 200 });
  });

  it('[ASVS 7.5.1] adds and removes none by the password alone, shown again, while a second factor belongs to the sign-in', async () => {
    const { app, ada, key } = await visit();
    await addPasskey(ada, key);
    const [passkey] = await list(ada);
    const begun = await begin<CreationOptions>(ada, 'registration');
    app.clock.advance(601);
    expect(await ada.post('/auth/user/password/verify', { json: { password: PASSWORD } })).toMatchObject({
      status: 200,
    });

    for (const [phase, json] of [
      ['registration-options', {}],
      ['register', { credential: new Authenticator().create(begun.options) }],
      ['remove', { passkeyId: passkey?.id }],
    ] as const) {
      const refused = await answer(ada, phase, json);
      expect([phase, refused.status, refused.body]).toEqual([
        phase,
        403,
        {
          code: 'ERR_FRESH_SIGN_IN_REQUIRED',
          message: 'Sign in again to do this',
          activities: [{ strategy: 'webauthn', phase: 'verify' }],
        },
      ]);
    }
    expect(await list(ada)).toHaveLength(1);
    expect(await show(ada, key, {}, 'verify')).toMatchObject({ status: 200 });
    expect(await addPasskey(ada, new Authenticator())).toMatchObject({ status: 200 });
    expect(await answer(ada, 'remove', { passkeyId: passkey?.id })).toMatchObject({ status: 200 });
  });

  it('has so many and no more, and none of them twice', async () => {
    const { ada, key } = await visit({ passkeys: { maxPerSubject: 2 } });
    await addPasskey(ada, key);
    const { options } = await begin<CreationOptions>(ada, 'registration');
    expect(options.excludeCredentials).toMatchObject([
      { id: key.held[0]?.id.toString('base64url'), type: 'public-key' },
    ]);
    await answer(ada, 'register', { credential: key.create(options) });

    const full = await ada.post(`${PASSKEYS}/registration-options`, { json: {} });
    expect(full).toMatchObject({ status: 422, body: { problems: [{ field: '*', code: 'too_many' }] } });
    expect(await list(ada)).toHaveLength(2);
  });

  it('is not let in where the resource says no, nor once the account is disabled', async () => {
    let isOpen = true;
    const { app, ada, key } = await visit({ user: { maySignIn: () => isOpen } });
    await addPasskey(ada, key);

    isOpen = false;
    const browser = app.client();
    expect(await show(browser, key)).toMatchObject({ status: 401 });
    isOpen = true;
    expect(await isIn(browser)).toBe(false);
    await app.service.disable(await app.subjectOf(ADA));
    expect(await show(browser, key)).toMatchObject({ status: 401 });
    await app.service.enable(await app.subjectOf(ADA));
    expect(await show(app.client(), key)).toMatchObject({ status: 200 });
  });

  it('signs in with keys of every algorithm that is offered', async () => {
    const { app, ada } = await visit();
    for (const keys of ['ES256', 'EdDSA', 'RS256'] as const) {
      const key = new Authenticator({ keys });
      expect([keys, (await addPasskey(ada, key)).status]).toEqual([keys, 200]);
      expect([keys, (await show(app.client(), key)).status]).toEqual([keys, 200]);
    }
  });
});
