import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { password } from 'nest-auth-plug/strategies/password';
import type { Client, Platform } from 'nest-auth-plug/testing';
import { ADA, whoIsIn, type Addressee } from '../../rooms/mailed-app.js';
import { PlainHash } from '../../rooms/plain-hash.js';
import { PASSWORD } from '../../users.js';
import { admin, AUTH, connect, identityRows, leaveBy, OWN_SITE, signIn, ssoApp, type SsoApp } from './setup.js';

type Listed = readonly { readonly id: string; readonly provider: string; readonly connection: string }[];

describe.each<Platform>(['express', 'fastify'])('identities by connections, on %s,', (platform) => {
  let app: SsoApp;
  beforeEach(async () => {
    const strategies = [password<Addressee>({ identityField: 'email', hashProvider: new PlainHash() })];
    app = await ssoApp({ platform, user: { strategies } });
    await connect(app);
  });
  afterEach(() => app.close());

  const register = async (email = ADA): Promise<Client> => {
    const browser = app.client();
    const json = { email, password: PASSWORD, passwordConfirmation: PASSWORD };
    await browser.post('/auth/user/password/register', { json });
    return browser;
  };
  const list = async (browser: Client): Promise<Listed> => {
    const { body } = await browser.get(`${AUTH}/list`);
    return (body as { readonly identities: Listed }).identities;
  };
  const unlink = (browser: Client, id = '') => browser.post(`${AUTH}/unlink`, { json: { id }, headers: OWN_SITE });
  const link = async (browser: Client, connection = 'acme') =>
    browser.get(await leaveBy(app, browser, 'link', connection));

  it('[ASVS 6.8.1] are linked by whoever is signed in, listed with their connection, and unlinked; mails name it', async () => {
    const browser = await register();
    app.provider.account = { sub: 'countess', email: 'countess@example.com' };

    expect(await link(browser)).toMatchObject({ status: 200, body: { user: { email: ADA } } });

    await app.idle();
    expect(app.outbox.last(ADA)).toMatchObject({ purpose: 'identity-linked', provider: 'Acme Corporation' });
    expect(await signIn(app)).toMatchObject({ status: 200, body: { user: { email: ADA } } });
    const [linked, ...others] = await list(browser);
    expect(linked).toMatchObject({
      provider: 'Acme Corporation',
      connection: 'acme',
      accountName: 'countess@example.com',
    });
    expect([others, Object.keys(linked ?? {}).toSorted()]).toEqual([
      [],
      ['accountName', 'connection', 'id', 'lastUsedAt', 'linkedAt', 'provider'],
    ]);

    expect(await unlink(browser, linked?.id)).toMatchObject({ status: 200 });
    await app.idle();
    expect(app.outbox.last(ADA)).toMatchObject({ purpose: 'identity-unlinked', provider: 'Acme Corporation' });
    expect([await list(browser), await identityRows(app)]).toEqual([[], []]);
  });

  it('[ASVS 6.8.1] are one of each connection', async () => {
    await connect(app, { slug: 'beta', domains: [], displayName: 'Beta' });
    const browser = await register();
    await link(browser);
    app.provider.account = { sub: 'second' };

    expect(await link(browser)).toMatchObject({ status: 401 });
    expect(await link(browser, 'beta')).toMatchObject({ status: 200 });

    expect((await list(browser)).map(({ provider }) => provider)).toEqual(['Acme Corporation', 'Beta']);
  });

  it('are unlinked by their owner alone', async () => {
    const [ada, bob] = [await register(), await register('bob@example.com')];
    await link(ada);
    const [linked] = await list(ada);

    expect(await unlink(bob, linked?.id)).toMatchObject({ status: 404 });
    expect(await app.client().get(`${AUTH}/list`)).toMatchObject({ status: 401 });
    expect(await list(ada)).toHaveLength(1);
  });

  it('[ASVS 6.8.1] come from nobody who is not signed in, and by no connection that is disabled', async () => {
    const browser = await register();
    await admin(app, 'disable-connection', { connection: 'acme' });
    const post = (at: Client) => at.post(`${AUTH}/link`, { json: { connection: 'acme' }, headers: OWN_SITE });

    expect(await post(app.client())).toMatchObject({ status: 401, body: { code: 'ERR_SIGN_IN_REQUIRED' } });
    expect(await post(browser)).toMatchObject({ status: 401, body: { code: 'ERR_AUTHENTICATION_FAILED' } });
  });

  it('[ASVS 7.5.3] are shown once more by whoever signed in a while ago', async () => {
    const browser = app.client();
    await signIn(app, browser);
    app.clock.advance(3600);
    const now = Math.floor(app.clock.now().getTime() / 1000);
    app.provider.lies = { idTokenClaims: { auth_time: now } };
    const back = await leaveBy(app, browser, 'step-up');

    expect(await browser.get(back)).toMatchObject({ status: 200 });
    expect(app.provider.received.findLast(({ path }) => path === '/authorize')?.parameters).toMatchObject({
      max_age: '0',
    });
    app.provider.lies = { idTokenClaims: { auth_time: now - 3600 } };
    expect(await browser.get(await leaveBy(app, browser, 'step-up'))).toMatchObject({ status: 401 });
  });

  it('[ASVS 6.3.4] are no way in while their connection is disabled, or is gone', async () => {
    await connect(app, { slug: 'beta', domains: [] });
    const browser = app.client();
    await signIn(app, browser);
    app.provider.account = { sub: 'second', email: 'second@example.com' };
    await link(browser, 'beta');
    const [first, second] = await list(browser);
    await admin(app, 'disable-connection', { connection: 'acme' });

    expect(await unlink(browser, second?.id)).toMatchObject({ body: { code: 'ERR_LAST_WAY_IN' } });
    expect(await unlink(browser, first?.id)).toMatchObject({ status: 200 });
    expect((await list(browser)).map(({ connection }) => connection)).toEqual(['beta']);
  });

  it('go with their user', async () => {
    const browser = app.client();
    await signIn(app, browser);
    const [row] = await app.data.findMany(app.users.model, {}, { orderBy: 'email', limit: 1 });

    await app.service.deleteUser(app.service.userToSubject(row ?? {}, 'user'));

    expect([await identityRows(app), await whoIsIn(browser)]).toEqual([[], null]);
    expect(await signIn(app)).toMatchObject({ status: 200 });
  });
});
