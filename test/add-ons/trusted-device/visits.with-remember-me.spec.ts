import { afterEach, describe, expect, it } from '@jest/globals';
import { rememberMe } from 'nest-auth-plug/add-ons/remember-me';
import type { Platform } from 'nest-auth-plug/testing';
import { isIn, SESSION, signIn } from '../../rooms/rooms-app.js';
import type { User } from '../../users.js';
import { COOKIE, second, trustApp, type TrustApp } from './trust-app.js';

describe.each<Platform>(['express', 'fastify'])('a browser that is trusted and remembered, on %s,', (platform) => {
  let app: TrustApp;
  afterEach(() => app.close());

  it('[ASVS 6.3.3] is let in by no two cookies: the second factor is asked for', async () => {
    app = await trustApp({ platform, user: { addOns: [rememberMe<User>()] } });
    const browser = app.client();
    await signIn(browser, { rememberMe: true });
    expect(await second(browser, { trustDevice: true })).toMatchObject({ status: 200 });
    expect(browser.cookies.has(COOKIE)).toBe(true);
    browser.cookies.delete(SESSION);

    expect(await isIn(browser)).toBe(false);
    expect(await second(browser)).toMatchObject({ status: 200 });
    expect(await isIn(browser)).toBe(true);
  });
});
