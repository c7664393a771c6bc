// Tokens for the guards that are written by hand and for the peers: RFC 7515, by node:crypto alone.
import { createHmac, createSecretKey, generateKeyPairSync, sign, timingSafeEqual, verify } from 'node:crypto';

export const SECRET_TEXT = 'a secret of this bench alone, 43 characters';
export const SECRET_KEY = createSecretKey(Buffer.from(SECRET_TEXT));

const TYPES = {
  ES256: ['ec', { namedCurve: 'P-256' }, 'sha256'],
  EdDSA: ['ed25519', undefined, null],
};

/** @returns `sign(input)` and `verify(input, signature)`, both synchronous, with keys made once */
function algorithmOf(name) {
  if (name === 'HS256') {
    const mac = (input) => createHmac('sha256', SECRET_KEY).update(input).digest();
    const isRight = (expected, signature) =>
      expected.length === signature.length && timingSafeEqual(expected, signature);
    return { sign: mac, verify: (input, signature) => isRight(mac(input), signature) };
  }
  const [type, options, hash] = TYPES[name];
  const { privateKey, publicKey } = generateKeyPairSync(type, options);
  const dsaEncoding = 'ieee-p1363';
  return {
    sign: (input) => sign(hash, Buffer.from(input), { key: privateKey, dsaEncoding }),
    verify: (input, signature) => verify(hash, Buffer.from(input), { key: publicKey, dsaEncoding }, signature),
  };
}

const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** The least that is safe: one header to the letter, the signature, an expiry. `read` is null for what is not accepted. */
export function tokens(name) {
  const algorithm = algorithmOf(name);
  const header = encode({ alg: name, typ: 'JWT' });
  return {
    issue(sub) {
      const iat = Math.floor(Date.now() / 1000);
      const input = `${header}.${encode({ sub, iat, exp: iat + 86_400 })}`;
      return `${input}.${algorithm.sign(input).toString('base64url')}`;
    },
    read(token) {
      const dot = token.lastIndexOf('.');
      if (!token.startsWith(`${header}.`) || dot <= header.length) return null;
      if (!algorithm.verify(token.slice(0, dot), Buffer.from(token.slice(dot + 1), 'base64url'))) return null;
      const claims = JSON.parse(Buffer.from(token.slice(header.length + 1, dot), 'base64url').toString());
      return claims.exp * 1000 > Date.now() ? claims : null;
    },
  };
}

/** Credentials of `count` users. */
export function bearers(issue, count) {
  return Array.from({ length: count }, (_, index) => ({ authorization: `Bearer ${issue(`user-${index}`)}` }));
}
