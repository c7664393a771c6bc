import { afterEach, describe, expect, it } from '@jest/globals';
import { expectRefused, oidcApp, signIn, type OidcApp } from './setup.js';

const NOW = Date.UTC(2026, 0, 1) / 1000;

function authorizationOf({ provider }: OidcApp) {
  return provider.received.find(({ path }) => path === '/authorize')?.parameters;
}

describe('how somebody signed in at the provider', () => {
  let app: OidcApp;
  afterEach(() => app.close());

  it('[ASVS 6.8.4] has to be one of the strengths that the app asks for', async () => {
    app = await oidcApp({ oidc: { acrValues: ['urn:strong', 'urn:stronger'] } });
    app.provider.lies = { idTokenClaims: { acr: 'urn:stronger' } };

    expect(await signIn(app)).toMatchObject({ status: 200 });
    expect(authorizationOf(app)).toMatchObject({ acr_values: 'urn:strong urn:stronger' });
  });

  it.each([undefined, 'urn:weak', ['urn:strong'], 1, ''])('[ASVS 6.8.4] is not enough as %j', async (acr) => {
    app = await oidcApp({ oidc: { acrValues: ['urn:strong'] } });
    app.provider.lies = { idTokenClaims: { acr } };

    await expectRefused(app);
  });

  it('[ASVS 6.8.4] [OIDC §3.1.2.1] may be as long ago as the app says', async () => {
    app = await oidcApp({ oidc: { maxAgeSeconds: 300 } });
    app.provider.lies = { idTokenClaims: { auth_time: NOW - 300 } };

    expect(await signIn(app)).toMatchObject({ status: 200 });
    expect(authorizationOf(app)).toMatchObject({ max_age: '300' });
  });

  it.each([undefined, NOW - 310, String(NOW), -1])('[ASVS 6.8.4] is too long ago, or untold, at %j', async (time) => {
    app = await oidcApp({ oidc: { maxAgeSeconds: 300 } });
    app.provider.lies = { idTokenClaims: { auth_time: time } };

    await expectRefused(app);
  });

  it('may be by a trusted audience as well', async () => {
    app = await oidcApp({ oidc: { trustedAudiences: ['our-api'] } });
    app.provider.lies = { idTokenClaims: { aud: ['test-client', 'our-api'], azp: 'test-client' } };

    expect(await signIn(app)).toMatchObject({ status: 200 });
  });
});
