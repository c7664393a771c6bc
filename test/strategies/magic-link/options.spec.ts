import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { defineResource, type Strategy } from 'nest-auth-plug';
import { magicLink, type MagicLinkSettings } from 'nest-auth-plug/strategies/magic-link';
import { resolveMagicLinkOptions } from '../../../lib/strategies/magic-link/magic-link.options.js';
import type { Addressee } from '../../rooms/mailed-app.js';

const sender = { send: async () => undefined };
type Options = Partial<MagicLinkSettings> & { readonly identityField?: 'email' | 'name' };
const linkWith = (options: Options = {}): Strategy<Addressee> => magicLink<Addressee>({ sender, ...options });

describe('the options of magicLink', () => {
  it('have these defaults', () => {
    expect(resolveMagicLinkOptions({ sender })).toEqual({
      sender,
      identityField: 'email',
      identity: 'email',
      name: 'magic-link',
      tokenLifetimeSeconds: 600,
      registration: 'closed',
      page: undefined,
      routes: {},
    });
    expect(resolveMagicLinkOptions({ sender, identityField: 'phone' }).identity).toBe('username');
  });

  it('stand in the docs, each with its default', () => {
    const page = readFileSync('docs/strategies/magic-link.md', 'utf8');
    for (const [name, value] of Object.entries(resolveMagicLinkOptions({ sender }))) {
      expect(page).toMatch(`\n| \`${name}\``);
      if (typeof value === 'number') expect(page).toMatch(new RegExp(`\\| \`${name}\` +\\| \`${value}\` `));
    }
  });

  it.each<Options>([
    { tokenLifetimeSeconds: 601 },
    { tokenLifetimeSeconds: 0 },
    { tokenLifetimeSeconds: 1.5 },
    { tokenLifetimeSeconds: Number.NaN },
    { registration: 'immediate' as 'open' },
    { page: 'https://evil.example' },
    { page: '//evil.example' },
    { page: '/\\evil.example' },
    { page: 'welcome' },
  ])('[ASVS 6.5.5] refuse %j at the call', (options) => {
    expect(() => linkWith(options)).toThrow(RangeError);
  });
});

describe('at boot, magicLink', () => {
  const problemsOf = async (
    options: Options,
    fields: Parameters<typeof defineResource<Addressee>>[0]['fields'] = {},
  ) => {
    const strategy = linkWith(options);
    const resource = defineResource<Addressee>({
      subjectName: 'user',
      table: 'users',
      fields,
      strategies: [strategy],
    });
    return (await strategy.check?.({ ...resource, fields: resource.fieldKinds }))?.map(({ where }) => where);
  };

  it('brings a unique identity and no table, and registers only where it is told to', () => {
    expect(linkWith().columns).toEqual({ email: { type: 'text', private: false, unique: true, kind: 'email' } });
    expect(linkWith()).toMatchObject({ registers: undefined, purposes: ['sign-in'] });
    expect(linkWith({ registration: 'open' }).registers).toEqual(['email']);
  });

  it('has these phases, and counts this as guesses', () => {
    const lines = (options: Options = {}) =>
      linkWith(options).phases.map(({ name, methods, actor, guess }) => `${name} ${methods.join()} ${actor} ${guess}`);

    const [request, signIn] = ['request POST anyone message', 'sign-in POST anyone secret'];
    expect(lines()).toEqual([request, 'page GET anyone undefined', signIn]);
    expect(lines({ page: '/welcome' })).toEqual([request, signIn]);
  });

  it.each<[string, Options, object, readonly string[]]>([
    ['nothing where all is well', {}, {}, []],
    ['nothing where the app has a page', { page: '/in', routes: { 'sign-in': { enabled: false } } }, {}, []],
    ['an identity without one spelling', {}, { email: 'text' }, ['identityField']],
    ['a page that is switched off', { routes: { page: { enabled: false } } }, {}, ['routes']],
    ['a button that leads nowhere', { routes: { 'sign-in': { enabled: false } } }, {}, ['routes']],
  ])('names %s', async (_, options, fields, where) => {
    expect(await problemsOf(options, fields)).toEqual(
      where.map((what) => `resources.user.strategies.magic-link.${what}`),
    );
  });

  it('counts as a way in for whoever has an address', async () => {
    const strategy = linkWith();
    const ways = (email: string | null) => strategy.waysIn?.({ email } as never, {} as never, {} as never);

    expect([await ways('ada@example.com'), await ways(null)]).toEqual([1, 0]);
  });
});
