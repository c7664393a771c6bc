import { constants, createPublicKey, createSecretKey, sign, type KeyObject } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { compactVerify } from 'jose';
import { hs256, type JwsKey, type JwsKeys } from '../../lib/tokens/algorithm.js';
import { KeyRing, readSigningKeys, type SigningKeys } from '../../lib/tokens/index.js';
import { signJws, verifyJws } from '../../lib/tokens/jws.js';
import { parseSigningKey, type SigningKey, type SigningKeyText } from '../../lib/tokens/signing-key.js';
import * as a1 from '../vectors/rfc7515-a1.js';
import * as a2 from '../vectors/rfc7515-a2.js';
import * as a3 from '../vectors/rfc7515-a3.js';
import * as a4 from '../vectors/rfc8037-a.js';
import { AUDIENCE, base64url, goodClaims, newSecret, refusalOf, testClock, TYPE, userTokens } from './kit.js';
import { ASYMMETRIC, jwkOf, newKey, publicOf, type Asymmetric } from './signing-kit.js';

async function read(text: SigningKeyText): Promise<SigningKey> {
  const key = await parseSigningKey(text);
  if (!('kid' in key)) throw new Error(key.wrong);
  return key;
}

const alone = (key: JwsKey): JwsKeys => ({ signing: key, byKid: new Map([[key.kid, key]]) });
const partsOf = (jws: string) => {
  const at = jws.lastIndexOf('.');
  return { input: jws.slice(0, at), signature: Buffer.from(jws.slice(at + 1), 'base64url') };
};

