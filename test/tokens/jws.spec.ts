import { createSecretKey, generateKeyPairSync } from 'node:crypto';

import { describe, expect, it } from '@jest/globals';

import { hs256, type JwsKeys } from '../../lib/tokens/algorithm.js';
import { MAX_TOKEN_CHARS, signJws, verifyJws } from '../../lib/tokens/jws.js';
import * as a1 from '../vectors/rfc7515-a1.js';
import { base64url, refusalOf, signClaims, signParts, signRaw } from './kit.js';

const key = createSecretKey(Buffer.alloc(32, 'k'));
const newest = { kid: 'newest', algorithm: hs256, key };
const older = { kid: 'older', algorithm: hs256, key: createSecretKey(Buffer.alloc(32, 'o')) };
const one: JwsKeys = { signing: newest, byKid: new Map([['newest', newest]]) };
const two: JwsKeys = { signing: newest, byKid: new Map([newest, older].map((entry) => [entry.kid, entry])) };

const HEADER = { alg: 'HS256', typ: 'JWT', kid: 'newest' };
const good = signClaims(key, HEADER, { a: 1 });
// `{"a":1}` is 7 bytes and the signature 32: both leave unused bits in their last character.
const stray = (part: string) => part.slice(0, -1) + String.fromCharCode(part.charCodeAt(part.length - 1) + 1);
const reason = (token: string, keys = one) => refusalOf(() => verifyJws(keys, 'JWT', token));

