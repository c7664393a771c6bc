import { createHmac, sign, timingSafeEqual, verify, type KeyObject } from 'node:crypto';

/** The algorithms that the tokens of sign-ins can be signed by: RFC 7518 §3.1 and RFC 8037 §3.1. */
export type SigningAlgorithm = 'HS256' | 'ES256' | 'EdDSA' | 'RS256';

/** One signature algorithm of JWS. It belongs to a key; no token can choose it. */
export interface JwsAlgorithm {
  /** The value of `alg`. */
  readonly name: SigningAlgorithm;
  sign(key: KeyObject, signingInput: string): Buffer;
  /** Any length of signature may come in. A digest is compared in constant time. */
  verify(key: KeyObject, signingInput: string, signature: Buffer): boolean;
}

/** A key with its name and the one algorithm it is for (RFC 8725 §3.1). */
export interface JwsKey {
  readonly kid: string;
  readonly algorithm: JwsAlgorithm;
  /** Secret, private or public: a private key verifies as well. */
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

/** ECDSA with P-256 and SHA-256, RFC 7518 §3.4: R and S side by side, 32 bytes each, and never DER. */
export const es256: JwsAlgorithm = {
  name: 'ES256',
  sign: (key, signingInput) => sign('sha256', Buffer.from(signingInput), { key, dsaEncoding: 'ieee-p1363' }),
  verify: (key, signingInput, signature) =>
    signature.length === 64 &&
    verify('sha256', Buffer.from(signingInput), { key, dsaEncoding: 'ieee-p1363' }, signature),
};

/** Ed25519, RFC 8037 §3.1. It hashes by itself. */
export const edDsa: JwsAlgorithm = {
  name: 'EdDSA',
  sign: (key, signingInput) => sign(null, Buffer.from(signingInput), key),
  verify: (key, signingInput, signature) => verify(null, Buffer.from(signingInput), key, signature),
};

/** RSASSA-PKCS1-v1_5 with SHA-256, RFC 7518 §3.3: the padding that Node takes for keys of the type `rsa`. */
export const rs256: JwsAlgorithm = {
  name: 'RS256',
  sign: (key, signingInput) => sign('sha256', Buffer.from(signingInput), key),
  verify: (key, signingInput, signature) => verify('sha256', Buffer.from(signingInput), key, signature),
};

function hmac(key: KeyObject, signingInput: string): Buffer {
  return createHmac('sha256', key).update(signingInput).digest();
}
