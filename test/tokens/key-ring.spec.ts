import { describe, expect, it } from '@jest/globals';

import { open, seal } from '../../lib/crypto/index.js';
import { Secret } from '../../lib/secrets/index.js';
import { KeyRing } from '../../lib/tokens/index.js';
import { newSecret } from './kit.js';

const [newest, older] = [newSecret(), newSecret()];
const ring = new KeyRing([newest, older]);

describe('a key ring', () => {
  it('signs with the newest secret and knows both', () => {
    const { signing, byKid } = ring.keysFor('a');

    expect([...byKid.values()][0]).toBe(signing);
    expect(byKid.size).toBe(2);
    expect(signing.kid).not.toContain(newest.reveal().slice(0, 6));
  });

  it('gives a secret the same name and keys in every process, wherever it stands in the ring', () => {
    const elsewhere = new KeyRing([new Secret(older.reveal())]).keysFor('a').signing;
    const here = ring.keysFor('a').byKid.get(elsewhere.kid);

    expect(here?.key.equals(elsewhere.key)).toBe(true);
  });

  it('[ASVS 11.6.1] uses no key for two things', () => {
    const keys = ['a', 'b'].flatMap((label) => [
      ...[...ring.keysFor(label).byKid.values()].map(({ key }) => key),
      ...ring.encryptionKeys(label),
      ring.digestKey(label),
    ]);
    expect(new Set(keys.map((key) => key.export().toString('hex'))).size).toBe(keys.length);
  });

  it('derives a key once', () => {
    expect(ring.keysFor('a')).toBe(ring.keysFor('a'));
    expect(ring.encryptionKeys('a')).toBe(ring.encryptionKeys('a'));
    expect(ring.digestKey('a')).toBe(ring.digestKey('a'));
  });

  it('opens what was sealed under an older secret', () => {
    const [oldKey] = new KeyRing([older]).encryptionKeys('flows');
    if (oldKey === undefined) throw new Error('no key');
    const sealed = seal(oldKey, 'context', 'text');

    const opened = ring.encryptionKeys('flows').map((key) => open(key, 'context', sealed));

    expect(opened).toEqual([null, 'text']);
  });

  it('changes its digests once when a secret is exchanged, in whatever steps', () => {
    for (let round = 0; round < 20; round++) {
      const [now, next] = [newSecret(), newSecret()];
      const steps = [[now], [now, next], [next, now], [next]].map((secrets) => new KeyRing(secrets));
      const digests = steps.map((step) => step.digestKey('limits').export().toString('hex'));

      expect(new Set(digests).size).toBe(2);
      expect(digests[1]).toBe(digests[2]);
    }
  });

  it('needs a secret, and no two alike', () => {
    expect(() => new KeyRing([])).toThrow(RangeError);
    expect(() => new KeyRing([older, new Secret(older.reveal())])).toThrow(RangeError);
  });
});
