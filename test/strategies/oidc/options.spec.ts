import { describe, expect, it } from '@jest/globals';
import { oidc, type OidcSettings } from 'nest-auth-plug/strategies/oidc';
import type { Addressee } from '../../rooms/mailed-app.js';

const good: OidcSettings<Addressee> = { issuer: 'https://accounts.example', clientId: 'app', clientSecret: 'secret' };

describe('options of oidc', () => {
  it('are few', () => {
    expect(oidc<Addressee>(good).name).toBe('oidc');
    expect(oidc<Addressee>({ ...good, name: 'acme' }).name).toBe('acme');
  });

  it.each<[string, Partial<OidcSettings<Addressee>>]>([
    ['issuer', { issuer: 'accounts.example' }],
    ['issuer', { issuer: 'https://accounts.example/?tenant=1' }],
    ['issuer', { issuer: 'http://accounts.example' }],
    ['issuer', { issuer: 'http://127.0.0.1:4000' }],
    ['issuer', { issuer: 'http://accounts.example', calls: { allowHttpOnLoopback: true } }],
    ['issuer', { issuer: 'javascript:alert(1)' }],
    ['scope', { scope: 'email' }],
    ['signingAlgorithms', { signingAlgorithms: [] }],
    ['maxAgeSeconds', { maxAgeSeconds: -1 }],
    ['maxAgeSeconds', { maxAgeSeconds: 1.5 }],
    ['afterLogOut', { afterLogOut: '//evil.example' }],
    ['afterLogOut', { afterLogOut: 'https://evil.example' }],
  ])('say what is wrong with %s', (name, wrong) => {
    expect(() => oidc<Addressee>({ ...good, ...wrong })).toThrow(new RegExp(`^oidc: ${name} `));
  });

  it('[ASVS 9.1.2] know no symmetric algorithm', () => {
    for (const algorithm of ['HS256', 'none']) {
      // @ts-expect-error: no such algorithm
      expect(() => oidc<Addressee>({ ...good, signingAlgorithms: [algorithm] })).toThrow(RangeError);
    }
  });
});
