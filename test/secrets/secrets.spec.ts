import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { format, inspect } from 'node:util';

import { describe, expect, it } from '@jest/globals';

import { checkSecrets, readSecrets, Secret } from '../../lib/secrets/index.js';
import { key as publishedKey } from '../vectors/rfc7515-a1.js';

const random = () => randomBytes(48).toString('base64');
const wrongs = (...values: string[]) =>
  checkSecrets(
    values.map((value) => new Secret(value)),
    'secrets',
  ).map(({ where, wrong }) => `${where} ${wrong}`);

const texts = (secrets: readonly Secret[]) => secrets.map((secret) => secret.reveal());
const sealedVault = () => Promise.reject(new Error('sealed'));

describe('a secret', () => {
  const secret = new Secret('the-text-itself');

  it('prints as [secret] wherever it ends up', () => {
    const prints = [
      String(secret),
      'joined '.concat(secret.toString()),
      JSON.stringify({ secret }),
      inspect(secret),
      inspect({ deep: [secret] }, { showHidden: true, depth: null, getters: true }),
      format('%s %o %O %j', secret, secret, secret, secret),
      Object.keys(secret).join(),
      inspect(structuredClone({ secret: Object.entries(secret) })),
    ];

    for (const print of prints) expect(print).not.toContain('the-text');
    expect(prints.slice(0, 2)).toEqual(['[secret]', 'joined [secret]']);
    expect(inspect(secret)).toBe('[secret]');
  });

  it('is revealed where it is asked for', () => {
    expect(secret.reveal()).toBe('the-text-itself');
  });
});

describe('where secrets come from', () => {
  it.each([
    ['a list', ['a', 'b']],
    ['a function', () => ['a', 'b']],
    ['an async function', async () => ['a', 'b']],
  ])('[ASVS 13.3.1] may be %s', async (_name, source) => {
    expect(texts(await readSecrets(source))).toEqual(['a', 'b']);
  });

  it('may lack an older one, but not the newest', async () => {
    expect(texts(await readSecrets(['a', undefined]))).toEqual(['a']);
    expect(texts(await readSecrets([undefined, 'b']))).toEqual(['', 'b']);
    expect(texts(await readSecrets([undefined]))).toEqual(['']);
    expect(await readSecrets([])).toEqual([]);
  });

  it('passes on that a vault did not answer', async () => {
    await expect(readSecrets(sealedVault)).rejects.toThrow('sealed');
  });
});

describe('[ASVS 13.2.3] the check of secrets', () => {
  it('accepts random ones', () => {
    for (let round = 0; round < 1000; round++) expect(wrongs(random(), randomBytes(32).toString('hex'))).toEqual([]);
  });

  it('finds that there is none', () => {
    expect(wrongs()).toEqual(['secrets there is no secret']);
    expect(wrongs('')).toEqual(['secrets[0] is missing or empty']);
    expect(wrongs('  \n')).toEqual(['secrets[0] is missing or empty']);
    expect(wrongs('', '')).toEqual(['secrets[0] is missing or empty', 'secrets[1] is missing or empty']);
  });

  it('finds one that is shorter than 32 bytes, whatever its length in characters', () => {
    expect(wrongs('q7RtZ1xW9pLk3vB8nM5yC2sD6fG4hJ0')).toEqual(['secrets[0] is shorter than 32 bytes']);
    expect(wrongs('q7RtZ1xW9pLk3vB8nM5yC2sD6fG4hJ0ä')).toEqual([]);
  });

  it.each(['a'.repeat(64), 'abababab'.repeat(8), '112233445566778899'.repeat(2), 'k3Vb9Zq1Lw7Xs5Tp'.repeat(2)])(
    'finds that %s has too little variety',
    (value) => {
      expect(wrongs(value)).toEqual(['secrets[0] has too little variety to be random']);
    },
  );

  it.each([
    'changeme-changeit-please-in-production-7',
    'CHANGE_ME__before-you-put-this-online-42',
    'your-256-bit-secret-goes-here-and-nowhere',
    'this is a super secret text, is it not so?',
    'correct-horse-battery-staple-password-9',
    'keyboard cat sat on the keyboard of a dog',
    'abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJKLM',
    '01234567890123456789abcdefABCDEF-xyz-uvw',
    publishedKey,
  ])('finds that %s is known', (value) => {
    expect(wrongs(value)).toEqual(['secrets[0] looks like an example from documentation']);
  });

  it('[RFC 8725 §3.1] finds a key of its own, whose other half others have', () => {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const keys = [
      publicKey.export({ type: 'spki', format: 'pem' }),
      privateKey.export({ type: 'pkcs8', format: 'pem' }),
      JSON.stringify(publicKey.export({ format: 'jwk' })),
      `ssh-ed25519 ${random()} ada@example.com`,
    ];

    for (const key of keys) expect(wrongs(String(key))).toEqual(['secrets[0] is a key of its own: PEM, JWK or SSH']);
  });

  it('tells every fault of a secret', () => {
    expect(wrongs('secret')).toEqual([
      'secrets[0] is shorter than 32 bytes',
      'secrets[0] has too little variety to be random',
      'secrets[0] looks like an example from documentation',
    ]);
  });

  it('finds two that are alike', () => {
    const [a, b] = [random(), random()];
    expect(wrongs(a, b, a)).toEqual(['secrets[2] is the same as secrets[0]']);
    expect(wrongs(a, `${a}\n`)).toEqual(['secrets[1] is the same as secrets[0]']);
  });

  it('names the option and a cure, and never the value', () => {
    const value = 'changeme-Zq1Lw7Xs5';
    const problems = checkSecrets([new Secret(value), new Secret(value)], 'secrets');

    expect(problems.length).toBeGreaterThan(1);
    for (const problem of problems) {
      expect(problem.where).toMatch(/^secrets\[\d\]$/);
      expect(problem.cure).toContain('openssl rand -base64 48');
      expect(JSON.stringify(problem)).not.toMatch(/Zq1Lw7Xs5|changeme/);
    }
  });
});
