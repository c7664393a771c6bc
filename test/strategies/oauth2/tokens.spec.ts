import { inspect } from 'node:util';
import { afterEach, expect, it } from '@jest/globals';
import { ADA } from '../../rooms/mailed-app.js';
import { describeEachStore } from '../../stores/each-store.js';
import { AUTH, codeApp, identityRows, signIn, type CodeApp, type CodeAppOptions } from './setup.js';

const HOUR = 3600;
const PARALLEL = 50;

describeEachStore('the tokens of a provider', (store) => {
  let app: CodeApp;
  afterEach(() => app.close());

  const open = async (code: CodeAppOptions['code'] = { keepTokens: true }, more: CodeAppOptions['app'] = {}) => {
    app = await codeApp({ dataLayer: await store.empty(), code, app: more });
    const answer = await signIn(app, app.client());
    return { answer };
  };
  const user = async () => ({ id: (await app.data.findOne(app.users.model, { email: ADA }))?.['id'] });
  const token = async () => app.service.providerToken(await user(), 'oauth2', { subjectName: 'user' });
  const asked = () => app.provider.received.filter(({ path }) => path === '/token');
  const refused = (reason: string) => expect.objectContaining({ code: 'ERR_AUTHENTICATION_FAILED', reason });

  it('[ASVS 10.1.1] [ASVS 14.3.3] are given to the app alone: sealed in the row, in no answer, and printed as nothing', async () => {
    const { answer } = await open();

    const given = await token();

    const plain = given.accessToken.reveal();
    const [row] = await identityRows(app);
    expect(given.expiresAt).toEqual(new Date(app.clock.now().getTime() + HOUR * 1000));
    expect(row?.['accessToken']).toEqual(expect.any(String));
    expect(row?.['refreshToken']).toEqual(expect.any(String));
    const seen = [
      inspect(row),
      inspect(given),
      JSON.stringify(given),
      answer.text,
      answer.setCookies.join(),
      ...app.logged,
    ];
    expect(seen.join()).not.toContain(plain);
  });

  it('[ASVS 10.1.1] are not kept unless the app says so', async () => {
    await open({});

    expect(await identityRows(app)).toMatchObject([{ accessToken: null, refreshToken: null }]);
    await expect(token()).rejects.toMatchObject({ code: 'ERR_NOT_FOUND' });
  });

  it('[ASVS 10.1.1] have no route', async () => {
    await open();

    const json = { subject: `user?id=${String((await user()).id)}` };
    expect(await app.client().post(`${AUTH}/provider-token`, { json })).toMatchObject({ status: 404 });
  });

  it('are the same until they expire, and new ones then', async () => {
    await open();
    const first = await token();
    app.clock.advance(HOUR - 60);
    expect((await token()).accessToken.reveal()).toBe(first.accessToken.reveal());
    app.clock.advance(31);

    const next = await token();

    expect(next.accessToken.reveal()).not.toBe(first.accessToken.reveal());
    expect(next.expiresAt).toEqual(new Date(app.clock.now().getTime() + HOUR * 1000));
    expect(asked().map(({ parameters }) => parameters['grant_type'])).toEqual(['authorization_code', 'refresh_token']);
    app.clock.advance(HOUR);
    await token();
    expect(asked()).toHaveLength(3);
  });

  it('[ASVS 15.4.2] are refreshed once, however many ask', async () => {
    await open();
    app.clock.advance(HOUR);

    const given = await Promise.all(Array.from({ length: PARALLEL }, token));

    expect(new Set(given.map(({ accessToken }) => accessToken.reveal())).size).toBe(1);
    expect(asked()).toHaveLength(2);
  }, 60_000);

  it('are gone where the provider takes them no more, and no refresh is tried again', async () => {
    await open();
    app.clock.advance(HOUR);
    app.provider.lies = { answers: { token: { status: 400, body: '{"error":"invalid_grant"}' } } };

    await expect(token()).rejects.toEqual(refused('oauth_response_body_error.invalid_grant'));
    await expect(token()).rejects.toEqual(refused('no_provider_tokens'));

    expect(asked()).toHaveLength(2);
    app.provider.lies = {};
    await signIn(app, app.client());
    expect((await token()).accessToken.reveal()).toEqual(expect.any(String));
  });

  it('stay where the provider does not answer, and may be asked for again at once', async () => {
    await open();
    app.clock.advance(HOUR);
    app.provider.lies = { answers: { token: { status: 503, body: '' } } };
    const before = await identityRows(app);

    await expect(token()).rejects.toMatchObject({ code: 'ERR_PROVIDER_FAILED' });

    expect(await identityRows(app)).toEqual(before);
    await expect(token()).rejects.toMatchObject({ code: 'ERR_PROVIDER_FAILED' });
    expect(asked()).toHaveLength(3);
  });

  it('are asked for by another where whoever was asking is gone', async () => {
    await open();
    app.clock.advance(HOUR);
    const { identitiesModel } = await import('../../../lib/strategies/oauth2/identities.model.js');
    const refreshingUntil = new Date(app.clock.now().getTime() + 10_000);
    await app.data.forTenant('').update(identitiesModel, {}, { refreshingUntil });
    app.clock.advance(10);

    expect((await token()).accessToken.reveal()).toEqual(expect.any(String));
  });

  it('lie under the newest secret of the app as soon as somebody has asked for them, and are read without the old one then', async () => {
    let secrets = ['p3XvT8qLm2ZrYb6WnKc9HsDf4GjUe7AiQo5V1tRx'];
    await open({ keepTokens: true }, { secrets: () => secrets, keyRefreshSeconds: 1 });
    const first = (await token()).accessToken.reveal();
    const exchange = async (others: string[]) => {
      secrets = others;
      app.clock.advance(2);
      await app.idle();
    };
    await exchange(['w8NbK2yQz5TmJd7RfXg1LsVh9CpAe4UoIq6E3tYr', ...secrets]);
    const [before] = await identityRows(app);

    await Promise.all([token(), token()]);

    const [after] = await identityRows(app);
    expect(after).toEqual({ ...before, accessToken: expect.any(String), refreshToken: expect.any(String) });
    expect([after?.['accessToken'], after?.['refreshToken']]).not.toContain(before?.['accessToken']);
    expect(after?.['refreshToken']).not.toBe(before?.['refreshToken']);
    await exchange(secrets.slice(0, 1));
    expect((await token()).accessToken.reveal()).toBe(first);
    expect((await identityRows(app))[0]).toEqual(after);
    app.clock.advance(HOUR);
    expect((await token()).accessToken.reveal()).not.toBe(first);
  });

  it('[RFC 6749 §6] keep the refresh token that is there, where no new one comes', async () => {
    await open();
    const [before] = await identityRows(app);
    app.provider.lies = { tokens: { refresh_token: undefined } };
    await signIn(app, app.client());

    expect(await identityRows(app)).toMatchObject([{ refreshToken: before?.['refreshToken'] }]);
  });
});
