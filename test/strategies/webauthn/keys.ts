import { constants, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { cbor, type Cbor } from './cbor.js';

export type KeyKind = 'ES256' | 'ES384' | 'EdDSA' | 'RS256';

/** A key pair of an authenticator. */
export interface Keys {
  /** COSE_Key. */
  readonly publicKey: Buffer;
  readonly sign: (data: Uint8Array) => Buffer;
  readonly privateKey: KeyObject;
}

export function makeKeys(kind: KeyKind): Keys {
  switch (kind) {
    case 'ES256':
      return elliptic('P-256', -7, 1, 'sha256');
    case 'ES384':
      return elliptic('P-384', -35, 2, 'sha384');
    case 'EdDSA':
      return edwards();
    case 'RS256':
      return rsa();
  }
}

function elliptic(namedCurve: string, algorithm: number, curve: number, hash: string): Keys {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve });
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
  const key: [number, Cbor][] = [
    [1, 2],
    [3, algorithm],
    [-1, curve],
    [-2, Buffer.from(x, 'base64url')],
    [-3, Buffer.from(y, 'base64url')],
  ];
  return { privateKey, publicKey: cbor(new Map(key)), sign: (data) => sign(hash, data, privateKey) };
}

function edwards(): Keys {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const { x = '' } = publicKey.export({ format: 'jwk' });
  const key: [number, Cbor][] = [
    [1, 1],
    [3, -8],
    [-1, 6],
    [-2, Buffer.from(x, 'base64url')],
  ];
  return { privateKey, publicKey: cbor(new Map(key)), sign: (data) => sign(null, data, privateKey) };
}

function rsa(): Keys {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const { n = '', e = '' } = publicKey.export({ format: 'jwk' });
  const key: [number, Cbor][] = [
    [1, 3],
    [3, -257],
    [-1, Buffer.from(n, 'base64url')],
    [-2, Buffer.from(e, 'base64url')],
  ];
  const padding = { key: privateKey, padding: constants.RSA_PKCS1_PADDING };
  return { privateKey, publicKey: cbor(new Map(key)), sign: (data) => sign('sha256', data, padding) };
}
