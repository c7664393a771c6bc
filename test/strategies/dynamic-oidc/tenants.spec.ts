import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { tenantFromHeader } from 'nest-auth-plug';
import type { Connection } from 'nest-auth-plug/strategies/dynamic-oidc';
import type { Client, Platform } from 'nest-auth-plug/testing';
import { whoIsIn } from '../../rooms/mailed-app.js';
import { visitorOf } from '../../tenants/tenants-app.js';
import { admin, AUTH, connect, leave, OWN_SITE, REFUSED, signIn, ssoApp, type SsoApp } from './setup.js';

describe.each<Platform>(['express', 'fastify'])('the connections of tenants, on %s,', (platform) => {
  let app: SsoApp;
  let own: Connection;
  beforeEach(async () => {
    app = await ssoApp({
      platform,
      user: { tenantField: 'orgId' },
      app: { tenants: { resolve: tenantFromHeader('x-tenant') } },
    });
    own = await connect(app, {}, { tenant: 'acme' });
  });
  afterEach(() => app.close());

  const discover = async (browser: Client) => {
    const { body } = await browser.post(`${AUTH}/discover`, { json: { email: 'ada@example.com' }, headers: OWN_SITE });
    return body;
  };
  const list = async (tenant: string) => (await admin(app, 'list-connections', {}, { tenant }))['connections'];

  it('[ASVS 8.4.1] sign in at the tenant that has them', async () => {
    const browser = visitorOf(app, 'acme');

    expect(await signIn(app, browser)).toMatchObject({ status: 200 });
    expect([await whoIsIn(browser), await whoIsIn(browser.at('beta'))]).toEqual(['ada@example.com', null]);
  });

  it('[ASVS 8.4.1] are nothing at another tenant: by slug, by id, by domain, in lists, to change', async () => {
    for (const connection of ['acme', own.id]) {
      expect(await visitorOf(app, 'beta').get(`${AUTH}?connection=${connection}`)).toMatchObject(REFUSED);
      for (const what of ['update', 'disable', 'enable', 'remove']) {
        const trying = admin(app, `${what}-connection`, { connection }, { tenant: 'beta' });
        await expect(trying).rejects.toMatchObject({ code: 'ERR_NOT_FOUND' });
      }
    }

    expect(await discover(visitorOf(app, 'beta'))).toMatchObject({ connection: null });
    expect(await discover(visitorOf(app, 'acme'))).toMatchObject({ connection: 'acme' });
    expect([await list('beta'), await list('acme')]).toEqual([[], [own]]);
  });

  it('[ASVS 8.4.1] take neither slug nor domain from those of another tenant, and two people of one name are two users', async () => {
    await connect(app, {}, { tenant: 'beta' });
    const [acme, beta] = [visitorOf(app, 'acme'), visitorOf(app, 'beta')];
    await signIn(app, acme);
    await signIn(app, beta);

    const model = { ...app.users.model, tenantField: null };
    const users = await app.data.findMany(model, {}, { orderBy: 'orgId', limit: 10 });
    expect(users).toMatchObject([{ orgId: 'acme' }, { orgId: 'beta' }]);

    await admin(app, 'remove-connection', { connection: 'acme' }, { tenant: 'beta' });
    expect([await whoIsIn(acme), await whoIsIn(beta)]).toEqual(['ada@example.com', null]);
  });

  it('[ASVS 8.4.1] [ASVS 10.1.2] let nobody back into another tenant than the one that they left', async () => {
    await connect(app, {}, { tenant: 'beta' });
    const browser = visitorOf(app, 'acme');
    const path = await leave(app, browser);

    expect(await browser.at('beta').get(path)).toMatchObject(REFUSED);
    expect(await whoIsIn(browser.at('beta'))).toBeNull();
    expect(await browser.get(path)).toMatchObject({ status: 200 });
  });

  it('[ASVS 7.6.1] are told of a log-out by their own provider alone', async () => {
    await connect(app, {}, { tenant: 'beta' });
    const [acme, beta] = [visitorOf(app, 'acme'), visitorOf(app, 'beta')];
    await signIn(app, acme);
    await signIn(app, beta);

    const form = { logout_token: app.provider.logoutToken({ claims: { sid: undefined } }) };
    expect(await visitorOf(app, 'beta').post(`${AUTH}/back-channel-logout`, { form })).toMatchObject({ status: 204 });

    expect([await whoIsIn(acme), await whoIsIn(beta)]).toEqual(['ada@example.com', null]);
  });

  it('are asked for by nobody who says no tenant', async () => {
    expect(await visitorOf(app, null).get(`${AUTH}?connection=acme`)).toMatchObject({
      body: { code: 'ERR_NO_TENANT' },
    });
    await expect(admin(app, 'list-connections', {})).rejects.toMatchObject({ code: 'ERR_NO_TENANT' });
  });
});
