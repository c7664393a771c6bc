import { afterEach, describe, expect, it } from '@jest/globals';
import { rememberMe } from 'nest-auth-plug/add-ons/remember-me';
import type { Platform } from 'nest-auth-plug/testing';
import { whoIsIn, type Addressee } from '../../rooms/mailed-app.js';
import { AUTH, oidcApp, signIn, type OidcApp } from './setup.js';

const SESSION = '__Host-user-session';

describe.each<Platform>(['express', 'fastify'])('a browser that is remembered, on %s,', (platform) => {
  let app: OidcApp;
  afterEach(() => app.close());

  /** Two, of two sessions at the provider. @returns the second, and what the provider says when that ends */
  const visit = async () => {
    app = await oidcApp({ platform, user: { addOns: [rememberMe<Addressee>()] } });
    const [other, browser] = [app.client(), app.client()];
    await signIn(app, other, `${AUTH}?rememberMe=on`);
    await signIn(app, browser, `${AUTH}?rememberMe=on`);
    return { other, browser, token: app.provider.logoutToken() };
  };
  const logOut = (token: string) => app.client().post(`${AUTH}/back-channel-logout`, { form: { logout_token: token } });

  it('[ASVS 7.6.1] is not remembered any more when the provider has ended its session', async () => {
    const { other, browser, token } = await visit();
    browser.cookies.delete(SESSION);

    await logOut(token);

    expect([await whoIsIn(other), await whoIsIn(browser)]).toEqual(['ada@example.com', null]);
  });

  it('[ASVS 7.6.1] neither where it has come again without a session meanwhile', async () => {
    const { other, browser, token } = await visit();
    for (const cookies of [browser.cookies, other.cookies]) cookies.delete(SESSION);
    expect([await whoIsIn(other), await whoIsIn(browser)]).toEqual(['ada@example.com', 'ada@example.com']);

    await logOut(token);
    browser.cookies.delete(SESSION);

    expect([await whoIsIn(other), await whoIsIn(browser)]).toEqual(['ada@example.com', null]);
  });
});
