import { describe, expect, it } from '@jest/globals';
import { Secret, TOTP, URI } from 'otpauth';
import { base32, hotp, keyUri, matchingStep, randomSeed, stepAt } from '../../../lib/strategies/totp/totp.codes.js';
import { codes as hotpCodes, secret } from '../../vectors/rfc4226-d.js';
import { rows as base32Rows } from '../../vectors/rfc4648-10.js';
import { rows as totpRows } from '../../vectors/rfc6238-b.js';

const SEED = Buffer.from(secret);
const at = (seconds: number) => new Date(seconds * 1000);
const NOON = at(1_767_268_800);
const codeAt = (seconds: number) => hotp(SEED, stepAt(at(NOON.getTime() / 1000 + seconds)));

describe('the codes of authenticator apps', () => {
  it.each(hotpCodes.map((code, counter) => [counter, code] as const))(
    '[RFC 4226 §5.3] are those of appendix D: of counter %i',
    (counter, code) => {
      expect(hotp(SEED, counter)).toBe(code);
    },
  );

  it.each(totpRows)('[RFC 6238 §4.2] are those of appendix B: at $seconds s', ({ seconds, step, code }) => {
    expect(stepAt(at(seconds))).toBe(Number.parseInt(step, 16));
    expect(hotp(SEED, stepAt(at(seconds)))).toBe(code.slice(-6));
    expect(matchingStep(SEED, code.slice(-6), at(seconds))).toBe(Number.parseInt(step, 16));
  });

  it('are those that another library makes of the same seed, those with zeros in front among them', () => {
    const made = Array.from({ length: 200 }, (_, step) => {
      const seed = randomSeed();
      const time = at(step * 1_000_003);
      const other = new TOTP({ secret: new Secret({ buffer: new Uint8Array(seed).buffer }) });
      return [hotp(seed, stepAt(time)), other.generate({ timestamp: time.getTime() })] as const;
    });

    for (const [ours, theirs] of made) expect(ours).toBe(theirs);
    expect(made.every(([ours]) => /^\d{6}$/.test(ours))).toBe(true);
    expect(made.some(([ours]) => ours.startsWith('0'))).toBe(true);
  });

  it.each([
    ['of this moment', codeAt(0), 0],
    ['of the end of this step', codeAt(29), 0],
    ['of the step before', codeAt(-1), -1],
    ['of two steps before', codeAt(-31), null],
    ['of the step to come', codeAt(30), null],
    ['with spaces', ` ${codeAt(0).slice(0, 3)} ${codeAt(0).slice(3)}\u00A0`, 0],
    ['one digit short', codeAt(0).slice(1), null],
    ['one digit too long', `${codeAt(0)}0`, null],
    ['as a number is spelt', `+${codeAt(0)}`, null],
    ['in other digits', codeAt(0).replaceAll(/\d/g, (digit) => String.fromCodePoint(0x660 + Number(digit))), null],
    ['empty', '', null],
  ])('[RFC 6238 §5.2] [RFC 4226 §4] count or do not: %s', (_, typed, offset) => {
    expect(matchingStep(SEED, typed, NOON)).toBe(offset === null ? null : stepAt(NOON) + offset);
  });

  it('[RFC 4226 §4] are made of 160 random bits, new each time', () => {
    const seeds = Array.from({ length: 100 }, randomSeed);

    expect(new Set(seeds.map((seed) => Buffer.from(seed).toString('hex'))).size).toBe(100);
    for (const seed of seeds) expect(seed).toHaveLength(20);
  });

  it.each(base32Rows)('[RFC 4648 §6] have seeds that are typed as "$base32"', ({ text, base32: spelt }) => {
    expect(base32(Buffer.from(text))).toBe(spelt);
  });
});

describe('what authenticator apps are given', () => {
  it.each([
    [{ issuer: 'Acme', account: 'ada@example.com' }, 'otpauth://totp/Acme:ada%40example.com?'],
    [
      { issuer: 'Acme & Söhne', account: 'a:b/c?d=e&f' },
      'otpauth://totp/Acme%20%26%20S%C3%B6hne:a%3Ab%2Fc%3Fd%3De%26f?',
    ],
    [{ issuer: 'Acme', account: '' }, 'otpauth://totp/Acme?'],
  ])('[RFC 6238 §5.1] is a key that another library reads: %j', (label, beginning) => {
    const uri = keyUri(label, SEED);
    const read = URI.parse(uri);

    expect(uri.startsWith(beginning)).toBe(true);
    expect(uri.endsWith('&algorithm=SHA1&digits=6&period=30')).toBe(true);
    expect([read.issuer, read.secret.latin1, read.algorithm, read.digits]).toEqual([label.issuer, secret, 'SHA1', 6]);
    expect(read.label).toBe(label.account === '' ? label.issuer : label.account);
  });
});
