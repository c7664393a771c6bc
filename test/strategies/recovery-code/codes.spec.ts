import { describe, expect, it } from '@jest/globals';
import { hashOf, makeCode, normalise } from '../../../lib/strategies/recovery-code/recovery-code.codes.js';

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

describe('recovery codes', () => {
  it('[ASVS 6.5.2] are four groups of four, of 80 bits, in which nothing looks like another', () => {
    for (let count = 0; count < 100; count += 1) {
      expect(makeCode()).toMatch(new RegExp(`^[${ALPHABET}]{4}(-[${ALPHABET}]{4}){3}$`));
    }
    expect(Math.log2(ALPHABET.length) * 16).toBe(80);
    expect(ALPHABET).not.toMatch(/[ILOU]/);
  });

  it('[ASVS 11.5.1] have each letter as often as any other, at each place', () => {
    const made = Array.from({ length: 8000 }, () => normalise(makeCode()));
    expect(new Set(made).size).toBe(made.length);
    for (let place = 0; place < 16; place += 1) {
      const counts = new Map<string, number>();
      for (const code of made) counts.set(code.charAt(place), (counts.get(code.charAt(place)) ?? 0) + 1);
      expect(counts.size).toBe(32);
      // 250 each: 100 away is more than six standard deviations.
      for (const count of counts.values()) expect(Math.abs(count - 250)).toBeLessThan(100);
    }
  });

  it.each([
    ['7K3M-0QXV-9ATD-5HW1', '7K3M0QXV9ATD5HW1'],
    ['7k3m0qxv9atd5hw1', '7K3M0QXV9ATD5HW1'],
    [' 7k3m 0qxv\t9atd 5hw1\n', '7K3M0QXV9ATD5HW1'],
    ['7K3M–OQXV—9ATD‑5HWI', '7K3M0QXV9ATD5HW1'],
    ['7k3m-oqxv-9atd-5hwl', '7K3M0QXV9ATD5HW1'],
  ])('are read as people type them: %j', (typed, read) => {
    expect(normalise(typed)).toBe(read);
  });

  it('[ASVS 6.5.2] are kept as a salted hash that costs something', async () => {
    const code = makeCode();
    const [kept, again, otherSalt, otherCode] = await Promise.all([
      hashOf(code, 'salt'),
      hashOf(code.toLowerCase(), 'salt'),
      hashOf(code, 'another'),
      hashOf(makeCode(), 'salt'),
    ]);

    expect(again).toBe(kept);
    expect(new Set([kept, otherSalt, otherCode]).size).toBe(3);
    expect(kept).toMatch(/^[\w-]{43}$/);
    // Of `0000-0000-0000-0000` and `salt`, by Python's hashlib.scrypt with n = 2^12, r = 8, p = 1, dklen = 32.
    expect(await hashOf('0000-0000-0000-0000', 'salt')).toBe('PecxJIAFJnXbC6qMq8fSWj5-f5VK9ibNGARv5EQa61w');
  });
});
