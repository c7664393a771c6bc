import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { calculateJwkThumbprint, exportJWK, exportPKCS8, exportSPKI, generateKeyPair } from 'jose';
import { readSigningKeys, type SigningKeyTexts } from '../../lib/tokens/index.js';
import { ASYMMETRIC, faultsOf, jwkOf, newJwk, newKey, publicOf } from './signing-kit.js';

const pem = (key: ReturnType<typeof newKey>) => String(key.export({ type: 'pkcs8', format: 'pem' }));
const es256 = newJwk('ES256');
const small = jwkOf(newKey('RS256', 1024));
const rsa = newJwk('RS256');

describe.each(ASYMMETRIC)('a key for %s', (algorithm) => {
  it('[ASVS 11.6.1] is read from a JWK, its JSON and PEM alike, and named by its thumbprint', async () => {
    const { privateKey } = await generateKeyPair(algorithm, { extractable: true });
    const jwk = await exportJWK(privateKey);
    const forms: SigningKeyTexts = [{ ...jwk }, JSON.stringify(jwk), await exportPKCS8(privateKey)];

    for (const form of forms) {
      const { keys, problems } = await readSigningKeys({ algorithm, keys: [form] });
      expect(problems).toEqual([]);
      expect(keys?.keys.map(({ kid }) => kid)).toEqual([await calculateJwkThumbprint(jwk)]);
      expect(keys?.derivedKeys).toBe('unused');
    }
  });

  it('[PRJ 6] has a public part with no private member', async () => {
    const jwk = newJwk(algorithm);
    const { keys } = await readSigningKeys({ algorithm, keys: [jwk] });

    const [{ jwk: published, kid } = { jwk: {}, kid: '' }] = keys?.keys ?? [];
    expect(published).toEqual({ ...publicOf(jwk), kid, alg: algorithm, use: 'sig' });
    for (const member of ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k']) expect(published).not.toHaveProperty(member);
  });

  it('may be public alone where it is an older one', async () => {
    const [newest, older] = [newJwk(algorithm), newKey(algorithm)];
    const { publicKey } = await generateKeyPair(algorithm, { extractable: true });

    expect(await faultsOf([newest, publicOf(jwkOf(older)), await exportSPKI(publicKey)], { algorithm })).toEqual([]);
    expect(await faultsOf([publicOf(newest), jwkOf(older)], { algorithm })).toEqual([
      'signing.keys[0] has no private part',
    ]);
  });

  it('is told from a key of another algorithm', async () => {
    const others = ASYMMETRIC.filter((name) => name !== algorithm);
    for (const name of others) {
      expect(await faultsOf([newJwk(name)], { algorithm })).toEqual([`signing.keys[0] is a key for ${name}`]);
      expect(await faultsOf([newJwk(algorithm), newJwk(name)], { algorithm })).toEqual([]);
    }
  });

  it('says nothing else of itself than that it is for this', async () => {
    const jwk = newJwk(algorithm);
    const good = [
      { alg: algorithm },
      { use: 'sig' },
      { key_ops: ['sign'] },
      { key_ops: ['sign', 'verify'] },
      { kid: 'a' },
    ];
    const bad = [
      { alg: 'PS256' },
      { alg: 'none' },
      { alg: 1 },
      { use: 'enc' },
      { use: '' },
      { key_ops: [] },
      { key_ops: 'sign' },
      { key_ops: ['verify'] },
      { key_ops: ['sign', 'encrypt'] },
    ];

    for (const more of good) expect([more, await faultsOf([{ ...jwk, ...more }], { algorithm })]).toEqual([more, []]);
    for (const more of bad) {
      expect([more, await faultsOf([{ ...jwk, ...more }], { algorithm })]).toEqual([
        more,
        [expect.stringMatching(/^signing\.keys\[0\] says in `(alg|use|key_ops)` that it is not for/)],
      ]);
    }
  });

  it('[ASVS 11.6.1] is refused with the public part of another one, and when it is there twice', async () => {
    const [one, other] = [newJwk(algorithm), newJwk(algorithm)];

    expect(await faultsOf([{ ...one, ...publicOf(other) }], { algorithm })).toEqual([
      expect.stringMatching(/^signing\.keys\[0\] (has parts that do not belong together|cannot be read as a key)$/),
    ]);
    expect(await faultsOf([one, publicOf(one)], { algorithm })).toEqual([
      'signing.keys[1] is the same key as signing.keys[0]',
    ]);
    expect(
      await faultsOf(
        [
          { ...one, kid: 'a' },
          { ...other, kid: 'a' },
        ],
        { algorithm },
      ),
    ).toEqual(['signing.keys[1] has the `kid` of signing.keys[0]']);
  });
});

/** Points of order 1, 2, 4 and 8, and two of them beyond the prime. */
const lowOrder = [
  `01${'00'.repeat(31)}`,
  `01${'00'.repeat(30)}80`,
  `ec${'ff'.repeat(30)}7f`,
  '00'.repeat(32),
  `${'00'.repeat(31)}80`,
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85',
  `ee${'ff'.repeat(30)}7f`,
].map((hex) => ({ kty: 'OKP', crv: 'Ed25519', x: Buffer.from(hex, 'hex').toString('base64url') }));

/** n is 65537 to some power modulo each small prime, as CVE-2017-15361 makes it: here plainly 65537 to the 128th power. */
const factorable = {
  kty: 'RSA',
  n: Buffer.from((65_537n ** 128n).toString(16).padStart(514, '0'), 'hex').toString('base64url'),
  e: 'AQAB',
};

describe('[RFC 8725 §3.5] keys that nobody can sign with safely', () => {
  it.each<[string, SigningKeyTexts, string]>([
    ['none', [], 'signing.keys there is no key'],
    ['a missing one', [undefined], 'signing.keys[0] is missing or empty'],
    ['a missing newest one', [undefined, es256], 'signing.keys[0] is missing or empty'],
    ['an empty text', [' \n'], 'signing.keys[0] is missing or empty'],
    ['a symmetric one', [es256, { kty: 'oct', k: 'AA' }], 'signing.keys[1] is symmetric'],
    ['a text', ['a text that is no key'], 'signing.keys[0] is neither a JWK nor a key in PEM form'],
    [
      'broken PEM',
      ['-----BEGIN PRIVATE KEY-----\nAA\n-----END PRIVATE KEY-----'],
      'signing.keys[0] cannot be read as a key',
    ],
    ['no JWK', [{}], 'signing.keys[0] cannot be read as a key'],
    [
      'a point off the curve',
      [es256, { ...publicOf(es256), x: es256['y'] }],
      'signing.keys[1] cannot be read as a key',
    ],
    ['RSA of 1,024 bits', [es256, small], 'signing.keys[1] has 1024 bits, and RSA needs 2048'],
    ['RSA with the exponent 1', [es256, { ...publicOf(rsa), e: 'AQ' }], 'signing.keys[1] has a weak public exponent'],
    ['RSA with the exponent 3', [es256, { ...publicOf(rsa), e: 'Aw' }], 'signing.keys[1] has a weak public exponent'],
    [
      'RSA with an even exponent',
      [es256, { ...publicOf(rsa), e: 'AQAC' }],
      'signing.keys[1] has a weak public exponent',
    ],
    ['RSA that can be factored', [es256, factorable], 'signing.keys[1] can be factored (CVE-2017-15361)'],
    ...lowOrder.map((point): [string, SigningKeyTexts, string] => [
      `Ed25519 of small order ${point.x}`,
      [es256, point],
      'signing.keys[1] is a point of small order: everybody can sign for it',
    ]),
  ])('are refused: %s', async (_name, keys, fault) => {
    const faults = await faultsOf(keys);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toContain(fault);
  });

  it.each([
    ['P-384', () => generateKeyPairSync('ec', { namedCurve: 'P-384' })],
    ['secp256k1', () => generateKeyPairSync('ec', { namedCurve: 'secp256k1' })],
    ['Ed448', () => generateKeyPairSync('ed448')],
    ['X25519', () => generateKeyPairSync('x25519')],
    ['RSA-PSS', () => generateKeyPairSync('rsa-pss', { modulusLength: 2048 })],
  ])('are refused on another curve or of another kind: %s', async (_name, pair) => {
    expect(await faultsOf([pem(pair().privateKey)])).toEqual(['signing.keys[0] is of no kind that signs here']);
  });

  it('are refused when they are encrypted', async () => {
    const key = newKey('ES256');
    const encrypted = key.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' });

    expect(await faultsOf([String(encrypted)])).toEqual(['signing.keys[0] is encrypted']);
  });

  it('are refused beside HS256, unless for an overlap', async () => {
    expect(await faultsOf([es256], { algorithm: 'HS256' })).toEqual([
      'signing.keys is there, and HS256 signs by `secrets` alone',
    ]);
    expect(await faultsOf([publicOf(es256)], { algorithm: 'HS256', overlap: true })).toEqual([]);
    expect(await faultsOf([], { algorithm: 'HS256', overlap: true })).toEqual(['signing.keys there is no key']);
  });

  it.each<[string, unknown]>([
    ['a text', 'text'],
    ['a key', es256],
    ['null', [null]],
    ['numbers', [1]],
  ])('are refused where there is no list of them but %s', async (_name, keys) => {
    // @ts-expect-error whoever writes JavaScript is told at boot
    expect(await faultsOf(keys)).toEqual(['signing.keys is not a list of keys']);
  });

  it('[PRJ 14] are told by place, and never quoted', async () => {
    const { d, n, p, ...rest } = newJwk('RS256');
    const jwk = { ...rest, d, n, p, use: 'enc', kid: 'my-name' };
    const { problems } = await readSigningKeys({
      algorithm: 'ES256',
      keys: [jwk, jwk, pem(newKey('EdDSA')).slice(0, 80)],
    });
    const told = JSON.stringify(problems);

    expect(problems.length).toBeGreaterThan(2);
    for (const { cure } of problems) expect(cure).not.toBe('');
    for (const value of [d, n, p, 'my-name', 'MC4CAQ']) expect(told).not.toContain(value);
  });
});
