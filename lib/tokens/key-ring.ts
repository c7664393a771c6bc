import type { KeyObject } from 'node:crypto';

import { deriveKey } from '../crypto/index.js';
import type { Secret } from '../secrets/index.js';
import { hs256, type JwsKeys } from './algorithm.js';

/** 72 bits as base64url: enough to tell a few secrets apart, and nothing to guess a secret by. */
const KID_CHARS = 12;

/**
 * Every key of an app, derived from its secrets (HKDF, RFC 5869): one per secret, use and label, so that no key serves two
 * things. Made once per app; keys are derived at their first use and kept.
 *
 * Labels come from the configuration, never from a request.
 */
export class KeyRing {
  readonly #secrets: readonly Secret[];
  readonly #signing = new Map<string, JwsKeys>();
  readonly #sealing = new Map<string, readonly KeyObject[]>();
  readonly #digesting = new Map<string, KeyObject>();

  /**
   * @param secrets Newest first.
   * @throws {RangeError} for none, and for two that are alike. `checkSecrets` finds these and all else before.
   */
  constructor(secrets: readonly Secret[]) {
    if (secrets.length === 0) throw new RangeError('A key ring needs a secret');
    if (new Set(secrets.map((secret) => secret.reveal())).size < secrets.length) {
      throw new RangeError('Two secrets of a key ring are alike');
    }
    this.#secrets = [...secrets];
  }

  /**
   * Keys for tokens. The newest secret's signs; all verify. A `kid` is the same wherever the secret is, and the same for
   * every label.
   */
  keysFor(label: string): JwsKeys {
    return remembered(this.#signing, label, () => {
      const keys = this.#derive(`sign ${label}`).map(({ kid, key }) => ({ kid, algorithm: hs256, key }));
      const [signing] = keys;
      if (signing === undefined) throw new RangeError('A key ring needs a secret');
      return { signing, byKid: new Map(keys.map((key) => [key.kid, key])) };
    });
  }

  /** Keys for `seal` and `open`: seal with the first one, try each to open. */
  encryptionKeys(label: string): readonly KeyObject[] {
    return remembered(this.#sealing, label, () => this.#derive(`seal ${label}`).map(({ key }) => key));
  }

  /**
   * The key of digests that are looked up, such as the counters of addresses. There can be only one of it, for a digest is
   * found again under the same key or not at all.
   *
   * It is that of the secret whose `kid` sorts first, wherever that stands in the ring: all processes with the same secrets
   * agree, and in whatever steps one secret is exchanged for another, the digests change exactly once. Counters begin anew
   * then.
   */
  digestKey(label: string): KeyObject {
    return remembered(this.#digesting, label, () => {
      const [first] = this.#derive(`digest ${label}`).toSorted(byKid);
      if (first === undefined) throw new RangeError('A key ring needs a secret');
      return first.key;
    });
  }

  #derive(label: string): readonly DerivedKey[] {
    return this.#secrets.map((secret) => ({ kid: kidOf(secret), key: deriveKey(secret.reveal(), label) }));
  }
}

interface DerivedKey {
  readonly kid: string;
  readonly key: KeyObject;
}

/** By code units, which is the same everywhere; never by locale. */
function byKid(left: DerivedKey, right: DerivedKey): number {
  return left.kid < right.kid ? -1 : 1;
}

function kidOf(secret: Secret): string {
  return deriveKey(secret.reveal(), 'kid').export().toString('base64url').slice(0, KID_CHARS);
}

function remembered<T>(cache: Map<string, T>, label: string, make: () => T): T {
  const known = cache.get(label);
  if (known !== undefined) return known;
  const made = make();
  cache.set(label, made);
  return made;
}
