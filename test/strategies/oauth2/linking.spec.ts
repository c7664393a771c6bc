import { afterEach, describe, expect, it } from '@jest/globals';
import { password } from 'nest-auth-plug/strategies/password';
import type { Platform } from 'nest-auth-plug/testing';
import { ADA, BOB, whoIsIn, type Addressee } from '../../rooms/mailed-app.js';
import { PlainHash } from '../../rooms/plain-hash.js';
import { PASSWORD } from '../../users.js';
import {
  AUTH,
  codeApp,
  comeBack,
  identityRows,
  leaveBy,
  link,
  OWN_SITE,
  REFUSED,
  signIn,
  subjectOf,
  type CodeApp,
} from './setup.js';

describe.each<Platform>(['express', 'fastify'])('identities of an account, on %s,', (platform) => {
  let app: CodeApp;
  afterEach(() => app.close());

  const visit = async () => {
    const strategies = [password<Addressee>({ identityField: 'email', hashProvider: new PlainHash() })];
    app = await codeApp({ platform, code: { registration: 'closed' }, user: { strategies } });
    return app.client();
  };
  const visitByProvider = async () => {
    app = await codeApp({ platform });
    const browser = app.client();
    await signIn(app, browser);
    return browser;
  };
  const json = (email: string) => ({ email, password: PASSWORD, passwordConfirmation: PASSWORD });
  const register = async (email = ADA, browser = app.client()) => {
    await browser.post('/auth/user/password/register', { json: json(email) });
    return browser;
  };
  const list = async (browser: ReturnType<CodeApp['client']>) => {
    const { body } = await browser.get(`${AUTH}/list`);
    return (body as { readonly identities: readonly { readonly id: string }[] }).identities;
  };
  const unlink = (browser: ReturnType<CodeApp['client']>, id: string) =>
    browser.post(`${AUTH}/unlink`, { json: { id }, headers: OWN_SITE });

  it('[ASVS 6.8.1] come by linking: this browser stays in, all others are signed out, and the owner is told', async () => {
    const browser = await register(ADA, await visit());
    const other = app.client();
    await other.post('/auth/user/password/sign-in', { json: json(ADA) });
    app.provider.account = { sub: 'countess', email: 'countess@example.com' };

    expect(await link(app, browser)).toMatchObject({ status: 200, body: { user: { email: ADA } } });

    expect([await whoIsIn(browser), await whoIsIn(other)]).toEqual([ADA, null]);
    expect(await identityRows(app)).toMatchObject([{ subject: await subjectOf(app, ADA), uid: 'countess' }]);
    await app.idle();
    expect(app.outbox.last(ADA)).toMatchObject({ purpose: 'identity-linked', provider: 'Acme' });
    expect(await signIn(app, app.client())).toMatchObject({ status: 200, body: { user: { email: ADA } } });
  });

  it('[ASVS 6.8.1] come to nobody who signed in a while ago, and to nobody from another site', async () => {
    const browser = await register(ADA, await visit());
    const headers = { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' };

    expect(await browser.post(`${AUTH}/link`, { headers })).toMatchObject({ status: 403 });
    expect(await browser.get(`${AUTH}/link`)).toMatchObject({ status: 405 });
    expect(await app.client().post(`${AUTH}/link`, { headers: OWN_SITE })).toMatchObject({ status: 401 });
    app.clock.advance(601);
    const answer = await browser.post(`${AUTH}/link`, { headers: OWN_SITE });
    expect(answer).toMatchObject({ status: 403, body: { code: 'ERR_FRESH_SIGN_IN_REQUIRED' } });
  });

  it('[ASVS 6.8.1] [RFC 9700 §4.7] come to whoever began it, and to nobody who is signed in there by then', async () => {
    const browser = await register(ADA, await visit());
    const brought = await leaveBy(app, browser, 'link');
    await register(BOB, browser);
    expect(await whoIsIn(browser)).toBe(BOB);

    expect(await comeBack(browser, brought)).toMatchObject(REFUSED);

    expect(await identityRows(app)).toEqual([]);
  });

  it('[ASVS 6.8.1] do not come where the account has changed meanwhile', async () => {
    const browser = await register(ADA, await visit());
    const brought = await leaveBy(app, browser, 'link');
    await app.service.endSignIns(await subjectOf(app, ADA), 'all');
    await browser.post('/auth/user/password/sign-in', { json: json(ADA), headers: OWN_SITE });

    expect(await comeBack(browser, brought)).toMatchObject(REFUSED);

    expect(await identityRows(app)).toEqual([]);
  });

  it('[ASVS 6.8.1] are never pointed at another account, and there is one of a provider', async () => {
    const ada = await register(ADA, await visit());
    await link(app, ada);
    const bob = await register(BOB);

    const taken = { status: 422, body: { problems: [{ field: 'identity', code: 'taken' }] } };
    expect(await link(app, bob)).toMatchObject(taken);
    expect(await link(app, ada)).toMatchObject(taken);
    app.provider.account = { sub: 'second', email: 'second@example.com' };
    expect(await link(app, ada)).toMatchObject(REFUSED);

    expect(await identityRows(app)).toMatchObject([{ subject: await subjectOf(app, ADA), uid: 'ada-1815' }]);
    expect([await whoIsIn(ada), await whoIsIn(bob)]).toEqual([ADA, BOB]);
  });

  it('[ASVS 10.1.1] are listed to their owner alone, without anything of the provider’s tokens', async () => {
    const ada = await register(ADA, await visit());
    await link(app, ada);
    const bob = await register(BOB);

    const now = app.clock.now().toISOString();
    const id = expect.stringMatching(/^[\w-]{43}$/);
    expect(await list(ada)).toEqual([{ id, provider: 'Acme', accountName: ADA, linkedAt: now, lastUsedAt: now }]);
    expect(await list(bob)).toEqual([]);
    expect(await app.client().get(`${AUTH}/list`)).toMatchObject({ status: 401 });
  });

  it('[PRJ] are unlinked by their owner alone, who stays in while all others are signed out', async () => {
    const ada = await register(ADA, await visit());
    await link(app, ada);
    const [identity] = await list(ada);
    const bob = await register(BOB);
    expect(await unlink(bob, identity?.id ?? '')).toMatchObject({ status: 404 });
    const other = app.client();
    await signIn(app, other);

    expect(await unlink(ada, identity?.id ?? '')).toMatchObject({ status: 200 });

    expect([await identityRows(app), await whoIsIn(ada), await whoIsIn(other)]).toEqual([[], ADA, null]);
    await app.idle();
    expect(app.outbox.last(ADA)).toMatchObject({ purpose: 'identity-unlinked' });
    expect(await signIn(app, app.client())).toMatchObject(REFUSED);
    expect(await unlink(ada, identity?.id ?? '')).toMatchObject({ status: 404 });
  });

  it('[PRJ] are not unlinked where nothing else lets anybody in', async () => {
    const browser = await visitByProvider();
    const [identity] = await list(browser);

    expect(await unlink(browser, identity?.id ?? '')).toMatchObject({ status: 409, body: { code: 'ERR_LAST_WAY_IN' } });

    expect(await identityRows(app)).toHaveLength(1);
    expect(await whoIsIn(browser)).toBe(ADA);
  });

  it('[PRJ] are unlinked by nobody who signed in a while ago', async () => {
    const browser = await visitByProvider();
    app.clock.advance(601);

    expect(await unlink(browser, 'x')).toMatchObject({ status: 403 });
  });

  it('are shown again by who signed in a while ago, whose sign-in is fresh by that', async () => {
    const browser = await visitByProvider();
    app.clock.advance(601);
    expect(await browser.post(`${AUTH}/link`, { headers: OWN_SITE })).toMatchObject({ status: 403 });

    expect(await comeBack(browser, await leaveBy(app, browser, 'step-up'))).toMatchObject({ status: 200 });

    expect((await browser.post(`${AUTH}/link`, { headers: OWN_SITE })).status).toBe(200);
  });

  it('[ASVS 6.8.1] make nobody’s sign-in fresh but their owner’s', async () => {
    const browser = await visitByProvider();
    app.provider.account = { sub: 'bob', email: BOB };
    await signIn(app, app.client());

    expect(await comeBack(browser, await leaveBy(app, browser, 'step-up'))).toMatchObject(REFUSED);
    app.provider.account = { sub: 'nobody', email: 'nobody@example.com' };
    expect(await comeBack(browser, await leaveBy(app, browser, 'step-up'))).toMatchObject(REFUSED);
  });

  it('[PRJ] go with their account, and stand in nobody’s way', async () => {
    const browser = await visitByProvider();
    await app.service.deleteUser(await subjectOf(app, ADA));
    expect(await identityRows(app)).toEqual([]);
    await signIn(app, browser);
    // Behind our back, as an app does that has its own ways.
    await app.data.delete(app.users.model, { email: ADA });

    expect(await signIn(app, app.client())).toMatchObject({ status: 200 });

    expect(await identityRows(app)).toMatchObject([{ subject: await subjectOf(app, ADA) }]);
  });
});