describe('RFC 7515 appendix A.1', () => {
  const vectorKey = { kid: 'a1', algorithm: hs256, key: createSecretKey(Buffer.from(a1.key, 'base64url')) };
  const keys: JwsKeys = { signing: vectorKey, byKid: new Map([['a1', vectorKey]]) };

  it('verifies the example with its key', () => {
    expect(verifyJws(keys, 'JWT', a1.jws)).toEqual(a1.payload);
  });

  it('refuses the example with another key', () => {
    expect(reason(a1.jws)).toBe('bad_signature');
  });

  it('refuses the example when every bit of the signature in turn is flipped', () => {
    const [header = '', payload = '', signature = ''] = a1.jws.split('.');
    for (let bit = 0; bit < 256; bit++) {
      const bytes = Buffer.from(signature, 'base64url');
      bytes.writeUInt8(bytes.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      const token = `${header}.${payload}.${bytes.toString('base64url')}`;
      expect(refusalOf(() => verifyJws(keys, 'JWT', token))).toBe('bad_signature');
    }
  });
});

describe('a compact JWS', () => {
  it('[ASVS 9.1.1] [ASVS 9.2.2] is worth nothing as another kind, by other keys or with another signature, after it was found right', () => {
    const [token, again] = [signJws(newest, 'JWT', { a: 1 }), signJws(newest, 'JWT', { a: 2 })];
    const others: JwsKeys = { signing: older, byKid: new Map([['older', older]]) };
    expect(verifyJws(two, 'JWT', token)).toEqual({ a: 1 });

    expect(verifyJws(two, 'JWT', again)).toEqual({ a: 2 });
    expect(refusalOf(() => verifyJws(two, 'at+jwt', token))).toBe('wrong_type');
    expect(refusalOf(() => verifyJws(two, 'at+jwt', token))).toBe('wrong_type');
    expect(reason(token, others)).toBe('unknown_key');
    expect(reason(`${token.slice(0, token.lastIndexOf('.'))}.${again.split('.')[2]}`, two)).toBe('bad_signature');
  });

  it('remembers no header that came with a wrong signature', () => {
    const forged = signParts(older.key, base64url(JSON.stringify(HEADER)), base64url('{}'));
    expect([reason(forged), reason(forged), verifyJws(one, 'JWT', good)]).toEqual([
      'bad_signature',
      'bad_signature',
      { a: 1 },
    ]);
  });

  it('is read back as it was signed', () => {
    const payload = { text: 'ä "\u2028" 🔑', deep: [{ a: null }, 1.5, true] };
    expect(verifyJws(two, 'JWT', signJws(newest, 'JWT', payload))).toEqual(payload);
  });

  it.each([
    ['no part', ''],
    ['one part', 'a'],
    ['two parts', good.split('.').slice(0, 2).join('.')],
    ['four parts', `${good}.a`],
    ['[RFC 8725 3.6] five parts, as a JWE has', `${good}.a.b`],
    ['an empty header', `.${good.split('.').slice(1).join('.')}`],
    ['an empty payload', signParts(key, base64url(JSON.stringify(HEADER)), '')],
    ['an empty signature', good.slice(0, good.lastIndexOf('.') + 1)],
  ])('is refused with %s', (_name, token) => {
    expect(reason(token)).toBe('malformed');
  });

  const [h = '', p = '', s = ''] = good.split('.');
  it.each([
    ['padding in the header', signParts(key, `${h}=`, p)],
    ['padding in the payload', signParts(key, h, `${p}==`)],
    ['padding in the signature', `${good}=`],
    ['a space in the header', signParts(key, ` ${h}`, p)],
    ['a space in the payload', signParts(key, h, `${p.slice(0, 3)} ${p.slice(3)}`)],
    ['a line break in the signature', `${h}.${p}.${s.slice(0, 9)}\n${s.slice(9)}`],
    ['a line break at the end', `${good}\n`],
    ['stray bits in the payload', signParts(key, h, stray(p))],
    ['stray bits in the signature', `${h}.${p}.${stray(s)}`],
    ['the alphabet of plain base64', signRaw(key, JSON.stringify(HEADER), '{"a":"?>?>"}').replace(/[-_]/g, '+')],
    ['a character beyond ASCII', `${h}.${p}.${s}é`],
  ])('[RFC 7515 2, 5.2] is refused with %s', (_name, token) => {
    expect(token).not.toBe(good);
    expect(reason(token)).toBe('malformed');
  });

  it('[RFC 8725 3.6] is refused beyond 8 KiB, before anything is parsed', () => {
    expect(reason('a'.repeat(MAX_TOKEN_CHARS + 1))).toBe('too_long');
    expect(reason('a'.repeat(MAX_TOKEN_CHARS))).toBe('malformed');
    expect(() => signJws(newest, 'JWT', { a: 'x'.repeat(MAX_TOKEN_CHARS) })).toThrow(RangeError);
  });
});

describe('the header', () => {
  it.each(['none', 'None', 'hs256', 'HS384', 'HS512', 'RS256', 'ES256', '', 'HS256 ', null, 1, ['HS256'], undefined])(
    '[ASVS 9.1.2] is refused with the algorithm %j',
    (alg) => {
      expect(reason(signClaims(key, { ...HEADER, alg }, { a: 1 }))).toBe('wrong_algorithm');
    },
  );

  it('[ASVS 9.1.2] cannot turn a public key into an HMAC secret', () => {
    const pem = generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'pem' });
    expect(reason(signClaims(createSecretKey(Buffer.from(pem)), HEADER, { a: 1 }))).toBe('bad_signature');
  });

  it.each(['jwt', 'application/jwt', 'at+jwt', 'JWT ', '', null, 1, undefined])(
    '[ASVS 9.2.2] is refused with the type %j',
    (typ) => {
      expect(reason(signClaims(key, { ...HEADER, typ }, { a: 1 }))).toBe('wrong_type');
    },
  );

  it.each(['crit', 'jwk', 'jku', 'x5u', 'x5c', 'x5t', 'zip', 'b64', 'cty', 'enc', 'iss', '__proto__', 'anything'])(
    '[ASVS 9.1.3] is refused with %s',
    (name) => {
      const header = JSON.stringify(HEADER).replace('}', `,"${name}":null}`);
      expect(reason(signRaw(key, header, '{"a":1}'))).toBe('bad_header');
    },
  );

  it.each([
    ['an array', '[]'],
    ['a text', '"HS256"'],
    ['null', 'null'],
    ['no JSON', '{'],
    ['a trailing comma', '{"alg":"HS256","typ":"JWT","kid":"newest",}'],
    ['two values', '{} {}'],
    ['a repeated name', '{"alg":"HS256","typ":"JWT","kid":"older","kid":"newest"}'],
    ['a repeated name in another spelling', '{"alg":"HS256","typ":"JWT","kid":"older","k\\u0069d":"newest"}'],
    ['a byte order mark', `\uFEFF${JSON.stringify(HEADER)}`],
    ['more than 512 characters', JSON.stringify({ ...HEADER, kid: 'k'.repeat(600) })],
  ])('is refused as %s', (_name, header) => {
    expect(reason(signRaw(key, header, '{"a":1}'))).toBe('bad_header');
  });

  it('is refused with invalid UTF-8', () => {
    const header = Buffer.from(JSON.stringify({ ...HEADER, kid: 'newest?' }));
    header.writeUInt8(0xff, header.indexOf('?'));
    expect(reason(signRaw(key, header, '{"a":1}'))).toBe('bad_header');
  });
});