describe('the examples of the standards', () => {
  it.each([
    ['RFC 7515 appendix A.2', a2, 'RS256'],
    ['RFC 7515 appendix A.3', a3, 'ES256'],
    ['RFC 8037 appendix A.4', a4, 'EdDSA'],
  ])('verify, and with any bit flipped they do not: %s', async (_name, { jwk, jws }, algorithm) => {
    const key = await read(jwk);
    const { input, signature } = partsOf(jws);

    expect(key.algorithm.name).toBe(algorithm);
    expect(key.algorithm.verify(key.key, input, signature)).toBe(true);
    expect(key.algorithm.verify(key.key, `${input}a`, signature)).toBe(false);
    for (let bit = 0; bit < signature.length * 8; bit += 7) {
      const flipped = Buffer.from(signature);
      flipped.writeUInt8(flipped.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      expect([bit, key.algorithm.verify(key.key, input, flipped)]).toEqual([bit, false]);
    }
  });

  it.each([
    ['A.2', a2],
    ['A.3', a3],
  ])('are read as tokens: RFC 7515 appendix %s', async (_name, { jwk, jws }) => {
    const key = await read(jwk);
    // They have no `typ`, which every token of ours must have.
    expect(refusalOf(() => verifyJws(alone(key), 'JWT', jws))).toBe('wrong_type');
    const [, payload] = jws.split('.');
    expect(JSON.parse(Buffer.from(payload ?? '', 'base64url').toString())).toEqual(a1.payload);
  });

  it('are signed again to the letter, with the thumbprint as name: RFC 8037 appendix A.3 and A.4', async () => {
    const key = await read(a4.jwk);
    const { input, signature } = partsOf(a4.jws);

    expect(key.algorithm.sign(key.key, input)).toEqual(signature);
    expect(key.kid).toBe(a4.thumbprint);
    expect((await read(publicOf(a4.jwk))).kid).toBe(a4.thumbprint);
  });
});

const N_P256 = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
const L_ED25519 = 2n ** 252n + 27742317777372353535851937790883648493n;
const bigEndian = (value: bigint, bytes: number) => Buffer.from(value.toString(16).padStart(bytes * 2, '0'), 'hex');
const reversed = (bytes: Buffer) => Buffer.from(bytes.toReversed());
const littleEndian = (value: bigint) => reversed(bigEndian(value, 32));
const toNumber = (bytes: Buffer) => BigInt(`0x${bytes.toString('hex')}`);
const IDENTITY = Buffer.from(`01${'00'.repeat(31)}`, 'hex');

/** Signatures that are none, by name, made of a good one. */
const BAD: Readonly<
  Record<Asymmetric, (good: Buffer, key: KeyObject, input: string) => Readonly<Record<string, Buffer>>>
> = {
  ES256(good, key, input) {
    const [r, s] = [good.subarray(0, 32), good.subarray(32)];
    const of = (one: bigint, other: bigint) => Buffer.concat([bigEndian(one, 32), bigEndian(other, 32)]);
    return {
      'r = 0': of(0n, toNumber(s)),
      's = 0': of(toNumber(r), 0n),
      'r = s = 0': of(0n, 0n),
      'r = s = 1': of(1n, 1n),
      'r = n': of(N_P256, toNumber(s)),
      's = n': of(toNumber(r), N_P256),
      'r = 0, s = n': of(0n, N_P256),
      'r = s = n - 1': of(N_P256 - 1n, N_P256 - 1n),
      'r and s beyond n': Buffer.alloc(64, 0xff),
      'r and s exchanged': Buffer.concat([s, r]),
      '-r': of(N_P256 - toNumber(r), toNumber(s)),
      DER: sign('sha256', Buffer.from(input), key),
      'another hash': sign('sha512', Buffer.from(input), { key, dsaEncoding: 'ieee-p1363' }),
    };
  },
  EdDSA(good) {
    const [r, s] = [good.subarray(0, 32), good.subarray(32)];
    const scalar = toNumber(reversed(s));
    return {
      'S + L': Buffer.concat([r, littleEndian(scalar + L_ED25519)]),
      'S = L': Buffer.concat([r, littleEndian(L_ED25519)]),
      'S = 0 and R of small order': Buffer.concat([IDENTITY, Buffer.alloc(32)]),
      'R of small order': Buffer.concat([IDENTITY, s]),
      '-R': Buffer.concat([r.subarray(0, 31), Buffer.of(r.readUInt8(31) ^ 0x80), s]),
      'all zero': Buffer.alloc(64),
      'all one': Buffer.alloc(64, 0xff),
      'R and S exchanged': Buffer.concat([s, r]),
    };
  },
  RS256(good, key, input) {
    const { n = '' } = key.export({ format: 'jwk' });
    const modulus = toNumber(Buffer.from(n, 'base64url'));
    const padded = (padding: number, hash = 'sha256') => sign(hash, Buffer.from(input), { key, padding });
    return {
      '0': Buffer.alloc(256),
      '1': bigEndian(1n, 256),
      n: bigEndian(modulus, 256),
      'n - 1': bigEndian(modulus - 1n, 256),
      's + n': bigEndian(toNumber(good) + modulus, 257),
      PSS: padded(constants.RSA_PKCS1_PSS_PADDING),
      'SHA-1': padded(constants.RSA_PKCS1_PADDING, 'sha1'),
      'SHA-512': padded(constants.RSA_PKCS1_PADDING, 'sha512'),
    };
  },
};

describe.each(ASYMMETRIC)('a signature of %s', (algorithm) => {
  const key = newKey(algorithm);

  it('[ASVS 9.1.1] is refused in every wrong form, as jose refuses it', async () => {
    const signing = await read(jwkOf(key));
    const token = signJws(signing, TYPE, goodClaims());
    const { input, signature } = partsOf(token);
    const lengths = {
      'without its last byte': signature.subarray(0, -1),
      'with a byte more': Buffer.concat([signature, Buffer.alloc(1)]),
      'with a zero before it': Buffer.concat([Buffer.alloc(1), signature]),
      twice: Buffer.concat([signature, signature]),
      'of one byte': Buffer.alloc(1),
    };
    const all = Object.entries({ ...BAD[algorithm](signature, key, input), ...lengths });
    const joseTakes = (forged: string) =>
      compactVerify(forged, createPublicKey(key)).then(
        () => true,
        () => false,
      );

    expect([refusalOf(() => verifyJws(alone(signing), TYPE, token)), await joseTakes(token)]).toEqual([null, true]);
    for (const [name, bytes] of all) {
      const forged = `${input}.${bytes.toString('base64url')}`;
      const ours = refusalOf(() => verifyJws(alone(signing), TYPE, forged));
      expect([name, ours, await joseTakes(forged)]).toEqual([name, 'bad_signature', false]);
    }
  });

  it('[ASVS 9.2.3, 9.2.4, 10.3.1] of one resource opens no other, though both have the key', async () => {
    const { keys } = await readSigningKeys({ algorithm, keys: [jwkOf(key)] });
    const ring = new KeyRing([newSecret()], keys);
    const facts = factsOf();
    const [users, admins] = [userTokens(ring, testClock()), userTokens(ring, testClock(), 'my-app/admin')];

    expect(refusalOf(() => users.verify(users.issue(facts)))).toBeNull();
    expect(refusalOf(() => admins.verify(users.issue(facts)))).toBe('wrong_audience');
    expect(refusalOf(() => users.verify(admins.issue(facts)))).toBe('wrong_audience');
  });
});

function factsOf() {
  const { iat, exp } = goodClaims();
  const [issuedAt, expiresAt] = [new Date(Number(iat) * 1000), new Date(Number(exp) * 1000)];
  return { subject: 'user?id=1' as never, signInId: 'sign-in-1', tenant: null, issuedAt, expiresAt };
}

describe('[ASVS 9.1.2] [RFC 8725 §3.1, §3.2] an algorithm of the header', () => {
  const NAMES = [
    'HS256',
    'ES256',
    'EdDSA',
    'RS256',
    'Ed25519',
    'ES384',
    'RS384',
    'PS256',
    'HS512',
    'none',
    '',
    null,
    1,
  ];
  const kinds = ['HS256', ...ASYMMETRIC] as const;

  async function ringOf(
    kind: (typeof kinds)[number],
  ): Promise<{ keys: JwsKeys; own: KeyObject; signing: SigningKeys | null }> {
    const own = kind === 'HS256' ? createSecretKey(Buffer.alloc(32)) : newKey(kind);
    const { keys: signing } =
      kind === 'HS256' ? { keys: null } : await readSigningKeys({ algorithm: kind, keys: [jwkOf(own)] });
    return {
      keys: new KeyRing([newSecret()], signing).keysForSignIns(JSON.stringify(['user-token', AUDIENCE])),
      own,
      signing,
    };
  }

  it.each(kinds)('is refused unless it is that of the key: %s', async (kind) => {
    const { keys } = await ringOf(kind);
    const { signing } = keys;

    for (const alg of NAMES) {
      const input = `${base64url(JSON.stringify({ alg, typ: TYPE, kid: signing.kid }))}.${base64url('{"a":1}')}`;
      const token = `${input}.${signing.algorithm.sign(signing.key, input).toString('base64url')}`;
      const expected = alg === kind ? null : 'wrong_algorithm';
      expect([alg, refusalOf(() => verifyJws(keys, TYPE, token))]).toEqual([alg, expected]);
    }
  });

  it.each(ASYMMETRIC)('makes no secret of what is public: %s', async (kind) => {
    const { keys, own } = await ringOf(kind);
    const half = createPublicKey(own);
    const publicTexts = [
      half.export({ type: 'spki', format: 'pem' }),
      String(half.export({ type: 'spki', format: 'pem' })).trim(),
      half.export({ type: 'spki', format: 'der' }),
      JSON.stringify(half.export({ format: 'jwk' })),
      Buffer.from(String(half.export({ format: 'jwk' }).x ?? half.export({ format: 'jwk' }).n), 'base64url'),
      Buffer.alloc(32),
    ];

    for (const text of publicTexts) {
      for (const alg of ['HS256', kind]) {
        const input = `${base64url(JSON.stringify({ alg, typ: TYPE, kid: keys.signing.kid }))}.${base64url('{"a":1}')}`;
        const signature = hs256.sign(createSecretKey(Buffer.from(text)), input);
        const reason = refusalOf(() => verifyJws(keys, TYPE, `${input}.${signature.toString('base64url')}`));
        expect(reason).toBe(alg === 'HS256' ? 'wrong_algorithm' : 'bad_signature');
      }
    }
  });

  it('belongs to one key also where HS256 and key pairs stand side by side for a change', async () => {
    const own = newKey('ES256');
    const { keys: signing } = await readSigningKeys({ algorithm: 'ES256', keys: [jwkOf(own)], overlap: true });
    const keys = new KeyRing([newSecret()], signing).keysForSignIns('a');

    expect([...keys.byKid.values()].map(({ algorithm }) => algorithm.name)).toEqual(['ES256', 'HS256']);
    for (const named of keys.byKid.values()) {
      for (const by of keys.byKid.values()) {
        for (const alg of ['ES256', 'HS256']) {
          const input = `${base64url(JSON.stringify({ alg, typ: TYPE, kid: named.kid }))}.${base64url('{"a":1}')}`;
          const token = `${input}.${by.algorithm.sign(by.key, input).toString('base64url')}`;
          const isGood = named === by && alg === by.algorithm.name;
          expect(refusalOf(() => verifyJws(keys, TYPE, token)) === null).toBe(isGood);
        }
      }
    }
  });
});
