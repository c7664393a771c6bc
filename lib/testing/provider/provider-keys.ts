import { createHmac, generateKeyPairSync, sign, type JsonWebKeyInput, type KeyObject } from 'node:crypto';
import type { JsonObject } from '../../strategy/index.js';

/** A public key as it is published (RFC 7517). */
export type PublishedKey = JsonObject & JsonWebKeyInput['key'];

/**
 * Who signs an ID token. `its-key`: the provider, RS256. `another-key`: a stranger who names the provider's key.
 * `public-key-as-secret`: HS256 with what everybody can read. `client-secret`: HS256 with the secret of the app. `nobody`: `alg` none.
 */
export type Signer = 'its-key' | 'another-key' | 'public-key-as-secret' | 'client-secret' | 'nobody';

interface KeyPair {
  readonly kid: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

/** The keys of a provider. Making one takes a while, so each process makes few: all providers of a test file share them. */
const pairs: KeyPair[] = [];

function keyPair(index: number): KeyPair {
  const found = pairs[index];
  if (found !== undefined) return found;
  const made = { kid: `key-${index + 1}`, ...generateKeyPairSync('rsa', { modulusLength: 2048 }) };
  pairs[index] = made;
  return made;
}

/** The number of the key that no provider publishes. */
const STRANGER = 9;

const ALGORITHM: Readonly<Record<Signer, string>> = {
  'its-key': 'RS256',
  'another-key': 'RS256',
  'public-key-as-secret': 'HS256',
  'client-secret': 'HS256',
  nobody: 'none',
};

/** Signs as a provider does, and as one does that cannot be trusted. */
export class ProviderKeys {
  #present = 0;

  /** From now on another key signs, under another `kid`; the one before is published no more. */
  rotate(): void {
    this.#present += 1;
  }

  /** What a provider that tells the truth publishes. */
  get own(): PublishedKey {
    return publishedKey(keyPair(this.#present));
  }

  /** A key of nobody here, under a name that nobody knows. */
  get another(): PublishedKey {
    return publishedKey(keyPair(STRANGER));
  }

  /** @param header over what the signer would say by itself @returns a compact JWS (RFC 7515 §7.1) */
  sign(signer: Signer, header: JsonObject, claims: JsonObject, clientSecret: string): string {
    const present = keyPair(this.#present);
    const by = signer === 'another-key' ? keyPair(STRANGER) : present;
    const input = `${part({ alg: ALGORITHM[signer], kid: present.kid, typ: 'JWT', ...header })}.${part(claims)}`;
    return `${input}.${signatureOf(signer, by, input, clientSecret)}`;
  }
}

function signatureOf(signer: Signer, { privateKey, publicKey }: KeyPair, input: string, clientSecret: string): string {
  if (signer === 'nobody') return '';
  if (signer === 'client-secret') return createHmac('sha256', clientSecret).update(input).digest('base64url');
  if (signer === 'public-key-as-secret') {
    const secret = publicKey.export({ type: 'spki', format: 'pem' });
    return createHmac('sha256', secret).update(input).digest('base64url');
  }
  return sign('sha256', Buffer.from(input), privateKey).toString('base64url');
}

function publishedKey({ kid, publicKey }: KeyPair): PublishedKey {
  return { ...publicKey.export({ format: 'jwk' }), kid, use: 'sig', alg: 'RS256' };
}

function part(value: JsonObject): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
