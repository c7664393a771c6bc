import { afterEach, describe, expect, it } from '@jest/globals';
import { microsoft, type MicrosoftOptions } from 'nest-auth-plug/strategies/microsoft';
import type { Client, Platform } from 'nest-auth-plug/testing';
import { microsoftClaims } from '../../../lib/strategies/microsoft/microsoft.claims.js';
import { addresses, whoIsIn, type Addressee } from '../../rooms/mailed-app.js';
import { COMMON, presetApp, type PresetApp } from '../../rooms/preset-app.js';

const ACME = '72f988bf-86f1-41af-91ab-2d7cd011db47';
const EVIL = '11111111-2222-3333-4444-555555555555';
const CONSUMERS = '9188040d-6c67-4c5b-b112-36a304b66dad';

/** The claims of an ID token of Microsoft's. */
function personOf(tid: unknown) {
  return {
    sub: 'AAAAAAAAAAAAAAAAAAAAAIkzqFVrSaSaFHy782bbtaQ',
    oid: '690222be-ff1a-4d56-abd1-7e4f7d38e474',
    tid,
    ver: '2.0',
    name: 'Ada Lovelace',
    preferred_username: 'ada@example.com',
    email: 'ada@example.com',
  };
}

describe.each<Platform>(['express', 'fastify'])('Microsoft, on %s,', (platform) => {
  let app: PresetApp;
  afterEach(() => app.close());

  async function appWith(options: Partial<MicrosoftOptions<Addressee>> = {}) {
    app = await presetApp(platform, ({ issuer }) => microsoft<Addressee>({ ...COMMON, authority: issuer, ...options }));
    return app;
  }

  /** @param issuer of the metadata @param iss of the ID token, without its host */
  function come(issuer: string, iss: string, tid: unknown, browser: Client = app.client()) {
    const { provider } = app;
    provider.account = personOf(tid);
    const at = (path: string) => `${provider.issuer}/${path}/v2.0`;
    provider.lies = {
      metadata: { issuer: at(issuer), authorization_response_iss_parameter_supported: undefined },
      callback: { iss: undefined },
      idTokenClaims: { iss: at(iss) },
    };
    return provider.signIn(browser, '/auth/user/microsoft');
  }

  it('signs in people of any tenant', async () => {
    await appWith();

    expect(await come('{tenantid}', ACME, ACME)).toMatchObject({
      status: 200,
      body: { user: { name: 'Ada Lovelace' } },
    });
    expect(app.provider.received[0]?.path).toBe('/common/v2.0/.well-known/openid-configuration');
  });

  it.each([
    ['another tenant than it says', EVIL, ACME],
    ['the pattern itself', '{tenantid}', ACME],
    ['no tenant', ACME, undefined],
    ['a tenant that is none', 'common', 'common'],
    ['a tenant that leads elsewhere', `${ACME}/../${EVIL}`, `${ACME}/../${EVIL}`],
    ['many tenants', ACME, [ACME]],
  ])('[OIDC §3.1.3.7] signs nobody in whose token is of %s', async (_what, iss, tid) => {
    await appWith();

    expect(await come('{tenantid}', iss, tid)).toMatchObject({ status: 401 });
  });

  it('[ASVS 7.6.1] ends the sign-ins of whom it says that they have signed out, of that tenant', async () => {
    await appWith();
    const browser = app.client();
    await come('{tenantid}', ACME, ACME, browser);
    const { sub } = personOf(ACME);
    const post = (tid: string) => {
      const claims = { iss: `${app.provider.issuer}/${tid}/v2.0`, tid, sub, sid: undefined };
      const form = { logout_token: app.provider.logoutToken({ claims }) };
      return app.client().post('/auth/user/microsoft/back-channel-logout', { form });
    };

    expect(await post(EVIL)).toMatchObject({ status: 204 });
    expect(await whoIsIn(browser)).toBe('ada@example.com');
    expect(await post(ACME)).toMatchObject({ status: 204 });
    expect(await whoIsIn(browser)).toBeNull();
  });

  it('[ASVS 6.8.1] takes one name at two tenants for two people', async () => {
    await appWith();
    await come('{tenantid}', ACME, ACME);
    app.provider.account = { ...personOf(EVIL), email: 'other@example.com' };
    const at = `${app.provider.issuer}/${EVIL}/v2.0`;
    app.provider.lies = { ...app.provider.lies, idTokenClaims: { iss: at } };

    expect(await app.signIn()).toMatchObject({ status: 200, body: { user: { email: 'other@example.com' } } });
    expect(await addresses(app)).toEqual(['ada@example.com', 'other@example.com']);
  });

  it('[ASVS 6.8.2] signs in people of the tenants that the app names', async () => {
    await appWith({ allowedTenants: [ACME] });

    expect(await come('{tenantid}', ACME, ACME)).toMatchObject({ status: 200 });
    expect(await come('{tenantid}', EVIL, EVIL)).toMatchObject({ status: 401 });
  });

  it('signs in no private people where it is for organisations', async () => {
    await appWith({ tenant: 'organizations' });

    expect(await come('{tenantid}', CONSUMERS, CONSUMERS)).toMatchObject({ status: 401 });
    expect(await come('{tenantid}', ACME, ACME)).toMatchObject({ status: 200 });
    expect(app.provider.received[0]?.path).toBe('/organizations/v2.0/.well-known/openid-configuration');
  });

  it.each([
    ['one tenant', ACME, ACME],
    ['private people', 'consumers', CONSUMERS],
  ])('signs in %s alone', async (_what, tenant, id) => {
    await appWith({ tenant });

    expect(await come(id, EVIL, EVIL)).toMatchObject({ status: 401 });
    expect(await come(id, id, id)).toMatchObject({ status: 200 });
    expect(app.provider.received[0]?.path).toBe(`/${id}/v2.0/.well-known/openid-configuration`);
  });
});

describe('the tenant of Microsoft', () => {
  it.each(['', 'acme.onmicrosoft.com', '../evil', ACME.toUpperCase()])('is not %j', (tenant) => {
    expect(() => microsoft<Addressee>({ ...COMMON, tenant })).toThrow(/^microsoft: tenant /);
  });
});

describe('an address at Microsoft', () => {
  it.each([
    [{ email_verified: true }, false],
    [{ xms_edov: true }, true],
    [{ xms_edov: 1 }, true],
    [{ xms_edov: '1' }, true],
    [{ xms_edov: false }, false],
    [{ xms_edov: 'false' }, false],
    [{}, false],
  ])('[ASVS 6.8.1] with %j is confirmed: %j', (claims, isVerified) => {
    expect(microsoftClaims(claims)).toMatchObject({ email_verified: isVerified });
  });
});
