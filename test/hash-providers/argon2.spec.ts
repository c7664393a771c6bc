import { describe, expect, it } from '@jest/globals';
import { argon2id } from '../../lib/hash-providers/argon2/index.js';
import { resolveArgon2idOptions } from '../../lib/hash-providers/argon2/argon2.options.js';

const provider = argon2id();

describe('argon2id', () => {
  it('[ASVS 11.4.2] hashes with at least 19 MiB, two passes and one lane unless told more', () => {
    const { memoryKib, iterations, parallelism } = resolveArgon2idOptions();

    expect(resolveArgon2idOptions()).toEqual({ memoryKib: 32768, iterations: 2, parallelism: 1 });
    expect(memoryKib).toBeGreaterThanOrEqual(19 * 1024);
    expect(iterations).toBeGreaterThanOrEqual(2);
    expect(parallelism).toBeGreaterThanOrEqual(1);
  });

  it('[ASVS 11.4.2] names algorithm, version and parameters in the hash', async () => {
    expect(await provider.hash('correct horse')).toMatch(/^\$argon2id\$v=19\$m=32768,t=2,p=1\$/);
  });

  it.each([
    { memoryKib: 19 * 1024 - 1 },
    { memoryKib: 0 },
    { memoryKib: Number.NaN },
    { memoryKib: 4 * 1024 * 1024 + 1 },
    { memoryKib: 20_000.5 },
    { iterations: 1 },
    { iterations: 101 },
    { parallelism: 0 },
    { parallelism: 256 },
  ])('[ASVS 11.4.2] refuses %j at the call', (options) => {
    expect(() => argon2id(options)).toThrow(RangeError);
  });

  it('[NIST 3.1.1.2] salts each hash with 128 random bits', async () => {
    const [one, two] = await Promise.all([provider.hash('correct horse'), provider.hash('correct horse')]);
    const salts = [one, two].map((hash) => Buffer.from(hash?.split('$')[4] ?? '', 'base64'));

    expect(salts.map((salt) => salt.length)).toEqual([16, 16]);
    expect(salts[0]).not.toEqual(salts[1]);
  });

  it('verifies its own hash and no other password', async () => {
    const hash = await provider.hash('correct horse');

    expect(await provider.verify('correct horse', hash)).toBe(true);
    expect(await provider.verify('correct horsf', hash)).toBe(false);
    expect(await provider.verify('', hash)).toBe(false);
  });

  it('verifies the vector of the reference implementation (phc-winner-argon2, src/test.c)', async () => {
    const hash = '$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc';

    expect(await provider.verify('password', hash)).toBe(true);
    expect(await provider.verify('passwore', hash)).toBe(false);
  });

  it.each([
    ['beyond 72 bytes', 'x'.repeat(72) + 'a', 'x'.repeat(72) + 'b'],
    ['at the 1,024th byte', 'x'.repeat(1023) + 'a', 'x'.repeat(1023) + 'b'],
    ['after a NUL', 'a\0b', 'a\0c'],
    ['in a trailing space', 'correct horse', 'correct horse '],
  ])('[ASVS 6.2.8] tells passwords apart that differ only %s', async (_where, one, other) => {
    const hash = await provider.hash(one);

    expect(await provider.verify(one, hash)).toBe(true);
    expect(await provider.verify(other, hash)).toBe(false);
  });

  it.each([
    ['nothing', ''],
    ['bcrypt', '$2b$12$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW'],
    ['argon2i', '$argon2i$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$wWKIMhR9lyDFvRz9YTZweHKfbftvj+qf+YFY4NeBbtA'],
    ['argon2d', '$argon2d$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$lVm+rTzoxp7fXMUoXR39CW+a7EfjW+ltB3rYhlsZ1Jk'],
    ['version 1.0', '$argon2id$v=16$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc'],
    ['a plain password', 'password'],
    ['a hash with a tail', '$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc\n'],
    ['a cut hash', '$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXP'],
    ['absurd memory', '$argon2id$v=19$m=4294967295,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc'],
  ])('[ASVS 11.2.2] answers false for %s, and no error', async (_what, hash) => {
    expect(provider.recognises(hash)).toBe(false);
    expect(await provider.verify('password', hash)).toBe(false);
  });

  it('[ASVS 11.2.2] answers false for a hash of its kind that cannot be', async () => {
    const hash = '$argon2id$v=19$m=0,t=0,p=0$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc';

    expect(await provider.verify('password', hash)).toBe(false);
  });

  it('[ASVS 11.2.2] asks for a new hash wherever the parameters are other than the present ones', async () => {
    const present = await provider.hash('correct horse');

    expect(provider.needsRehash(present)).toBe(false);
    expect(argon2id({ memoryKib: 20_000 }).needsRehash(present)).toBe(true);
    expect(argon2id({ iterations: 3 }).needsRehash(present)).toBe(true);
    expect(argon2id({ parallelism: 2 }).needsRehash(present)).toBe(true);
    expect(provider.needsRehash('$2b$12$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW')).toBe(true);
    expect(provider.needsRehash(present.replace(/\$[^$]+\$([^$]+)$/, '$c29tZXNhbHQ$$$1'))).toBe(true);
  });
});
