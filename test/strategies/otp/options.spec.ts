import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { defineResource, type Strategy } from 'nest-auth-plug';
import { otp, type OtpGenerator, type OtpSettings } from 'nest-auth-plug/strategies/otp';
import { resolveOtpOptions } from '../../../lib/strategies/otp/otp.options.js';
import type { Addressee } from '../../rooms/mailed-app.js';

const sender = { send: async () => undefined };
type Options = Partial<OtpSettings> & { readonly identityField?: 'email' | 'name' };
const otpWith = (options: Options = {}): Strategy<Addressee> => otp<Addressee>({ sender, ...options });

/** Words, in any case, with whatever between them. */
class Words implements OtpGenerator {
  count = 0;
  generate(): string {
    this.count += 1;
    return `pear-${this.count}`;
  }
  normalise(typed: string): string {
    return typed.replaceAll(/[^\p{L}\p{N}]/gu, '').toLowerCase();
  }
}

describe('the options of otp', () => {
  it('have these defaults', () => {
    const { generator, ...rest } = resolveOtpOptions({ sender });

    expect(rest).toEqual({
      sender,
      identityField: 'email',
      identity: 'email',
      name: 'otp',
      codeLifetimeSeconds: 600,
      registration: 'closed',
      page: undefined,
      routes: {},
      digitsOnly: false,
    });
    expect(generator.generate()).toMatch(/^[A-HJ-KM-NP-RT-Y]{6}$/);
    expect(resolveOtpOptions({ sender, characters: 'digits' }).digitsOnly).toBe(true);
  });

  it('stand in the docs, each with its default', () => {
    const page = readFileSync('docs/strategies/otp.md', 'utf8');
    const { digitsOnly: _, ...resolved } = resolveOtpOptions({ sender });
    const defaults = { ...resolved, characters: 'unambiguous-uppercase', length: 6, caseSensitive: false };
    for (const [name, value] of Object.entries(defaults)) {
      expect(page).toMatch(`\n| \`${name}\``);
      if (typeof value !== 'number' && typeof value !== 'boolean') continue;
      expect(page).toMatch(new RegExp(`\\| \`${name}\` +\\| \`${value}\` `));
    }
  });

  it.each<Options>([
    { characters: 'digits', length: 5 },
    { length: 4 },
    { characters: 'unambiguous-alphanumeric', length: 4 },
    { length: 0 },
    { length: 6.5 },
    { length: Number.NaN },
    { length: 65 },
    { characters: 'hex' as 'digits' },
    { codeLifetimeSeconds: 601 },
    { codeLifetimeSeconds: 0 },
    { codeLifetimeSeconds: Number.NaN },
    { registration: 'immediate' as 'open' },
    { page: '//evil.example' },
    { generator: new Words(), length: 8 },
    { generator: new Words(), caseSensitive: true },
  ])('[ASVS 6.5.3] [ASVS 6.5.5] refuse %j at the call', (options) => {
    expect(() => otpWith(options)).toThrow(RangeError);
  });

  it('[ASVS 6.5.3] say how long codes have to be', () => {
    expect(() => otpWith({ characters: 'digits', length: 5 })).toThrow(/at least 6 for 'digits'/);
    for (const options of [{ characters: 'digits', length: 6 } as const, { length: 5 }]) otpWith(options);
  });
});

describe('at boot, otp', () => {
  const problemsOf = async (
    options: Options,
    fields: Parameters<typeof defineResource<Addressee>>[0]['fields'] = {},
  ) => {
    const strategy = otpWith(options);
    const resource = defineResource<Addressee>({
      subjectName: 'user',
      table: 'users',
      fields,
      strategies: [strategy],
    });
    return (await strategy.check?.({ ...resource, fields: resource.fieldKinds }))?.map(({ where }) => where);
  };

  it('has these phases, and counts this as guesses', () => {
    const lines = (options: Options = {}) =>
      otpWith(options).phases.map(({ name, methods, actor, guess }) => `${name} ${methods.join()} ${actor} ${guess}`);

    const [request, signIn] = ['request POST anyone message', 'sign-in POST anyone secret'];
    expect(lines()).toEqual([request, 'page GET anyone undefined', signIn]);
    expect(lines({ page: '/code' })).toEqual([request, signIn]);
  });

  it('brings a unique identity and no table, and registers only where it is told to', () => {
    expect(otpWith().columns).toEqual({ email: { type: 'text', private: false, unique: true, kind: 'email' } });
    expect(otpWith()).toMatchObject({ registers: undefined, purposes: ['sign-in'] });
    expect(otpWith({ registration: 'open' }).registers).toEqual(['email']);
  });

  const broken = (generate: () => unknown) => ({ generate, normalise: (typed: string) => typed }) as OtpGenerator;
  const off = { enabled: false };
  it.each<[string, Options, object, readonly string[]]>([
    ['nothing where all is well', {}, {}, []],
    ['nothing of a generator that works', { generator: new Words() }, {}, []],
    ['nothing where there is no page', { routes: { page: off, 'sign-in': off } }, {}, []],
    ['an identity without one spelling', {}, { email: 'text' }, ['identityField']],
    ['a button that leads nowhere', { routes: { 'sign-in': off } }, {}, ['routes']],
    ['a generator of one code', { generator: broken(() => '123456') }, {}, ['generator']],
    ['a generator of nothing', { generator: broken(() => '') }, {}, ['generator']],
    ['a generator of no text', { generator: broken(() => 123456) }, {}, ['generator']],
    [
      'a generator that throws',
      {
        generator: broken(() => {
          throw new Error('no codes today');
        }),
      },
      {},
      ['generator'],
    ],
  ])('names %s', async (_, options, fields, where) => {
    expect(await problemsOf(options, fields)).toEqual(where.map((what) => `resources.user.strategies.otp.${what}`));
  });

  it('counts as a way in for whoever has an address', async () => {
    const ways = (email: string | null) => otpWith().waysIn?.({ email } as never, {} as never, {} as never);

    expect([await ways('ada@example.com'), await ways(null)]).toEqual([1, 0]);
  });
});
