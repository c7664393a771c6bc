import { describe, expect, it } from '@jest/globals';
import { otpGenerator, type OtpCharacters } from '../../../lib/strategies/otp/otp.codes.js';
import { inTwoProcesses } from '../../adapters/two-processes.js';
import type { CodesTask } from './processes/codes.process.js';

const SETS: readonly (readonly [OtpCharacters, string])[] = [
  ['digits', '0123456789'],
  ['unambiguous-uppercase', 'ABCDEFGHJKMNPQRTUVWXY'],
  ['unambiguous-alphanumeric', 'ABCDEFGHJKMNPQRTUVWXY346789'],
];
const CODES = 100_000;

const generator = (characters: OtpCharacters, length: number, caseSensitive = false) =>
  otpGenerator({ characters, length, caseSensitive });

describe.each(SETS)('codes of %s', (characters, alphabet) => {
  it.each([6, 8, 12])('are %i characters of the set', (length) => {
    const codes = generator(characters, length);
    const form = new RegExp(`^[${alphabet}]{${length}}$`);

    for (let count = 0; count < 200; count += 1) expect(codes.generate()).toMatch(form);
  });

  it('[ASVS 6.5.3] [ASVS 6.5.4] [ASVS 11.5.1] are drawn evenly, letter by letter, in each place', () => {
    const codes = generator(characters, 6);
    const counts = Array.from({ length: 6 }, () => new Map<string, number>());
    for (let count = 0; count < CODES; count += 1) {
      [...codes.generate()].forEach((letter, place) =>
        counts[place]?.set(letter, (counts[place].get(letter) ?? 0) + 1),
      );
    }

    const expected = CODES / alphabet.length;
    for (const count of counts) {
      expect(count.size).toBe(alphabet.length);
      const chiSquare = [...count.values()].reduce((sum, seen) => sum + (seen - expected) ** 2 / expected, 0);
      // By chance above this once in more than 10^12 runs, for 9 to 26 degrees of freedom; a random byte taken modulo 21 is at 600.
      expect(chiSquare).toBeLessThan(130);
    }
  });
});

describe('codes', () => {
  it('[ASVS 11.5.1] do not come again', () => {
    const codes = generator('unambiguous-uppercase', 12);

    expect(new Set(Array.from({ length: 10_000 }, () => codes.generate())).size).toBe(10_000);
  });

  it('[ASVS 11.5.2] do not come again in another process, however many are drawn at once', async () => {
    const task: CodesTask = { characters: 'digits', length: 16, caseSensitive: false, count: 20_000 };

    const drawn = await inTwoProcesses('test/strategies/otp/processes/codes.process.ts', task);

    expect(new Set(drawn.flat()).size).toBe(40_000);
  }, 60_000);

  it('are compared without the blanks around them, and in upper case unless case counts', () => {
    expect(generator('unambiguous-uppercase', 6).normalise(' abCDef\t')).toBe('ABCDEF');
    expect(generator('unambiguous-uppercase', 6, true).normalise(' abCDef\n')).toBe('abCDef');
  });
});
