import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { rememberMe } from 'nest-auth-plug/add-ons/remember-me';
import type { Platform } from 'nest-auth-plug/testing';
import { AUTH, isIn, register, type RoomsApp, SESSION } from '../../rooms/rooms-app.js';
import { TenantClient, tenantsApp, visitorOf } from '../../tenants/tenants-app.js';
import type { User } from '../../users.js';
import { COOKIE, wish } from './remember-app.js';

describe.each<Platform>(['express', 'fastify'])(
  'a browser that two tenants of one host remember, on %s,',
  (platform) => {
    let app: RoomsApp;
    let browser: TenantClient;

    beforeEach(async () => {
      app = await tenantsApp({ platform, withAllHooks: false, user: { addOns: [rememberMe<User>()] } });
      for (const tenant of ['acme', 'beta']) await register(visitorOf(app, tenant));
      browser = visitorOf(app, 'acme');
      for (const tenant of ['acme', 'beta']) await wish(browser.at(tenant));
      restart();
    });
    afterEach(() => app.close());

    const restart = () => {
      for (const name of browser.cookies.keys()) if (name.startsWith(SESSION)) browser.cookies.delete(name);
    };
    const named = () => [...browser.cookies].filter(([name]) => name.startsWith(COOKIE));

    it('has a cookie of each, and is in at each by its own', async () => {
      expect(named()).toHaveLength(2);
      for (const tenant of ['acme', 'beta']) {
        expect(await browser.at(tenant).get('/in/tenant')).toMatchObject({ body: { user: tenant, signIn: tenant } });
      }
    });

    it('is nobody at a third, and without one, and loses nothing by that', async () => {
      for (const tenant of ['gamma', null]) expect(await isIn(browser.at(tenant))).toBe(false);

      expect(named()).toHaveLength(2);
      expect([await isIn(browser.at('acme')), await isIn(browser.at('beta'))]).toEqual([true, true]);
    });

    it('is nobody by the cookie of the other', async () => {
      const values = named().map(([, value]) => value);
      for (const [name] of named()) browser.cookies.set(name, values.pop() ?? '');

      expect([await isIn(browser.at('acme')), await isIn(browser.at('beta'))]).toEqual([false, false]);
    });

    it('is forgotten by the one that it signs out of', async () => {
      await browser.at('acme').post(`${AUTH}/session/sign-out`, { json: {} });

      expect([await isIn(browser.at('acme')), await isIn(browser.at('beta'))]).toEqual([false, true]);
    });

    it('is out of the one whose password was changed', async () => {
      const typed = { password: 'pear tree in the valley', passwordConfirmation: 'pear tree in the valley' };
      const elsewhere = visitorOf(app, 'acme');
      await wish(elsewhere);
      const json = { currentPassword: 'plum tree on the hill', ...typed };
      expect(await elsewhere.post(`${AUTH}/password/change`, { json })).toMatchObject({ status: 200 });

      expect([await isIn(browser.at('acme')), await isIn(browser.at('beta'))]).toEqual([false, true]);
    });
  },
);