describe('the key', () => {
  it('[ASVS 11.6.1] is found by its exact name among several', () => {
    expect(reason(signClaims(key, HEADER, {}), two)).toBeNull();
    expect(reason(signClaims(older.key, { ...HEADER, kid: 'older' }, {}), two)).toBeNull();
    expect(reason(signClaims(key, { ...HEADER, kid: 'older' }, {}), two)).toBe('bad_signature');
  });

  it.each(['unknown', 'Newest', 'newest ', '', 'toString', '__proto__', null, 0, ['newest'], undefined])(
    '[ASVS 11.6.1] is not found by %j among several',
    (kid) => {
      expect(reason(signClaims(key, { ...HEADER, kid }, {}), two)).toBe('unknown_key');
    },
  );

  it('[ASVS 11.6.1] needs no name where there is only one, but no wrong one either', () => {
    expect(reason(signClaims(key, { alg: 'HS256', typ: 'JWT' }, {}), one)).toBeNull();
    expect(reason(signClaims(key, { ...HEADER, kid: 'older' }, {}), one)).toBe('unknown_key');
    expect(reason(signClaims(key, { ...HEADER, kid: null }, {}), one)).toBe('unknown_key');
  });
});

describe('the payload', () => {
  const invalidUtf8 = Buffer.from('{"sub":"user?id=\xff"}', 'latin1');
  it.each([
    ['an array', '[{"a":1}]'],
    ['a text', '"text"'],
    ['a number', '1'],
    ['null', 'null'],
    ['no JSON', '{"a":1'],
    ['JSON with a comment', '{"a":1}//'],
    ['a repeated name', '{"a":1,"a":1}'],
    ['a repeated name in another spelling', '{"a":1,"\\u0061":1}'],
    ['a repeated name further in', '{"a":[{"b":{"c":1,"d":2,"c":1}}]}'],
    ['a repeated __proto__', '{"__proto__":1,"__proto__":1}'],
    ['a byte order mark', '\uFEFF{"a":1}'],
    ['invalid UTF-8', invalidUtf8],
    ['an overlong encoding', Buffer.from('{"a":"\xc0\xaf"}', 'latin1')],
    ['more nesting than the stack holds', `{"a":${'['.repeat(2950)}${']'.repeat(2950)}}`],
  ])('[RFC 8725 3.7] is refused as %s', (name, payload) => {
    const refusal = reason(signRaw(key, JSON.stringify(HEADER), payload));
    // Where the stack is deep enough the nested one is harmless.
    expect(name.startsWith('more nesting') ? (refusal ?? 'bad_payload') : refusal).toBe('bad_payload');
  });

  it.each([
    ['the same name in two objects', '{"a":{"b":1},"c":{"b":1}, "b":1}'],
    ['names inside of texts', '{"a":"\\"b\\":1,\\"b\\":1", "b":"a"}'],
    ['white space and escapes', '{ "a" :\t"\\u00e4\\\\" ,\r\n"b" : [ "a" , "a" ] }'],
  ])('is accepted with %s', (_name, payload) => {
    expect(verifyJws(one, 'JWT', signRaw(key, JSON.stringify(HEADER), payload))).toEqual(JSON.parse(payload));
  });

  it('[ASVS 9.1.1] is not looked at before the signature is right', () => {
    const [header, , signature] = good.split('.');
    expect(reason(`${header}.${base64url('no JSON at all')}.${signature}`)).toBe('bad_signature');
  });
});
