import { describe, expect, it } from '@jest/globals';
import { libraryProblems } from '../../lib/hash-providers/bcrypt/bcrypt.library.js';
import { bcrypt } from '../../lib/hash-providers/bcrypt/index.js';
import { resolveBcryptOptions } from '../../lib/hash-providers/bcrypt/bcrypt.options.js';

const provider = bcrypt({ cost: 10 });

describe('bcrypt', () => {
  it('[ASVS 11.4.2] hashes at cost 12 unless told otherwise, and says so in the hash', async () => {
    expect(resolveBcryptOptions()).toEqual({ cost: 12 });
    expect(await bcrypt().hash('correct horse')).toMatch(/^\$bcrypt-sha256\$v=2,t=2b,r=12\$[./\w]{22}\$[./\w]{31}$/);
  });

  it.each([{ cost: 9 }, { cost: 16 }, { cost: 10.5 }, { cost: Number.NaN }])(
    '[ASVS 11.4.2] at a cost that is too low or too high, %j, is refused at the call',
    (options) => {
      expect(() => bcrypt(options)).toThrow(RangeError);
    },
  );

  it('[NIST 3.1.1.2] salts each bcrypt hash anew', async () => {
    const [one, two] = await Promise.all([provider.hash('correct horse'), provider.hash('correct horse')]);

    expect(one.split('$')[3]).not.toBe(two.split('$')[3]);
    expect(await Promise.all([one, two].map((hash) => provider.verify('correct horse', hash)))).toEqual([true, true]);
  });

  it.each([
    // From the documentation of passlib.hash.bcrypt_sha256.
    ['password', '$bcrypt-sha256$v=2,t=2b,r=12$n79VH.0Q2TMWmt3Oqt9uku$Kq4Noyk3094Y2QlB8NdRT8SvGiI4ft2'],
    // By Python's hmac and libxcrypt.
    ['y'.repeat(100), '$bcrypt-sha256$v=2,t=2b,r=5$abcdefghijklmnopqrstuu$z8bJyh/gjvqFBrLJcII7viFTf.9b8FG'],
  ])('verifies what others made of %s', async (password, hash) => {
    expect(provider.recognises(hash)).toBe(true);
    expect(await provider.verify(password, hash)).toBe(true);
    expect(await provider.verify(`${password}x`, hash)).toBe(false);
  });

  it.each([
    ['beyond 72 bytes', 'x'.repeat(72) + 'a', 'x'.repeat(72) + 'b'],
    ['at the 1,024th byte', 'x'.repeat(1023) + 'a', 'x'.repeat(1023) + 'b'],
    ['after a NUL', 'a\0b', 'a\0c'],
    ['in a trailing space', 'correct horse', 'correct horse '],
  ])('[ASVS 6.2.8] tells bcrypted passwords apart that differ only %s', async (_where, one, other) => {
    const hash = await provider.hash(one);

    expect(await provider.verify(one, hash)).toBe(true);
    expect(await provider.verify(other, hash)).toBe(false);
  });

  it.each([
    ['nothing', ''],
    ['bare bcrypt', '$2b$05$abcdefghijklmnopqrstuuD3mHdCr44zlIZ.VZCaYRpfQhXMYnEo.'],
    ['version 1', '$bcrypt-sha256$2a,12$LrmaIX5x4TRtAwEfwJZa1.$2ehnw6LvuIUTM0iz4iz9hTxv21B6KFO'],
    ['a tail', '$bcrypt-sha256$v=2,t=2b,r=5$abcdefghijklmnopqrstuu$z8bJyh/gjvqFBrLJcII7viFTf.9b8FG\n'],
    ['a cost of days', '$bcrypt-sha256$v=2,t=2b,r=31$abcdefghijklmnopqrstuu$z8bJyh/gjvqFBrLJcII7viFTf.9b8FG'],
    ['a cost of nothing', '$bcrypt-sha256$v=2,t=2b,r=0$abcdefghijklmnopqrstuu$z8bJyh/gjvqFBrLJcII7viFTf.9b8FG'],
  ])('[ASVS 11.2.2] takes %s for no hash of its own, and computes nothing', async (_what, hash) => {
    expect(provider.recognises(hash)).toBe(false);
    expect(await provider.verify('y'.repeat(100), hash)).toBe(false);
    expect(provider.needsRehash(hash)).toBe(true);
  });

  it('[ASVS 11.2.2] asks for a new bcrypt hash at another cost', async () => {
    const hash = await provider.hash('correct horse');

    expect(provider.needsRehash(hash)).toBe(false);
    expect(bcrypt({ cost: 11 }).needsRehash(hash)).toBe(true);
  });

  it('asks at boot for its package, with the command that brings it', async () => {
    const load = () => Promise.reject(new Error("Cannot find package 'bcrypt' imported from /srv/app"));

    expect(await provider.check?.('here')).toEqual([]);
    expect(await libraryProblems('here', load)).toEqual([
      {
        where: 'here',
        wrong: 'the package "bcrypt" cannot be loaded',
        cure: 'npm install bcrypt',
      },
    ]);
  });
});
