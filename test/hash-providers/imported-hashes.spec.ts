import { describe, expect, it } from '@jest/globals';
import { argon2id } from '../../lib/hash-providers/argon2/index.js';
import { bcrypt, bcryptHashes } from '../../lib/hash-providers/bcrypt/index.js';
import { betterAuthHashes } from '../../lib/hash-providers/better-auth/index.js';
import { deviseHashes } from '../../lib/hash-providers/devise/index.js';
import { djangoHashes } from '../../lib/hash-providers/django/index.js';
import { firebaseHash, firebaseHashes, type FirebaseOptions } from '../../lib/hash-providers/firebase/index.js';
import type { HashVerifier } from '../../lib/hash-providers/index.js';
import { scrypt } from '../../lib/hash-providers/scrypt/index.js';

const HORSE = 'correct horse battery';
const CAFE = 'caf\u00e9 au lait';
const PEPPER = '0f1e2d3c4b5a69788796a5b4c3d2e1f0'.repeat(4);

// The example of https://github.com/firebase/scrypt.
const PROJECT: FirebaseOptions = {
  signerKey: 'jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA==',
  saltSeparator: 'Bw==',
  rounds: 8,
  memoryCost: 14,
};
const FIREBASE_USER = {
  passwordHash: 'lSrfV15cpx95/sZS2W9c9Kp6i/LVgQNDNC/qzrCnh1SAyZvqmZqAjTdn3aoItz+VHjoZilo78198JAdRuid5lQ==',
  salt: '42xEC+ixf3L2lw==',
};

const BCRYPT = '$2b$05$abcdefghijklmnopqrstuuD3mHdCr44zlIZ.VZCaYRpfQhXMYnEo.';
const BETTER_AUTH =
  '00112233445566778899aabbccddeeff:267a33c2ae63f1c2d542f84d50b7d87c68900c8b9475f6a47ade71cf44b23482' +
  '2e0a34af1d226572b5caf52809319d4c486f3d209cc2fd022fb53bb4eaeb35b1';
const DJANGO = 'pbkdf2_sha256$1000$seasalt2Pn5v$OhFDGSxqh7V60TJFnnC6TFmh2DQOCGX2xPO58hFATnA=';
const FIREBASE = firebaseHash(FIREBASE_USER);

/** Bcrypt by libxcrypt, better-auth's and Django's by Python's hashlib. */
const vectors: readonly [string, HashVerifier, string, string][] = [
  ['bcrypt 2a', bcryptHashes(), HORSE, BCRYPT.replace('$2b$', '$2a$')],
  ['bcrypt 2b', bcryptHashes(), HORSE, BCRYPT],
  ['bcrypt 2y', bcryptHashes(), HORSE, BCRYPT.replace('$2b$', '$2y$')],
  ['bcrypt beyond ASCII', bcryptHashes(), CAFE, '$2b$05$abcdefghijklmnopqrstuusTJFCVMZBlQP1dwbtUrCxhcr59UYFQO'],
  [
    '72 bytes in bcrypt',
    bcryptHashes(),
    'x'.repeat(72),
    '$2b$05$abcdefghijklmnopqrstuujf8SX2ahXLwp9w/B.Y5XdysS6yR576q',
  ],
  ['better-auth', betterAuthHashes(), HORSE, BETTER_AUTH],
  [
    'better-auth in NFKC',
    betterAuthHashes(),
    '\ufb01ne \u2460 caf\u00e9',
    'ffeeddccbbaa99887766554433221100:de6a91e0933317be6001cfdf7bd73afd319ffcf241acdb1b607b20c06eb2476f' +
      'b6b492ee238bbb497235b1d2a5120fe6e3612d5df09b0ceb2448454aa202cb49',
  ],
  ['Django', djangoHashes(), HORSE, DJANGO],
  ['Django with SHA-1', djangoHashes(), HORSE, 'pbkdf2_sha1$1000$seasalt2Pn5v$Y9Hu9H9RJt9fVauzGw1ciC9NVyw='],
  [
    'Django beyond ASCII',
    djangoHashes(),
    CAFE,
    'pbkdf2_sha256$600000$mGzr4tqzkvwpx5l2Pn5v1R$CDz+7/dtOMokHtn3GLNfkQ9ZDol8+7X8MSu8xt8gJ+E=',
  ],
  ['Firebase', firebaseHashes(PROJECT), 'user1password', FIREBASE],
  ['Devise', deviseHashes({ pepper: PEPPER }), HORSE, '$2a$05$abcdefghijklmnopqrstuu8aUIh/p.cBg5sol.0u9hKstI2FAeyjy'],
  [
    'Devise with a short pepper',
    deviseHashes({ pepper: 'sea salt' }),
    HORSE,
    '$2a$05$abcdefghijklmnopqrstuuYjKHYjyJxjPPl4WDidFjNgvu0UpGjQ.',
  ],
  [
    'Devise where a pepper is cut within a character',
    deviseHashes({ pepper: '\u00e9abc' }),
    'x'.repeat(71),
    '$2a$05$abcdefghijklmnopqrstuusZHkwA51nwMp0X4BRE2tJ9nwPqtpEp6',
  ],
];

describe.each(vectors)('a hash of %s', (_what, verifier, password, hash) => {
  it('is recognised, and fits its password and no other', async () => {
    expect(verifier.recognises(hash)).toBe(true);
    expect(await verifier.verify(password, hash)).toBe(true);
    for (const other of [`${password} `, password.slice(0, -1), password.toUpperCase(), '']) {
      expect(await verifier.verify(other, hash)).toBe(false);
    }
  });

  it('[ASVS 11.2.2] fits no password where it is damaged, and that is no error', async () => {
    const damaged = [hash.slice(0, -2), `${hash}\n`, ` ${hash}`, hash.replace(/.{3}$/, '!!!'), '', ':', '$', '$$$$'];
    for (const one of damaged) {
      expect([one, verifier.recognises(one)]).toEqual([one, false]);
      expect(await verifier.verify(password, one)).toBe(false);
    }
  });
});

