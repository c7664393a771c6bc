import type { KeyObject } from 'node:crypto';

import { deriveKey } from '../crypto/index.js';
import type { Secret } from '../secrets/index.js';
import { hs256, type JwsKey, type JwsKeys } from './algorithm.js';
import type { PublicJwk } from './signing-key.js';
import type { SigningKeys } from './signing-keys.js';

/** 72 bits as base64url: enough to tell a few secrets apart, and nothing to guess a secret by. */
const KID_CHARS = 12;

/**
 * Every key of an app. All but those that tokens of sign-ins may have of their own are derived from its secrets (HKDF, RFC 5869):
 * one per secret, use and label, so that no key serves two things. Made once per app; keys are derived at their first use and kept
 * until others take their place. So whoever asks for a key asks each time.
 *
 * Labels come from the configuration, never from a request.
 */
export class KeyRing {
  #secrets: readonly Secret[] = [];
  #signingKeys: SigningKeys | null = null;
  readonly #signing = new Map<string, JwsKeys>();
  readonly #signIns = new Map<string, JwsKeys>();
  readonly #sealing = new Map<string, readonly KeyObject[]>();
  readonly #digesting = new Map<string, KeyObject>();

  /**
   * @param secrets Newest first.
   * @throws {RangeError} for none, and for two that are alike. `checkSecrets` finds these and all else before.
   */
  constructor(secrets: readonly Secret[], signingKeys: SigningKeys | null = null) {
    this.replaceSecrets(secrets);
    this.replaceSigningKeys(signingKeys);
  }

  /**
   * Others take the place of the secrets, and every key derived from them is another one from then on. Does nothing for the same.
   *
   * @returns whether they are others
   * @throws {RangeError} as the constructor, and then changes nothing
   */
  replaceSecrets(secrets: readonly Secret[]): boolean {
    const values = secrets.map((secret) => secret.reveal());
    if (values.length === 0) throw new RangeError('A key ring needs a secret');
    if (new Set(values).size < values.length) throw new RangeError('Two secrets of a key ring are alike');
    if (
      isSame(
        values,
        this.#secrets.map((secret) => secret.reveal()),
      )
    )
      return false;
    this.#secrets = [...secrets];
    for (const derived of [this.#signing, this.#signIns, this.#sealing, this.#digesting]) derived.clear();
    return true;
  }

  /** Others take the place of the keys for tokens of sign-ins; null: these are derived. @returns whether they are others */
  replaceSigningKeys(keys: SigningKeys | null): boolean {
    if (isSame(namesOf(keys), namesOf(this.#signingKeys))) return false;
    this.#signingKeys = keys;
    this.#signIns.clear();
    return true;
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

  /**
   * Keys for the tokens of sign-ins: those that the app has for them, else as {@link keysFor}. The same object until one of them is
   * another key.
   */
  keysForSignIns(label: string): JwsKeys {
    return remembered(this.#signIns, label, () => this.#signInKeys(this.keysFor(label)));
  }

  /** The public parts of the app's own keys, newest first. Nothing of a derived key is public. */
  get jwks(): readonly PublicJwk[] {
    return this.#signingKeys?.keys.map(({ jwk }) => jwk) ?? [];
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

  #signInKeys(derived: JwsKeys): JwsKeys {
    if (this.#signingKeys === null) return derived;
    const { keys, derivedKeys } = this.#signingKeys;
    const others: readonly JwsKey[] = derivedKeys === 'unused' ? [] : [...derived.byKid.values()];
    const [signing = derived.signing] = derivedKeys === 'sign' ? [] : keys;
    return { signing, byKid: new Map([...keys, ...others].map((key) => [key.kid, key])) };
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

function namesOf(keys: SigningKeys | null): readonly string[] {
  return keys === null ? [] : keys.keys.map(({ kid, isPrivate }) => `${kid} ${isPrivate}`);
}

function isSame(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((value, index) => value === other[index]);
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
