import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { base62 } from '../../../lib/crypto/index.js';
import { idIn, isSpeltLikeOurs, makeKey } from '../../../lib/strategies/api-key/api-key.format.js';
import { withChecksum } from './keys-app.js';

const NONE: readonly string[] = [];

/** What the page tells people to give to their scanner. */
function documentedPattern(prefix: string): RegExp {
  const [, pattern = ''] = /`(\\bacme_[^`]+)`/.exec(readFileSync('docs/strategies/api-key.md', 'utf8')) ?? [];
  return new RegExp(pattern.replace('acme', prefix));
}

describe('the spelling of a key', () => {
  it('[ASVS 11.5.1] is prefix, id, secret and checksum, of 128, 256 and 32 bits, and no two are alike', () => {
    const made = Array.from({ length: 500 }, () => makeKey('acme'));

    for (const { id, key } of made)
      expect([key.split('_').map(({ length }) => length), key.split('_')[1]]).toEqual([[4, 22, 43, 6], id]);
    expect(new Set(made.map(({ id }) => id)).size).toBe(500);
    expect(new Set(made.map(({ key }) => key.split('_')[2])).size).toBe(500);
  });

  it('is found by the pattern that the page gives to scanners, and nothing else is', () => {
    const pattern = documentedPattern('acme');
    const { key } = makeKey('acme');

    expect(pattern.exec(`const KEY = "${key}"; // oops`)?.[0]).toBe(key);
    for (const other of [makeKey('other').key, key.slice(0, -1), key.replaceAll('_', '-'), `x${key}`])
      expect([other, pattern.test(other)]).toEqual([other, false]);
  });

  it('reads its id back, whatever the bytes were', () => {
    for (const { id, key } of Array.from({ length: 500 }, () => makeKey('k9'))) expect(idIn('k9', key)).toBe(id);
  });

  it('is told from what is mistyped, cut off or of another prefix by the text alone', () => {
    const { key } = makeKey('acme');
    const mistyped = [...key].map(
      (letter, at) => `${key.slice(0, at)}${letter === 'x' ? 'y' : 'x'}${key.slice(at + 1)}`,
    );
    const cut = [...key].map((_, at) => key.slice(0, at));

    expect(
      [...mistyped, ...cut, `${key} `, `${key}_`, ` ${key}`, `${key}${key}`].filter(
        (one) => idIn('acme', one) !== null,
      ),
    ).toEqual(NONE);
    expect(idIn('acm', key)).toBeNull();
    expect(idIn('acme', withChecksum(`acme_${'0'.repeat(22)}_${'0'.repeat(42)}`))).toBeNull();
    expect(idIn('acme', withChecksum(`acme_${'0'.repeat(22)}_${'0'.repeat(43)}`))).toBe('0'.repeat(22));
  });

  it('is no JWT, and a JWT is none of ours', () => {
    expect(isSpeltLikeOurs('acme', 'eyJhbGciOiJIUzI1NiJ9.e30.acme_')).toBe(false);
    expect(isSpeltLikeOurs('acme', 'acme_')).toBe(true);
    expect(isSpeltLikeOurs('acme', 'acmes_')).toBe(false);
  });
});

describe('base62', () => {
  it.each([
    ['00000000', '000000'],
    ['00000001', '000001'],
    ['0000003d', '00000z'],
    ['0000003e', '000010'],
    ['ffffffff', '4gfFC3'],
  ])('spells %s as %s', (hex, text) => {
    expect(base62(Buffer.from(hex, 'hex'))).toBe(text);
  });

  it('is as long for nothing as for the most', () => {
    for (const bytes of [4, 16, 32]) {
      expect(base62(Buffer.alloc(bytes)).length).toBe(base62(Buffer.alloc(bytes, 0xff)).length);
    }
  });
});
