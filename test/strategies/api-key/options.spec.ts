import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { apiKey, type ApiKeyOptions } from 'nest-auth-plug/strategies/api-key';
import { resolveApiKeyOptions } from '../../../lib/strategies/api-key/api-key.options.js';

const defaults = {
  name: 'api-key',
  header: 'authorization',
  scopes: [],
  lifetimeSeconds: 7_776_000,
  maxLifetimeSeconds: 31_536_000,
  maxPerSubject: 50,
  endsWithEpoch: true,
  routes: {},
};

describe('the options of apiKey', () => {
  it('have these defaults', () => {
    expect(resolveApiKeyOptions({ prefix: 'acme' })).toEqual({ prefix: 'acme', ...defaults });
  });

  it('stand in the docs, each with its default', () => {
    const page = readFileSync('docs/strategies/api-key.md', 'utf8');

    expect(page).toMatch('\n| `prefix`');
    for (const [name, value] of Object.entries(defaults)) {
      const shown = typeof value === 'string' ? `'${value}'` : JSON.stringify(value);
      expect(page).toContain(`\n| \`${name}\``);
      expect([name, new RegExp(`\\n\\| \`${name}\` +\\| \`([^\`]+)\``).exec(page)?.[1]]).toEqual([name, shown]);
    }
  });

  it('give no key a longer life than the longest, where none is asked for', () => {
    expect(resolveApiKeyOptions({ prefix: 'acme', maxLifetimeSeconds: 60 }).lifetimeSeconds).toBe(60);
  });

  it('take the name of a header in any case', () => {
    expect(resolveApiKeyOptions({ prefix: 'acme', header: 'X-Api-Key' }).header).toBe('x-api-key');
  });

  const refused: readonly Partial<ApiKeyOptions>[] = [
    { prefix: '' },
    { prefix: 'Acme' },
    { prefix: 'acme_live' },
    { prefix: 'a'.repeat(21) },
    { name: 'Api Key' },
    { header: '' },
    { header: 'x api key' },
    { header: 'Cookie' },
    { scopes: ['read write'] },
    { scopes: [''] },
    { scopes: ['re"ad'] },
    { scopes: ['read', 'read'] },
    { lifetimeSeconds: 0 },
    { lifetimeSeconds: 1.5 },
    { lifetimeSeconds: Number.NaN },
    { lifetimeSeconds: 31_536_001 },
    { lifetimeSeconds: 61, maxLifetimeSeconds: 60 },
    { maxLifetimeSeconds: 0 },
    { maxLifetimeSeconds: 3650 * 24 * 3600 + 1 },
    { maxLifetimeSeconds: Number.POSITIVE_INFINITY },
    { maxPerSubject: 0 },
    { maxPerSubject: 1001 },
  ];
  it.each(refused)('refuse %j', (options) => {
    expect(() => apiKey({ prefix: 'acme', ...options })).toThrow(RangeError);
  });

  it('leave every phase without a route, also where one is moved or decorated', () => {
    const strategy = apiKey({ prefix: 'acme', routes: { list: { path: 'all' }, revoke: { enabled: true } } });

    expect(strategy.phases.map(({ name, methods, actor }) => [name, methods.join(), actor])).toEqual([
      ['issue', 'POST', 'fresh-user'],
      ['list', 'GET', 'user'],
      ['rename', 'POST', 'user'],
      ['revoke', 'POST', 'user'],
    ]);
    expect(strategy.routes).toEqual({
      issue: { enabled: false },
      list: { path: 'all', enabled: false },
      rename: { enabled: false },
      revoke: { enabled: true },
    });
  });

  it('make no way in: a key brings nobody back to an account', () => {
    const { waysIn, factor, registers } = apiKey({ prefix: 'acme' });

    expect([waysIn, factor, registers]).toEqual([undefined, undefined, undefined]);
  });
});
