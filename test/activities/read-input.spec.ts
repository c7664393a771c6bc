import { describe, expect, it } from '@jest/globals';
import { flag, identity, InvalidInput, json, optionalText, secret, text, type RawInput } from 'nest-auth-plug';
import { readInput, readRiders } from '../../lib/activities/read-input.js';

const RESOURCE = { fieldKinds: new Map([['email', 'email'] as const]) };
const FIELDS = {
  email: identity(),
  password: secret(),
  note: optionalText(),
  title: text({ maxBytes: 5 }),
  remember: flag(),
  passkey: json({ maxBytes: 20 }),
};
const GOOD = { email: 'Ada@EXAMPLE.com', password: 'x', title: 'abcde', passkey: { id: 'a' } };

function problemsOf(work: () => unknown): readonly string[] {
  try {
    work();
  } catch (error) {
    if (error instanceof InvalidInput) return error.problems.map(({ field, code }) => `${field}:${code}`);
    throw error;
  }
  return [];
}

describe('the input of a phase', () => {
  it('is what the fields make of it, identities in their one spelling', () => {
    expect(readInput(GOOD, FIELDS, RESOURCE)).toEqual({
      email: 'ada@example.com',
      password: 'x',
      note: undefined,
      title: 'abcde',
      remember: false,
      passkey: { id: 'a' },
    });
  });

  it('leaves out texts that no field asks for', () => {
    const input: object = readInput({ ...GOOD, tenant: 'theirs', role: 'admin', utm: 'x' }, FIELDS, RESOURCE);

    expect(Object.keys(input)).toEqual(Object.keys(FIELDS));
  });

  it.each<[string, unknown]>([
    ['a list', ['a']],
    ['an object', { $ne: '' }],
    ['a number', 1],
    ['null', null],
    ['undefined', undefined],
  ])('refuses %s that no field asks for', (_, more) => {
    expect(problemsOf(() => readInput({ ...GOOD, more }, FIELDS, RESOURCE))).toEqual(['*:invalid']);
  });

  it('[ASVS 2.2.1] takes 16 KiB that no field asks for, names included, and no byte more', () => {
    const name = 'n'.repeat(1024);
    const most = 16 * 1024 - name.length;
    const read = (bytes: number) =>
      problemsOf(() => readInput({ ...GOOD, [name]: 'é'.repeat(bytes / 2) }, FIELDS, RESOURCE));

    expect(read(most)).toEqual([]);
    expect(read(most + 2)).toEqual(['*:too_long']);
  });

  it('names every problem at once, and never a value', () => {
    const raw: RawInput = { email: 'not an address', title: 'abcdef', remember: 'maybe', passkey: ['x'], note: 1 };
    const read = () => readInput(raw, FIELDS, RESOURCE);

    expect(problemsOf(read)).toEqual([
      'email:invalid',
      'password:required',
      'note:invalid',
      'title:too_long',
      'remember:invalid',
      'passkey:invalid',
    ]);
    expect(JSON.stringify(problemsOf(read))).not.toMatch(/not an address|abcdef|maybe/);
  });

  it.each([
    ['a NUL', 'a\0'],
    ['broken UTF-8', 'a\uFFFD'],
    ['half a surrogate pair', 'a\uD800'],
  ])('refuses %s in any text', (_, value) => {
    expect(problemsOf(() => readInput({ ...GOOD, password: value }, FIELDS, RESOURCE))).toEqual(['password:invalid']);
  });
});

describe('what rides along with any input', () => {
  it('is a flow, a place to go afterwards, and the wishes that add-ons keep', () => {
    const raw = { flow: 'f', returnTo: '/a', rememberMe: true, other: 'x' };

    expect(readRiders(raw, ['rememberMe', 'absent'])).toEqual({
      flow: 'f',
      returnTo: '/a',
      carried: { rememberMe: 'true' },
    });
  });

  it('is nothing where it is empty', () => {
    expect(readRiders({ flow: '', returnTo: '', rememberMe: '' }, ['rememberMe'])).toEqual({
      flow: undefined,
      returnTo: undefined,
      carried: {},
    });
  });

  it.each<[string, RawInput]>([
    ['a list', { flow: ['a', 'b'] }],
    ['an object', { returnTo: {} }],
    ['a number', { rememberMe: 1 }],
    ['a line end', { rememberMe: 'a\nb' }],
    ['more than a cookie holds', { rememberMe: 'x'.repeat(201) }],
    ['more than any flow', { flow: 'x'.repeat(8193) }],
  ])('is refused as %s', (_, raw) => {
    const [name] = Object.keys(raw);
    expect(problemsOf(() => readRiders(raw, ['rememberMe']))).toEqual([`${name}:invalid`]);
  });
});
