import { afterEach, expect, it } from '@jest/globals';
import { argon2id } from 'nest-auth-plug/hash-providers/argon2';
import { bcryptHashes } from 'nest-auth-plug/hash-providers/bcrypt';
import { betterAuthHashes } from 'nest-auth-plug/hash-providers/better-auth';
import { djangoHashes } from 'nest-auth-plug/hash-providers/django';
import { firebaseHash, firebaseHashes } from 'nest-auth-plug/hash-providers/firebase';
import { authTestApp, type AuthTestApp, type Platform } from 'nest-auth-plug/testing';
import { describeEachStore } from './each-store.js';
import { userResource } from '../users.js';

const firebase = firebaseHashes({
  signerKey: 'jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA==',
  saltSeparator: 'Bw==',
  rounds: 8,
  memoryCost: 14,
});

const HORSE = 'correct horse battery';
/** Each form with the password that it is of; where the vectors are from stands in test/hash-providers. */
const IMPORTED: readonly (readonly [string, string])[] = [
  [HORSE, '$2a$05$abcdefghijklmnopqrstuuD3mHdCr44zlIZ.VZCaYRpfQhXMYnEo.'],
  [
    HORSE,
    '00112233445566778899aabbccddeeff:267a33c2ae63f1c2d542f84d50b7d87c68900c8b9475f6a47ade71cf44b23482' +
      '2e0a34af1d226572b5caf52809319d4c486f3d209cc2fd022fb53bb4eaeb35b1',
  ],
  [HORSE, 'pbkdf2_sha256$1000$seasalt2Pn5v$OhFDGSxqh7V60TJFnnC6TFmh2DQOCGX2xPO58hFATnA='],
  [
    'user1password',
    firebaseHash({
      passwordHash: 'lSrfV15cpx95/sZS2W9c9Kp6i/LVgQNDNC/qzrCnh1SAyZvqmZqAjTdn3aoItz+VHjoZilo78198JAdRuid5lQ==',
      salt: '42xEC+ixf3L2lw==',
    }),
  ],
];

describeEachStore('an imported password', (store) => {
  let app: AuthTestApp;
  afterEach(() => app.close());

  it.each<Platform>(['express', 'fastify'])(
    '[ASVS 11.2.2] signs in and is hashed anew; a wrong one leaves the hash as it was, on %s',
    async (platform) => {
      const importedHashes = [bcryptHashes(), betterAuthHashes(), djangoHashes(), firebase];
      const { resource } = userResource({}, { hashProvider: argon2id(), importedHashes });
      app = await authTestApp({ platform, resources: [resource], dataLayer: await store.empty() });
      const hashOf = async (email: string) => (await app.data.findOne(resource.model, { email }))?.['passwordHash'];
      const signIn = async (email: string, password: string) => {
        const { status } = await app.client().post('/auth/user/password/sign-in', { json: { email, password } });
        await app.idle();
        return status;
      };

      for (const [index, [right, passwordHash]] of IMPORTED.entries()) {
        const email = `user${index}@example.com`;
        await app.data.insert(resource.model, { id: `u${index}`, email, name: null, passwordHash });

        expect([await signIn(email, `${right}x`), await hashOf(email)]).toEqual([401, passwordHash]);
        expect([await signIn(email, right), await hashOf(email)]).toEqual([
          200,
          expect.stringMatching(/^\$argon2id\$v=19\$m=32768,t=2,p=1\$/),
        ]);
        expect([await signIn(email, `${right}x`), await signIn(email, right)]).toEqual([401, 200]);
      }
    },
  );
});
