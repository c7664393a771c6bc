import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { argon2id } from '../../../lib/hash-providers/argon2/index.js';
import type { ResourceOptions } from '../../../lib/resources/index.js';
import { isCommonPassword, password } from '../../../lib/strategies/password/index.js';
import { resolvePasswordOptions } from '../../../lib/strategies/password/password.options.js';
import type { User } from './fake-world.js';
import { factsOf, type Options } from './setup.js';

const sender = { send: async () => undefined };
const resettable = { sender, page: '/reset' };

const prefixed = (values: object = {}) =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [`signInTokens.${name}`, Number(value)]));

describe('the options of password', () => {
  it('have these defaults', () => {
    const { hashProvider, hashQueue, ...rest } = resolvePasswordOptions<User>({ identityField: 'email' });

    expect(rest).toEqual({
      identityField: 'email',
      identity: 'email',
      name: 'password',
      registration: 'immediate',
      attemptSender: undefined,
      accept: [],
      minLength: 8,
      maxBytes: 1024,
      contextWords: [],
      blocklist: isCommonPassword,
      breachCheck: undefined,
      mustChange: false,
      resettable: undefined,
      signInTokens: undefined,
      importedHashes: [],
      routes: {},
    });
    expect(hashProvider.name).toBe(argon2id().name);
    expect(hashQueue).toBeDefined();
  });

  it('have these defaults for resetting, for sign-in tokens and for breach checks', () => {
    const breachCheck = { check: () => Promise.resolve(false), onFailure: 'refuse' } as const;
    const options = { identityField: 'email', resettable, signInTokens: {}, breachCheck } as const;
    const resolved = resolvePasswordOptions<User>(options);

    expect(resolved.breachCheck).toEqual({ ...breachCheck, timeoutSeconds: 2 });

    expect(resolved.resettable).toEqual({ ...resettable, tokenLifetimeSeconds: 1800, addressField: 'email' });
    expect(resolved.signInTokens).toEqual({ lifetimeSeconds: 60 });
  });

  it('stand in the docs, each with its default', () => {
    const page = readFileSync('docs/strategies/password.md', 'utf8');
    const {
      resettable: reset,
      signInTokens,
      hashProvider,
      hashQueue,
      ...rest
    } = resolvePasswordOptions<User>({
      identityField: 'email',
      resettable,
      signInTokens: {},
    });
    const objects = { resettable: reset, signInTokens, hashProvider, hashQueue };
    for (const name of [...Object.keys(rest), ...Object.keys(objects)]) expect(page).toMatch(`\n| \`${name}\``);
    for (const name of Object.keys(reset ?? {})) expect(page).toMatch(`\n| \`resettable.${name}\``);

    const defaults = {
      ...rest,
      'resettable.tokenLifetimeSeconds': reset?.tokenLifetimeSeconds,
      ...prefixed(signInTokens),
    };
    for (const [name, value] of Object.entries(defaults)) {
      if (typeof value !== 'number') continue;
      expect(page).toMatch(new RegExp(`\\| \`${name}\` +\\| \`${value}\` `));
    }
  });

  const refused: readonly Options[] = [
    { minLength: 7 },
    { minLength: 6 },
    { minLength: Number.NaN },
    { minLength: 65 },
    { maxBytes: 1025 },
    { maxBytes: 72 },
    { maxBytes: Number.NaN },
    { name: 'Pass Word' },
    { accept: ['id'] },
    { accept: ['email'] },
    { contextWords: ['ab'] },
    { breachCheck: { check: () => Promise.resolve(false), onFailure: 'ignore' as never } },
    { breachCheck: { check: () => Promise.resolve(false), onFailure: undefined as never } },
    { breachCheck: { check: () => Promise.resolve(false), onFailure: 'allow', timeoutSeconds: 0 } },
    { breachCheck: { check: () => Promise.resolve(false), onFailure: 'allow', timeoutSeconds: 11 } },
    { accept: ['passwordMustChange' as 'name'] },
    { resettable: { sender, page: 'https://evil.example/reset' } },
    { resettable: { sender, page: '//evil.example/reset' } },
    { resettable: { sender, page: '/\\evil.example/reset' } },
    { resettable: { ...resettable, tokenLifetimeSeconds: 1801 } },
    { resettable: { ...resettable, tokenLifetimeSeconds: 0 } },
    { signInTokens: { lifetimeSeconds: 301 } },
    { signInTokens: { lifetimeSeconds: Number.NaN } },
  ];

  it.each(refused)('[ASVS 6.2.1] refuse %j at the call', (options) => {
    expect(() => password<User>({ identityField: 'email', ...options })).toThrow(RangeError);
  });
});

const problemsOf = async (options: Options, fields: ResourceOptions<User>['fields'] = {}) => {
  const strategy = password<User>({ identityField: 'email', ...options });
  const problems = await strategy.check?.(factsOf(strategy, { fields }));
  return problems?.map(({ where }) => where);
};

describe('at boot, password', () => {
  it('brings a unique identity and a private hash, and finds nothing wrong with them', async () => {
    expect(password<User>({ identityField: 'email' }).columns).toEqual({
      email: { type: 'text', private: false, unique: true, kind: 'email' },
      passwordHash: { type: 'text', private: true, nullable: true, credential: true },
    });
    expect(password<User>({ identityField: 'name' }).columns).toMatchObject({ name: { kind: 'username' } });
    expect(password<User>({ identityField: 'name', identity: 'email' }).columns).toMatchObject({
      name: { kind: 'email' },
    });
    expect(await problemsOf({ resettable, signInTokens: {} })).toEqual([]);
  });

  it.each([
    ['an identity without one spelling', {}, { email: 'text' }, 'identityField'],
    ['a field to accept that is none', { accept: ['name'] }, {}, 'accept'],
    ['a field to accept that is no text', { accept: ['name'] }, { name: 'boolean' }, 'accept'],
    ['mail to a user name', { identityField: 'name', resettable }, {}, 'resettable.addressField'],
  ] as const)('names %s', async (_what, options, fields, where) => {
    expect(await problemsOf(options, fields)).toEqual([`resources.user.strategies.password.${where}`]);
  });
});
