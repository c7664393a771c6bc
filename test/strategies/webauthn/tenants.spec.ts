import { describe, expect, it } from '@jest/globals';
import { tenantFromHeader } from 'nest-auth-plug';
import { samePersonAtBoth } from '../../tenants/same-person.js';
import { visitorOf, type TenantClient } from '../../tenants/tenants-app.js';
import {
  ADA,
  addPasskey,
  answer,
  begin,
  lastReason,
  list,
  passkeysApps,
  register,
  show,
  signInByPassword,
  type PasskeysAppOptions,
} from './passkeys-app.js';
import { Authenticator, type CreationOptions } from './authenticator.js';

describe('the passkeys of tenants', () => {
  const { boot } = passkeysApps();

  const bootTenants = (options: PasskeysAppOptions = {}) =>
    boot({
      ...options,
      user: { tenantField: 'orgId' },
      app: {
        tenants: {
          resolve: tenantFromHeader('x-tenant'),
          publicUrl: (tenant) => `https://${tenant}.app.example`,
        },
      },
    });
  const originOf = ({ tenant }: TenantClient) => `https://${tenant}.app.example`;

  it('belong to the address of each, and come from there alone', async () => {
    const app = await bootTenants();
    const [acme, beta] = [visitorOf(app, 'acme'), visitorOf(app, 'beta')];
    for (const browser of [acme, beta]) await register(browser, ADA);
    const [key, betas] = [new Authenticator({ origin: originOf(acme) }), new Authenticator({ origin: originOf(beta) })];

    const { options } = await begin<CreationOptions>(acme, 'registration');
    expect(options.rp).toEqual({ id: 'acme.app.example', name: 'acme.app.example' });
    expect(await addPasskey(acme, key)).toMatchObject({ status: 200 });
    expect(await addPasskey(beta, betas)).toMatchObject({ status: 200 });
    expect(await show(visitorOf(app, 'acme'), key)).toMatchObject({ status: 200 });

    expect(await addPasskey(beta, key)).toMatchObject({ status: 401 });
    expect(lastReason(app)).toBe('wrong_origin');
  });

  it('are nothing at another tenant, also where all share the place', async () => {
    const app = await bootTenants({ passkeys: { rpId: 'app.example' } });
    const [acme, beta] = [visitorOf(app, 'acme'), visitorOf(app, 'beta')];
    for (const browser of [acme, beta]) await register(browser, ADA);
    const key = new Authenticator({ origin: originOf(acme) });
    await addPasskey(acme, key);

    const browser = visitorOf(app, 'beta');
    expect(await show(browser, key, { clientData: { origin: originOf(beta) } })).toMatchObject({ status: 401 });
    expect(lastReason(app)).toBe('unknown_credential');
    expect(await show(visitorOf(app, 'acme'), key)).toMatchObject({ status: 200 });
  });

  it('[ASVS 8.4.1] are no second factor at another tenant, nor a step up, nor to be listed, renamed or removed', async () => {
    const app = await bootTenants({ passkeys: { rpId: 'app.example' } });
    await samePersonAtBoth(app, ADA);
    const [acme, beta] = [visitorOf(app, 'acme'), visitorOf(app, 'beta')];
    for (const browser of [acme, beta]) expect(await signInByPassword(browser)).toMatchObject({ status: 200 });
    const [key, betas] = [new Authenticator({ origin: originOf(acme) }), new Authenticator({ origin: originOf(beta) })];
    await addPasskey(acme, key, { name: 'Key ring' });
    const [passkey] = await list(acme);

    expect(await list(beta)).toEqual([]);
    for (const [phase, json] of [
      ['rename', { passkeyId: passkey?.id, name: 'mine' }],
      ['remove', { passkeyId: passkey?.id }],
    ] as const) {
      expect([phase, (await answer(beta, phase, json)).status]).toEqual([phase, 404]);
    }
    const shownAtBeta = { clientData: { origin: originOf(beta) } };
    const byAcmes = async (browser: TenantClient, kind: 'verify' | 'second-factor') => {
      const { options } = await begin(browser, kind);
      return answer(browser, kind, { credential: key.get({ ...options, allowCredentials: [] }, shownAtBeta) });
    };
    expect(await byAcmes(beta, 'verify')).toMatchObject({ status: 401 });
    expect(lastReason(app)).toBe('unknown_credential');
    expect(await signInByPassword(visitorOf(app, 'beta'))).toMatchObject({ status: 200 });

    await addPasskey(beta, betas);
    const browser = visitorOf(app, 'beta');
    expect(await signInByPassword(browser)).toMatchObject({ status: 401 });
    expect(await byAcmes(browser, 'second-factor')).toMatchObject({ status: 401 });
    expect(lastReason(app)).toBe('unknown_credential');
    expect(await show(browser, betas, {}, 'second-factor')).toMatchObject({ status: 200 });
    expect(await list(acme)).toMatchObject([{ name: 'Key ring' }]);
  });

  it('may come from further origins where the app names them, and then from no other', async () => {
    const origins = ['https://front.example', 'android:apk-key-hash:47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU'];
    const app = await boot({ passkeys: { rpId: 'example.com', origins } });
    const ada = app.client();
    await register(ada);
    for (const origin of origins) {
      const key = new Authenticator({ origin });
      expect([origin, (await addPasskey(ada, key)).status]).toEqual([origin, 200]);
      expect([origin, (await show(app.client(), key)).status]).toEqual([origin, 200]);
    }
    expect(await addPasskey(ada, new Authenticator())).toMatchObject({ status: 401 });
    expect(lastReason(app)).toBe('wrong_origin');
  });

  it('[ASVS 4.1.4] never come from where the request says that it came to', async () => {
    const app = await boot();
    const browser = app.client();
    const headers = { 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https' };
    const { body } = await browser.post('/auth/user/webauthn/sign-in-options', { json: {}, headers });

    expect(body).toMatchObject({ options: { rpId: 'localhost' } });
  });
});
