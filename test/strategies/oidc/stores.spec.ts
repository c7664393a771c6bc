import { afterEach, expect, it } from '@jest/globals';
import { addresses, whoIsIn } from '../../rooms/mailed-app.js';
import { describeEachStore } from '../../stores/each-store.js';
import { AUTH, oidcApp, signIn, type OidcApp } from './setup.js';

describeEachStore('visitors of an OpenID provider', (store) => {
  let app: OidcApp;
  afterEach(() => app.close());

  it('come, come again, and are ended by the provider once', async () => {
    app = await oidcApp({ dataLayer: await store.empty() });
    const [first, again] = [app.client(), app.client()];
    await signIn(app, first);
    await signIn(app, again);
    const form = { logout_token: app.provider.logoutToken({ claims: { sub: undefined } }) };
    const post = () => app.client().post(`${AUTH}/back-channel-logout`, { form });

    const answers = await Promise.all(Array.from({ length: 10 }, post));

    expect(answers.filter(({ status }) => status === 204)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 400)).toHaveLength(9);
    expect([await whoIsIn(first), await whoIsIn(again)]).toEqual(['ada@example.com', null]);
    expect(await addresses(app)).toEqual(['ada@example.com']);
    await app.client().post(`${AUTH}/back-channel-logout`, {
      form: { logout_token: app.provider.logoutToken({ claims: { sid: undefined } }) },
    });
    expect(await whoIsIn(first)).toBeNull();
  });

  it('[ASVS 10.1.2] [PRJ 12] bring one code back fifty times, and one of them signs in', async () => {
    app = await oidcApp({ dataLayer: await store.empty() });
    app.provider.lies = { takesCodesAgain: true };
    const browser = app.client();
    const sent = await browser.get(AUTH);
    const { pathname, search } = app.provider.visit(sent.headers.get('location') ?? '').url;
    const headers = { cookie: [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ') };

    const answers = await Promise.all(
      Array.from({ length: 50 }, () => app.client().get(pathname + search, { headers })),
    );

    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.every(({ status }) => status < 500)).toBe(true);
    expect(app.provider.received.filter(({ path }) => path === '/token')).toHaveLength(1);
    expect(await addresses(app)).toEqual(['ada@example.com']);
  });
});
