import { createHmac, timingSafeEqual, type KeyObject } from 'node:crypto';

/** One signature algorithm of JWS. It belongs to a key; no token can choose it. */
export interface JwsAlgorithm {
  /** The value of `alg`, RFC 7518 §3.1. */
  readonly name: string;
  sign(key: KeyObject, signingInput: string): Buffer;
  /** Compares in constant time. Any length of signature may come in. */
  verify(key: KeyObject, signingInput: string, signature: Buffer): boolean;
}

/** A key with its name and the one algorithm it is for (RFC 8725 §3.1). */
export interface JwsKey {
  readonly kid: string;
  readonly algorithm: JwsAlgorithm;
  readonly key: KeyObject;
}

/** The key that signs, and every key whose signatures count. */
export interface JwsKeys {
  readonly signing: JwsKey;
  readonly byKid: ReadonlyMap<string, JwsKey>;
}

/** HMAC with SHA-256, RFC 7518 §3.2. */
export const hs256: JwsAlgorithm = {
  name: 'HS256',
  sign: hmac,
  verify(key, signingInput, signature) {
    const expected = hmac(key, signingInput);
    return signature.length === expected.length && timingSafeEqual(signature, expected);
  },
};

function hmac(key: KeyObject, signingInput: string): Buffer {
  return createHmac('sha256', key).update(signingInput).digest();
}
