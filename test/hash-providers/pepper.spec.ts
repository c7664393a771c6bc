import { describe, expect, it } from '@jest/globals';
import { inspect } from 'node:util';
import { bcrypt } from '../../lib/hash-providers/bcrypt/index.js';
import type { HashProvider } from '../../lib/hash-providers/index.js';
import { peppered } from '../../lib/hash-providers/pepper/index.js';
import type { SecretSource } from '../../lib/secrets/index.js';
import { FakeHashProvider } from '../strategies/password/fake-hash-provider.js';

const OLD = 'k5RrJ0vQ2mYb8XwZs1nTfUeLhGdCaPoI7V9iBxEyNqM';
const NEW = 'Zp3uWq8tLx2vRb6nKd9sYf4hJm7cGa1eTo5iBw0XyEk';
const PASSWORD = 'correct horse battery';

/** A provider whose keys have been read, as at boot. */
async function pepperedBy(keys: SecretSource, provider: HashProvider = new FakeHashProvider()): Promise<HashProvider> {
  const made = peppered(provider, { keys });
  await made.check?.('here');
  return made;
}

describe('a peppered hash', () => {
  it('[NIST 3.1.1.2] is of the password under a key, and names the version of the key before the hash', async () => {
    const plain = new FakeHashProvider();
    const hash = await (await pepperedBy([NEW], plain)).hash(PASSWORD);

    expect(hash).toMatch(/^\$pepper\$v=[\w-]{12}\$fake\$1\$/);
    expect(await plain.verify(PASSWORD, hash.replace(/^\$pepper\$v=[\w-]{12}/, ''))).toBe(false);
    expect(hash).not.toContain(NEW.slice(0, 8));
  });

  it('fits its password under its key alone', async () => {
    const [provider, other] = [await pepperedBy([NEW]), await pepperedBy([OLD])];
    const hash = await provider.hash(PASSWORD);

    expect([await provider.verify(PASSWORD, hash), await provider.verify(`${PASSWORD}x`, hash)]).toEqual([true, false]);
    expect([other.recognises(hash), await other.verify(PASSWORD, hash)]).toEqual([false, false]);
    expect(provider.needsRehash(hash)).toBe(false);
  });

  it('is the same version in every process that has the key, wherever it stands in the ring', async () => {
    const version = async (keys: SecretSource) => (await (await pepperedBy(keys)).hash(PASSWORD)).slice(0, 22);

    expect(await version([NEW, OLD])).toBe(await version([NEW]));
    expect(await version([OLD])).not.toBe(await version([NEW]));
  });

  it('[ASVS 11.2.2] [NIST 3.1.1.2] under an older key fits, and asks for a new hash; so does one without pepper', async () => {
    const plain = new FakeHashProvider();
    const ring = await pepperedBy([NEW, OLD], plain);
    const older = [await (await pepperedBy([OLD])).hash(PASSWORD), plain.of(PASSWORD)];

    for (const hash of older) {
      expect([ring.recognises(hash), await ring.verify(PASSWORD, hash), ring.needsRehash(hash)]).toEqual([
        true,
        true,
        true,
      ]);
      expect(await ring.verify(`${PASSWORD}x`, hash)).toBe(false);
    }
  });

  it('asks for a new hash where the parameters below the pepper are old', async () => {
    const hash = await (await pepperedBy([NEW], new FakeHashProvider('fake', 0))).hash(PASSWORD);

    expect((await pepperedBy([NEW])).needsRehash(hash)).toBe(true);
  });

  it('fits whatever the provider below calls its hash', async () => {
    const below = new FakeHashProvider();
    const bare: HashProvider = {
      name: 'bare',
      hash: async (password) => `bare:${await below.hash(password)}`,
      verify: (password, hash) => below.verify(password, hash.slice('bare:'.length)),
      recognises: (hash) => hash.startsWith('bare:'),
      needsRehash: () => false,
    };
    const provider = await pepperedBy([NEW], bare);
    const hash = await provider.hash(PASSWORD);

    expect([provider.recognises(hash), await provider.verify(PASSWORD, hash), provider.needsRehash(hash)]).toEqual([
      true,
      true,
      false,
    ]);
  });

  it('is of every byte, whatever the provider below reads', async () => {
    const provider = await pepperedBy([NEW], bcrypt({ cost: 10 }));
    const hash = await provider.hash('x'.repeat(100));

    expect([await provider.verify('x'.repeat(100), hash), await provider.verify('x'.repeat(101), hash)]).toEqual([
      true,
      false,
    ]);
  });

  it.each(['', '$pepper$', '$pepper$v=short$fake$1$x', '$pepper$v=AAAAAAAAAAAA', '$pepper$v=AAAAAAAAAAAAfake'])(
    '[ASVS 11.2.2] of no form is no error: %j',
    async (hash) => {
      const provider = await pepperedBy([NEW]);

      expect([provider.recognises(hash), await provider.verify(PASSWORD, hash)]).toEqual([false, false]);
    },
  );
});

describe('the keys of a pepper', () => {
  it.each<readonly [string, SecretSource]>([
    ['missing', [undefined]],
    ['none', []],
    ['short', ['too short']],
    ['a known example', ['your-secret-key-goes-here-changeme-0123456789']],
    ['twice the same', [NEW, NEW]],
    ['out of reach', () => Promise.reject(new Error(`no answer for ${OLD}`))],
    ['no list', () => Promise.resolve(NEW as never)],
  ])('[NIST 3.1.1.2] are a problem of the boot where they are %s, and then nothing is hashed', async (_what, keys) => {
    const provider = peppered(new FakeHashProvider(), { keys });
    const problems = (await provider.check?.('here')) ?? [];

    expect(problems.length).toBeGreaterThan(0);
    for (const { where } of problems) expect(where).toMatch(/^here\.keys/);
    expect(JSON.stringify(problems)).not.toContain(OLD);
    await expect(provider.hash(PASSWORD)).rejects.toThrow('at boot');
  });

  it.each<readonly [string, SecretSource]>([
    ['a function', () => Promise.resolve([NEW])],
    ['a list', [NEW]],
  ])('come from %s, and are printed nowhere', async (_what, keys) => {
    const provider = await pepperedBy(keys);

    expect(await provider.verify(PASSWORD, await provider.hash(PASSWORD))).toBe(true);
    expect(inspect(provider, { depth: 9, showHidden: true })).not.toContain(NEW);
    expect(JSON.stringify(provider)).not.toContain(NEW);
  });

  it('do not hide what the provider below misses', async () => {
    const below = new FakeHashProvider();
    const check = () => [{ where: 'here', wrong: 'a package is missing', cure: 'bring it' }];

    const provider = peppered(Object.assign(below, { check }), { keys: [NEW] });

    expect(await provider.check?.('here')).toEqual(check());
  });
});
