import { afterEach, expect, it } from '@jest/globals';
import { tenantFromHeader } from 'nest-auth-plug';
import type { Client } from 'nest-auth-plug/testing';
import { tenantCookieName } from '../../../lib/sessions/tenant-cookies.js';
import { identitiesModel } from '../../../lib/strategies/oauth2/identities.model.js';
import { ADA, whoIsIn } from '../../rooms/mailed-app.js';
import { describeEachStore } from '../../stores/each-store.js';
import { TenantClient, visitorOf } from '../../tenants/tenants-app.js';
import {
  AUTH,
  CALLBACK,
  codeApp,
  comeBack,
  leave,
  leaveBy,
  OWN_SITE,
  REFUSED,
  signIn,
  type CodeApp,
  type CodeAppOptions,
} from './setup.js';

const TENANTS = ['acme', 'beta'];

describeEachStore('identities of tenants', (store) => {
  let app: CodeApp;
  afterEach(() => app.close());

  const open = async (code: CodeAppOptions['code'] = {}) => {
    app = await codeApp({
      dataLayer: await store.empty(),
      code: { clientAuthentication: 'post', clientSecret: ({ tenant }) => `secret of ${tenant}`, ...code },
      provider: { takesClientSecret: (secret) => TENANTS.some((tenant) => secret === `secret of ${tenant}`) },
      user: { tenantField: 'orgId' },
      app: {
        tenants: {
          resolve: tenantFromHeader('x-tenant'),
          publicUrl: (tenant) => `https://${tenant}.app.example`,
        },
      },
    });
  };
  const rowsOf = (tenant: string) =>
    app.data.forTenant(tenant).findMany(identitiesModel, {}, { orderBy: 'createdAt', limit: 9 });
  const sent = (path: string) => app.provider.received.filter((one) => one.path === path);
  const identitiesIn = async (browser: Client) => {
    const { body } = await browser.get(`${AUTH}/list`);
    return (body as { readonly identities: readonly { readonly id: string }[] }).identities;
  };

  it('[ASVS 10.2.2] show the provider the client, the secret and the callback of each', async () => {
    await open();
    for (const tenant of TENANTS) {
      expect(await signIn(app, visitorOf(app, tenant))).toMatchObject({
        status: 200,
        body: { user: { orgId: tenant } },
      });
    }

    const callbacks = TENANTS.map((tenant) => ({ redirect_uri: `https://${tenant}.app.example${CALLBACK}` }));
    expect(sent('/authorize').map(({ parameters }) => parameters)).toMatchObject(callbacks);
    const secrets = TENANTS.map((tenant) => ({ client_secret: `secret of ${tenant}` }));
    expect(sent('/token').map(({ parameters }) => parameters)).toMatchObject(
      callbacks.map((callback, index) => ({ ...callback, ...secrets[index] })),
    );
  });

  it('[ASVS 10.2.2] are asked for under the name that each has there', async () => {
    await open({ clientId: ({ tenant }) => `app of ${tenant}` });

    const names = TENANTS.map(async (tenant) => {
      const { headers } = await visitorOf(app, tenant).get(AUTH);
      return new URL(headers.get('location') ?? '').searchParams.get('client_id');
    });

    expect(await Promise.all(names)).toEqual(['app of acme', 'app of beta']);
  });

  it('[ASVS 6.8.1] [ASVS 10.5.2] are two of one person at the provider, with an account each', async () => {
    await open();
    for (const tenant of [...TENANTS, ...TENANTS]) await signIn(app, visitorOf(app, tenant));

    const [[acme, ...others], [beta, ...more]] = [await rowsOf('acme'), await rowsOf('beta')];
    expect([others, more]).toEqual([[], []]);
    expect([acme, beta]).toMatchObject([
      { tenant: 'acme', uid: 'ada-1815' },
      { tenant: 'beta', uid: 'ada-1815' },
    ]);
    expect(acme?.['subject']).not.toBe(beta?.['subject']);
  });

  it('[ASVS 6.8.1] are listed, linked and unlinked at home alone', async () => {
    await open();
    const [acme, beta] = [visitorOf(app, 'acme'), visitorOf(app, 'beta')];
    for (const browser of [acme, beta]) await signIn(app, browser);
    const [own] = await identitiesIn(acme);

    expect(await identitiesIn(beta)).not.toContainEqual(expect.objectContaining({ id: own?.id }));
    const unlinked = await beta.post(`${AUTH}/unlink`, { json: { id: own?.id }, headers: OWN_SITE });
    expect(unlinked).toMatchObject({ status: 404 });
    app.provider.account = { sub: 'countess', email: 'countess@example.com' };
    const toLink = await leaveBy(app, beta, 'link');
    expect(await comeBack(acme, toLink)).toMatchObject(REFUSED);
    expect([await rowsOf('acme'), await rowsOf('beta')]).toMatchObject([[{}], [{}]]);
  });

  it('[RFC 9700 §4.7] [ASVS 10.1.2] come back to the tenant that they left from, and to no other with the same browser', async () => {
    await open();
    const acme = visitorOf(app, 'acme');
    const brought = await leave(app, acme);
    const flowOf = (tenant: string) => tenantCookieName('__Host-user-flow-oauth2-redirect', tenant);
    const moved = new Map([[flowOf('beta'), acme.cookies.get(flowOf('acme')) ?? '']]);
    const beta = new TenantClient(app.url, 'beta', moved);

    expect(await comeBack(beta, brought)).toMatchObject(REFUSED);

    expect(sent('/token')).toEqual([]);
    expect(await comeBack(acme, brought)).toMatchObject({ status: 200 });
    expect([await whoIsIn(acme), await whoIsIn(beta)]).toEqual([ADA, null]);
  });

  it('[ASVS 10.1.1] keep the provider’s tokens for the code of each', async () => {
    await open({ keepTokens: true });
    await signIn(app, visitorOf(app, 'acme'));
    const [row] = await rowsOf('acme');
    const user = { id: String(row?.['subject']).replace('user?id=', '') };
    const token = (tenant: string) => app.service.providerToken(user, 'oauth2', { subjectName: 'user', tenant });

    expect((await token('acme')).accessToken.reveal()).toEqual(expect.any(String));
    await expect(token('beta')).rejects.toMatchObject({ reason: 'no_provider_tokens' });
  });
});
