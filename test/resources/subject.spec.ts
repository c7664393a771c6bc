import { describe, expect, it } from '@jest/globals';
import { keyOf, subjectOf, type KeyKind } from '../../lib/resources/index.js';

const UUID = '0196b1c4-7a50-7c3e-9d2b-5f1e8a7c6b4d';

function keyed(type: KeyKind) {
  return [{ field: 'id', type }] as const;
}

describe('a subject', () => {
  it.each<[KeyKind, string | number | bigint, string]>([
    ['text', 'a&b=c%', 'user?id=a%26b%3Dc%25'],
    ['text', 'Ä', 'user?id=%C3%84'],
    ['uuid', UUID, `user?id=${UUID}`],
    ['uuid', UUID.toUpperCase(), `user?id=${UUID.toUpperCase()}`],
    ['integer', -7, 'user?id=-7'],
    ['bigint', 9223372036854775807n, 'user?id=9223372036854775807'],
  ])('of the %s %s leads back to it', (type, id, subject) => {
    expect(subjectOf('user', keyed(type), { id })).toBe(subject);
    expect(keyOf('user', keyed(type), subject)).toEqual({ id });
  });

  it.each<[KeyKind, string]>([
    ['text', 'user?id='],
    ['text', 'user?id=%00'],
    ['text', 'user?id=%61'],
    ['text', 'user?id=%zz'],
    ['text', 'user?id=1&id=1'],
    ['text', 'admin?id=1'],
    ['uuid', 'user?id=1'],
    ['uuid', `user?id={${UUID}}`],
    ['uuid', `user?id=${UUID.replaceAll('-', '')}`],
    ['integer', 'user?id=01'],
    ['integer', 'user?id=1e3'],
    ['integer', 'user?id=-0'],
    ['integer', 'user?id=9007199254740993'],
    ['bigint', 'user?id=9223372036854775808'],
    ['bigint', 'user?id=+1'],
  ])('with a %s is nobody when it is %s', (type, subject) => {
    expect(keyOf('user', keyed(type), subject)).toBeNull();
  });

  it.each<[KeyKind, unknown]>([
    ['text', 1],
    ['text', undefined],
    ['text', '\0'],
    ['uuid', 'ada'],
    ['integer', 1.5],
    ['integer', 1n],
    ['bigint', 1],
    ['bigint', 2n ** 63n],
  ])('is not made of a key of kind %s that is %p, and quotes no key', (type, id) => {
    expect(() => subjectOf('user', keyed(type), { id })).toThrow(
      new RegExp(`"id" is to be of kind ${type}, got ${typeof id}\\. What toUser makes has to have the key's fields`),
    );
  });

  it('keeps the order of a key of several fields', () => {
    const key = [
      { field: 'shop', type: 'text' },
      { field: 'number', type: 'integer' },
    ] as const;

    expect(subjectOf('user', key, { number: 1, shop: 'a&number=2' })).toBe('user?shop=a%26number%3D2&number=1');
    expect(keyOf('user', key, 'user?shop=a&number=1')).toEqual({ shop: 'a', number: 1 });
    expect(keyOf('user', key, 'user?number=1&shop=a')).toBeNull();
  });
});
