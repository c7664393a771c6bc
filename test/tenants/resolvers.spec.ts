import { describe, expect, it } from '@jest/globals';
import { tenantFromHeader, tenantFromHost, tenantFromPath, type TenantRequest } from 'nest-auth-plug';

function unused(): never {
  throw new Error('A resolver of ours looks at nothing of the platform');
}

function requestWith(change: Partial<TenantRequest>): TenantRequest {
  return { headers: { get: () => [] }, host: null, path: '/', native: unused, ...change };
}

describe('a tenant by header', () => {
  const resolve = tenantFromHeader('x-org');
  const withValues = (...values: string[]) =>
    resolve(requestWith({ headers: { get: (name) => (name === 'x-org' ? values : []) } }));

  it('is its value as it came; none and two are none', () => {
    expect(withValues('Acme: 1/2')).toBe('Acme: 1/2');
    expect(withValues()).toBeNull();
    expect(withValues('acme', 'acme')).toBeNull();
  });
});

describe('a tenant by host', () => {
  const resolve = tenantFromHost('app.example');

  it.each([
    ['acme.app.example', 'acme'],
    ['a-1.app.example', 'a-1'],
    ['app.example', null],
    ['.app.example', null],
    ['-.app.example', null],
    ['a.b.app.example', null],
    ['acmeapp.example', null],
    ['acme.app.example.evil.example', null],
    ['acme.app.example.', null],
    ['127.0.0.1', null],
    ['a_b.app.example', null],
    [null, null],
  ])('is of %j %j', (host, tenant) => {
    expect(resolve(requestWith({ host }))).toBe(tenant);
  });

  it.each(['', '.app.example', 'https://app.example', 'App.example', 'app.example:3000', '*.app.example'])(
    'takes no %j for a domain',
    (domain) => {
      expect(() => tenantFromHost(domain)).toThrow(RangeError);
    },
  );
});

describe('a tenant by path', () => {
  const resolve = tenantFromPath('/api/t/:tenant');

  it.each([
    ['/api/t/acme', 'acme'],
    ['/api/t/acme/auth/user/password/sign-in', 'acme'],
    ['/api/t/a%2Fb%3F/auth', 'a/b?'],
    ['/api/t/%C3%A4/auth', 'ä'],
    ['/api/t/', ''],
    ['/api/t', ''],
    ['/api/T/acme', null],
    ['/API/t/acme', null],
    ['/api//t/acme', null],
    ['//api/t/acme', null],
    ['/t/acme', null],
    ['/x/api/t/acme', null],
    ['/api/t/%E0%A4%A/auth', null],
    ['https://evil.example/api/t/acme', null],
    ['*', null],
  ])('is of %j %j', (path, tenant) => {
    expect(resolve(requestWith({ path }))).toBe(tenant);
  });

  it('may stand at the very front', () => {
    expect(tenantFromPath('/:tenant')(requestWith({ path: '/acme/auth' }))).toBe('acme');
  });

  it.each(['', '/', '/t', 't/:tenant', '/:tenant/auth', '/:org', '/:org/:tenant', '/t/:tenants'])(
    'takes no %j for a pattern',
    (pattern) => {
      expect(() => tenantFromPath(pattern)).toThrow(RangeError);
    },
  );
});
