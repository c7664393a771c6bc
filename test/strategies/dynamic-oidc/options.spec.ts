import { describe, expect, it } from '@jest/globals';
import { dynamicOidc, type DynamicOidcSettings } from 'nest-auth-plug/strategies/dynamic-oidc';
import type { Addressee } from '../../rooms/mailed-app.js';
import { ssoApp } from './setup.js';

describe('options of connections', () => {
  it.each<[string, Partial<DynamicOidcSettings<Addressee>>]>([
    ['name', { name: 'Single Sign-on' }],
    ['otherwise', { otherwise: 'https://evil.example' }],
    ['otherwise', { otherwise: '//evil.example' }],
    ['afterLogOut', { afterLogOut: '//evil.example' }],
    ['scope', { scope: 'email' }],
    ['timeoutSeconds', { calls: { timeoutSeconds: 31 } }],
    ['authorizationParams', { authorizationParams: { state: 'chosen' } }],
  ])('are refused where %s cannot work', (option, settings) => {
    expect(() => dynamicOidc<Addressee>(settings)).toThrow(RangeError);
    expect(() => dynamicOidc<Addressee>(settings)).toThrow(option);
  });

  it.each(['create', 'list', 'update', 'disable', 'enable', 'remove'])(
    '[ASVS 8.2.1] do not start an app with a route for everybody to %s connections',
    async (what) => {
      const phase = what === 'list' ? 'list-connections' : `${what}-connection`;
      const starting = ssoApp({ sso: { routes: { [phase]: { enabled: true } } } });

      await expect(starting).rejects.toMatchObject({
        problems: [{ where: 'resources.user.strategies.sso.routes', wrong: `gives "${phase}" a route` }],
      });
    },
  );

  it('do not start an app that trusts addresses which nobody confirms', async () => {
    await expect(ssoApp({ sso: { trustEmailVerified: true } })).rejects.toMatchObject({
      problems: [{ where: 'resources.user.strategies.sso.trustEmailVerified' }],
    });
  });
});