describe('the forms of hashes', () => {
  const providers: readonly HashVerifier[] = [
    argon2id(),
    scrypt(),
    bcrypt(),
    bcryptHashes(),
    betterAuthHashes(),
    djangoHashes(),
    firebaseHashes(PROJECT),
  ];

  it('have one reader each', async () => {
    const hashes = [
      '$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc',
      '$scrypt$ln=13,r=8,p=10$AAECAwQFBgcICQoLDA0ODw$laX34fkDOu0AXuhBburETJ1cU+zGEUZxA+VpBiZTSfU',
      '$bcrypt-sha256$v=2,t=2b,r=5$abcdefghijklmnopqrstuu$z8bJyh/gjvqFBrLJcII7viFTf.9b8FG',
      BCRYPT,
      BETTER_AUTH,
      DJANGO,
      FIREBASE,
    ];
    const readers = hashes.map((hash) => providers.filter((one) => one.recognises(hash)).map(({ name }) => name));

    expect(readers).toEqual(providers.map(({ name }) => [name]));
    expect(deviseHashes({ pepper: PEPPER }).name).toBe(bcryptHashes().name); // one form, so one of the two
  });

  it.each([
    ['bcrypt of a faulty algorithm', bcryptHashes(), BCRYPT.replace('$2b$', '$2x$')],
    ['bcrypt that takes days', bcryptHashes(), BCRYPT.replace('$05$', '$31$')],
    ['bcrypt that takes 16', bcryptHashes(), BCRYPT.replace('$05$', '$16$')],
    ['Devise that takes days', deviseHashes({ pepper: PEPPER }), BCRYPT.replace('$05$', '$31$')],
    ['Django that takes minutes', djangoHashes(), DJANGO.replace('$1000$', '$99999999$')],
    ['Django that takes nothing', djangoHashes(), DJANGO.replace('$1000$', '$0$')],
    ['Django with the key of the other digest', djangoHashes(), DJANGO.replace('sha256', 'sha1')],
    ['Django with an unusable password', djangoHashes(), '!vVqL3T9mGzr4tqzkvwpx5l2Pn5v1RmGzr4tqzkvw'],
    ['better-auth in capitals', betterAuthHashes(), BETTER_AUTH.toUpperCase()],
  ])('[ASVS 11.2.2] exclude %s: nothing is computed', async (_what, verifier, hash) => {
    expect(verifier.recognises(hash)).toBe(false);
    expect(await verifier.verify(HORSE, hash)).toBe(false);
  });
});

describe('a password of more than 72 bytes', () => {
  it('[ASVS 6.2.8] fits no hash of bare bcrypt, which would have read its first 72 alone', async () => {
    const hash = '$2b$05$abcdefghijklmnopqrstuujf8SX2ahXLwp9w/B.Y5XdysS6yR576q'; // of 72 times x, and of 80

    expect(await bcryptHashes().verify('x'.repeat(80), hash)).toBe(false);
    expect(await deviseHashes({ pepper: PEPPER }).verify('x'.repeat(73), hash)).toBe(false);
  });
});

describe('what a foreign hash needs from its app', () => {
  it.each([
    ['a pepper that is not set', deviseHashes({ pepper: undefined }), 'pepper'],
    ['an empty pepper', deviseHashes({ pepper: '' }), 'pepper'],
    ['a signer key that is not set', firebaseHashes({ ...PROJECT, signerKey: undefined }), 'signerKey'],
    ['a signer key that is cut', firebaseHashes({ ...PROJECT, signerKey: 'jxspr8Ki0RYycVU8' }), 'signerKey'],
  ])('is named at boot: %s', async (_what, verifier, name) => {
    const problems = (await verifier.check?.('here')) ?? [];

    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject({ where: 'here', wrong: expect.stringContaining(name) });
    expect(JSON.stringify(problems)).not.toContain('jxspr8Ki0RYycVU8');
  });

  it('is in order at boot, where it is there', async () => {
    expect(await deviseHashes({ pepper: PEPPER }).check?.('here')).toEqual([]);
    expect(await firebaseHashes(PROJECT).check?.('here')).toEqual([]);
    expect(await bcryptHashes().check?.('here')).toEqual([]);
  });

  it.each([{ rounds: 0 }, { rounds: 9 }, { memoryCost: 15 }, { memoryCost: Number.NaN }])(
    'of Firebase is refused at the call where Firebase has no such thing: %j',
    (options) => {
      expect(() => firebaseHashes({ ...PROJECT, ...options })).toThrow(RangeError);
    },
  );

  it('prints no secret', async () => {
    const { inspect } = await import('node:util');
    const printed = inspect([deviseHashes({ pepper: PEPPER }), firebaseHashes(PROJECT)], {
      depth: 9,
      showHidden: true,
    });

    expect(printed).not.toContain(PEPPER);
    expect(printed).not.toContain(String(PROJECT.signerKey));
  });

  it('takes the URL-safe base64 of a Firebase export as well', () => {
    const urlSafe = (text: string) => text.replaceAll('+', '-').replaceAll('/', '_');
    const { passwordHash, salt } = FIREBASE_USER;

    expect(firebaseHash({ passwordHash: urlSafe(passwordHash), salt: urlSafe(salt) })).toBe(FIREBASE);
  });
});
