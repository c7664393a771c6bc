import { describe, expect, it } from '@jest/globals';
import { scrypt } from '../../lib/hash-providers/scrypt/index.js';
import { resolveScryptOptions } from '../../lib/hash-providers/scrypt/scrypt.options.js';

/** The cheapest that is allowed. */
const provider = scrypt({ logCost: 13, parallelism: 10 });
const [SALT, TAG] = ['AAECAwQFBgcICQoLDA0ODw', 'laX34fkDOu0AXuhBburETJ1cU+zGEUZxA+VpBiZTSfU'];

describe('scrypt', () => {
  it('[ASVS 11.4.2] hashes with N = 2^17, r = 8 and p = 1 unless told otherwise, and says so in the hash', async () => {
    expect(resolveScryptOptions()).toEqual({ logCost: 17, blockSize: 8, parallelism: 1 });
    const hash = await scrypt().hash('correct horse');

    expect(hash).toMatch(/^\$scrypt\$ln=17,r=8,p=1\$[\w+/]{22}\$[\w+/]{43}$/);
    expect(await scrypt().verify('correct horse', hash)).toBe(true);
  });

  it.each([
    { logCost: 12 },
    { logCost: 19 },
    { logCost: 16.5 },
    { logCost: Number.NaN },
    { logCost: 16 },
    { logCost: 13, parallelism: 9 },
    { blockSize: 7 },
    { blockSize: 17 },
    { parallelism: 5 },
    { parallelism: 1.5 },
  ])('[ASVS 11.4.2] of weak or unaffordable parameters, such as %j, is refused at the call', (options) => {
    expect(() => scrypt(options)).toThrow(RangeError);
  });

  it('[NIST 3.1.1.2] salts each scrypt hash with 128 random bits', async () => {
    const [one, two] = await Promise.all([provider.hash('correct horse'), provider.hash('correct horse')]);
    const salts = [one, two].map((hash) => Buffer.from(hash.split('$')[3] ?? '', 'base64'));

    expect(salts.map((salt) => salt.length)).toEqual([16, 16]);
    expect(salts[0]).not.toEqual(salts[1]);
  });

  it.each([
    // RFC 7914 §12, the third vector.
    [
      'pleaseletmein',
      '$scrypt$ln=14,r=8,p=1$U29kaXVtQ2hsb3JpZGU$' +
        'cCO9yzr9c0hGHAbNgf046/2o+7qQT44+qbVD9lRdofLVQylVYT8Pz2LUlwUkKpr55h6F3A1lHkDfzwF7RVdYhw',
    ],
    // By Python's hashlib.scrypt.
    ['correct horse battery', `$scrypt$ln=13,r=8,p=10$${SALT}$${TAG}`],
  ])('verifies what others made of %s', async (password, hash) => {
    expect(provider.recognises(hash)).toBe(true);
    expect(await provider.verify(password, hash)).toBe(true);
    expect(await provider.verify(`${password}x`, hash)).toBe(false);
  });

  it.each([
    ['beyond 72 bytes', 'x'.repeat(72) + 'a', 'x'.repeat(72) + 'b'],
    ['after a NUL', 'a\0b', 'a\0c'],
    ['in a trailing space', 'correct horse', 'correct horse '],
  ])('[ASVS 6.2.8] tells scrypted passwords apart that differ only %s', async (_where, one, other) => {
    const hash = await provider.hash(one);

    expect(await provider.verify(one, hash)).toBe(true);
    expect(await provider.verify(other, hash)).toBe(false);
  });

  it.each([
    ['nothing', ''],
    ['bcrypt', '$2b$12$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW'],
    ['a tail', `$scrypt$ln=13,r=8,p=10$${SALT}$${TAG}\n`],
    ['a cut hash', `$scrypt$ln=13,r=8,p=10$${SALT}$laX34f`],
    ['a cost of nothing', `$scrypt$ln=0,r=0,p=0$${SALT}$${TAG}`],
    ['an N that its r does not allow', `$scrypt$ln=16,r=1,p=1$${SALT}$${TAG}`],
    ['8 GiB', `$scrypt$ln=23,r=8,p=1$${SALT}$${TAG}`],
    ['512 MiB', `$scrypt$ln=17,r=32,p=1$${SALT}$${TAG}`],
    ['99 times the work', `$scrypt$ln=17,r=8,p=99$${SALT}$${TAG}`],
    ['an absurd cost', `$scrypt$ln=99,r=99,p=99$${SALT}$${TAG}`],
  ])('[ASVS 11.2.2] takes a scrypt hash with %s for none of its own, and computes nothing', async (_what, hash) => {
    expect(provider.recognises(hash)).toBe(false);
    expect(await provider.verify('correct horse battery', hash)).toBe(false);
    expect(provider.needsRehash(hash)).toBe(true);
  });

  it('[ASVS 11.2.2] asks for a new hash wherever the scrypt parameters are other than the present ones', () => {
    const hash = `$scrypt$ln=13,r=8,p=10$${SALT}$${TAG}`;

    expect(provider.needsRehash(hash)).toBe(false);
    expect(scrypt().needsRehash(hash)).toBe(true);
    expect(scrypt({ logCost: 13, parallelism: 11 }).needsRehash(hash)).toBe(true);
    expect(scrypt({ logCost: 13, parallelism: 10, blockSize: 9 }).needsRehash(hash)).toBe(true);
    expect(provider.needsRehash(`$scrypt$ln=13,r=8,p=10$U29kaXVtQ2hsb3JpZGU$${TAG}`)).toBe(true);
    expect(provider.needsRehash(`$scrypt$ln=13,r=8,p=10$${SALT}$${TAG.slice(0, 22)}`)).toBe(true);
  });
});
