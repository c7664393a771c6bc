import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Client, Platform } from 'nest-auth-plug/testing';
import type { Browser } from 'playwright-core';
import { chromiumIsThere, launchChromium } from '../../sample-app/chromium.js';
import { ORIGIN, type CreationOptions } from './authenticator.js';
import { BrowserKey } from './browser-key.js';
import {
  ADA,
  answer,
  BEA,
  begin,
  isIn,
  lastReason,
  passkeysApps,
  register,
  signInByPassword,
  type PasskeysAppOptions,
} from './passkeys-app.js';

// A browser of its own, on a busy machine.
jest.setTimeout(90_000);

type Kind = 'sign-in' | 'second-factor' | 'verify';
const REFUSED = { status: 401, body: { code: 'ERR_AUTHENTICATION_FAILED' } };

(chromiumIsThere() ? describe : describe.skip)('a browser with an authenticator', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser.close());
  afterEach(async () => {
    for (const context of browser.contexts()) await context.close();
  });

  describe.each<Platform>(['express', 'fastify'])('on %s', (platform) => {
    const { boot } = passkeysApps(platform);

    /** Somebody whose browser has made a passkey for the app. */
    async function enrolled(options: PasskeysAppOptions = {}) {
      const app = await boot(options);
      const ada = app.client();
      await register(ada);
      const key = await BrowserKey.at(browser);
      expect(await add(ada, key)).toMatchObject({ status: 200 });
      return { app, ada, key };
    }

    it('makes a passkey, signs in by it, completes a password by it, and steps up by it', async () => {
      const { app, key } = await enrolled();
      const [byKey, byBoth] = [app.client(), app.client()];

      expect(await show(byKey, key)).toMatchObject({ status: 200, body: { user: { email: ADA } } });
      expect(await signInByPassword(byBoth)).toMatchObject({ status: 401 });
      expect(await show(byBoth, key, 'second-factor')).toMatchObject({ status: 200 });
      expect(await show(byKey, key, 'verify')).toMatchObject({ status: 200 });
      expect([await isIn(byKey), await isIn(byBoth)]).toEqual([true, true]);
    });

    it('[ASVS 6.5.1] lets nobody in by what it signed for a page of another origin', async () => {
      const { app, key } = await enrolled();
      const elsewhere = await BrowserKey.at(browser, 'http://localhost:3001');
      await elsewhere.authenticator.copy(await key.stolen());

      for (const kind of ['sign-in', 'second-factor'] as const) {
        const client = app.client();
        if (kind === 'second-factor') await signInByPassword(client);
        const refused = await show(client, elsewhere, kind);
        expect([kind, refused.status, lastReason(app)]).toEqual([kind, 401, 'wrong_origin']);
        expect(await isIn(client)).toBe(false);
      }
    });

    it('adds no passkey that it made for a page of another origin', async () => {
      const { app, ada } = await enrolled();

      expect(await add(ada, await BrowserKey.at(browser, 'http://localhost:3001'))).toMatchObject(REFUSED);

      expect([lastReason(app), (await app.rows()).length]).toEqual(['wrong_origin', 1]);
    });

    it('signs for no other place than that of the page', async () => {
      const { app, ada, key } = await enrolled();

      await expect(show(app.client(), key, 'sign-in', { rpId: 'evil.example' })).rejects.toThrow('SecurityError');
      await expect(add(ada, key, { rp: { id: 'evil.example', name: 'Evil' } })).rejects.toThrow('SecurityError');
    });

    it('[ASVS 6.5.1] lets nobody in by what it signed for another place, though the page is one of ours', async () => {
      const part = 'http://app.localhost:3000';
      const { app, ada, key } = await enrolled({ passkeys: { origins: [ORIGIN, part] } });
      const elsewhere = await BrowserKey.at(browser, part);
      await elsewhere.authenticator.copy({ ...(await key.stolen()), rpId: 'app.localhost' });
      const client = app.client();

      expect(await show(client, elsewhere, 'sign-in', { rpId: 'app.localhost' })).toMatchObject(REFUSED);
      expect([lastReason(app), await isIn(client)]).toEqual(['not_verified', false]);
      const another = await BrowserKey.at(browser, part);
      expect(await add(ada, another, { rp: { id: 'app.localhost', name: 'Part' } })).toMatchObject(REFUSED);
      expect([lastReason(app), (await app.rows()).length]).toEqual(['not_verified', 1]);
    });

    it('[ASVS 6.5.1] is in once by one challenge, and by none that another took the place of', async () => {
      const { app, key } = await enrolled();
      const client = app.client();
      const { options } = await begin(client, 'sign-in');
      const asked = new Map(client.cookies);
      const credential = await key.get(options);
      expect(await answer(client, 'sign-in', { credential })).toMatchObject({ status: 200 });

      const thief = app.client();
      for (const [name, value] of asked) thief.cookies.set(name, value);
      expect(await answer(thief, 'sign-in', { credential })).toMatchObject({
        status: 422,
        body: { code: 'ERR_INVALID_TOKEN' },
      });
      await begin(thief, 'sign-in');
      expect(await answer(thief, 'sign-in', { credential })).toMatchObject(REFUSED);
      expect([lastReason(app), await isIn(thief)]).toEqual(['wrong_challenge', false]);
    });

    it('is not let in with a copy of the key once its owner has used the original', async () => {
      const { app, key } = await enrolled();
      const copied = await BrowserKey.at(browser);
      await copied.authenticator.copy(await key.stolen());
      expect(await show(app.client(), key)).toMatchObject({ status: 200 });
      const thief = app.client();

      expect(await show(thief, copied)).toMatchObject(REFUSED);

      expect([lastReason(app), await isIn(thief)]).toEqual(['counter_regression', false]);
      expect(await show(app.client(), key)).toMatchObject({ status: 200 });
    });

    it('[ASVS 6.3.4] is not let in where nobody made sure of its owner, whatever the page asks for', async () => {
      const { app, ada, key } = await enrolled();
      await key.authenticator.verifies(false);
      const client = app.client();
      const careless = { userVerification: 'discouraged' };

      await expect(show(client, key)).rejects.toThrow('NotAllowedError');
      expect(await show(client, key, 'sign-in', careless)).toMatchObject(REFUSED);
      expect([lastReason(app), await isIn(client)]).toEqual(['not_verified', false]);
      const touched = await BrowserKey.at(browser, ORIGIN, { hasUserVerification: false });
      expect(await add(ada, touched, { authenticatorSelection: careless })).toMatchObject(REFUSED);
      expect([lastReason(app), (await app.rows()).length]).toEqual(['not_verified', 1]);
    });

    it('[ASVS 6.5.1] completes the first step of nobody but its owner, and steps nobody else up', async () => {
      const { app, ada } = await enrolled();
      const bea = app.client();
      await register(bea, BEA);
      const beas = await BrowserKey.at(browser);
      await add(bea, beas);
      const pending = app.client();
      await signInByPassword(pending, ADA);

      for (const [kind, client] of [
        ['second-factor', pending],
        ['verify', ada],
      ] as const) {
        expect(await show(client, beas, kind, { allowCredentials: [] })).toMatchObject(REFUSED);
        expect([kind, lastReason(app)]).toEqual([kind, 'foreign_passkey']);
      }
      expect(await isIn(pending)).toBe(false);
    });
  });
});

/** @param changed what the page changes in the options that the app answered */
async function show(client: Client, key: BrowserKey, kind: Kind = 'sign-in', changed: object = {}) {
  const { options } = await begin(client, kind);
  return answer(client, kind, { credential: await key.get({ ...options, ...changed }) });
}

/** As {@link show}, for a passkey more of whoever is signed in. */
async function add(client: Client, key: BrowserKey, changed: object = {}) {
  const { options } = await begin<CreationOptions>(client, 'registration');
  return answer(client, 'register', { credential: await key.create({ ...options, ...changed }) });
}
