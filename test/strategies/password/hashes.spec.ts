import { describe, expect, it } from '@jest/globals';
import { ConfigurationInvalid, type AddOn, type AuthEvent } from 'nest-auth-plug';
import { argon2id } from 'nest-auth-plug/hash-providers/argon2';
import { bcryptHashes } from 'nest-auth-plug/hash-providers/bcrypt';
import { deviseHashes } from 'nest-auth-plug/hash-providers/devise';
import { peppered } from 'nest-auth-plug/hash-providers/pepper';
import type { PasswordOptions } from 'nest-auth-plug/strategies/password';
import { authTestApp, type Platform } from 'nest-auth-plug/testing';
import { userResource, type User } from '../../users.js';
import { RIGHT } from './setup.js';

/** The problems that a boot stops with. */
async function problemsOf(options: Partial<PasswordOptions<User>>) {
  const booting = authTestApp({ resources: [userResource({}, options).resource] });
  const error: unknown = await booting.then(
    (app) => app.close(),
    (thrown: unknown) => thrown,
  );
  return error instanceof ConfigurationInvalid ? error.problems : [];
}

describe('a stored hash that cannot be read', () => {
  const damaged = [
    '$argon2id$v=19$m=32768,t=2,p=1$c29tZXNhbHQ',
    '$scrypt$ln=60,r=8,p=1$AAECAwQFBgcICQoLDA0ODw$laX34fkDOu0AXuhBburETJ1cU+zGEUZxA+VpBiZTSfU',
    '$2b$31$abcdefghijklmnopqrstuuD3mHdCr44zlIZ.VZCaYRpfQhXMYnEo.',
    '$2b$05$cut',
    'plain text',
  ];

  it.each<Platform>(['express', 'fastify'])(
    '[ASVS 11.2.2] refuses as a wrong password does, with one event that says why and quotes nothing, on %s',
    async (platform) => {
      const events: AuthEvent[] = [];
      const watch: AddOn<User> = { name: 'watch', phases: [], observe: (event) => void events.push(event) };
      const { resource } = userResource({ addOns: [watch] }, { importedHashes: [bcryptHashes()] });
      const app = await authTestApp({ platform, resources: [resource] });

      for (const [index, passwordHash] of damaged.entries()) {
        const email = `user${index}@example.com`;
        await app.data.insert(resource.model, { id: `u${index}`, email, name: null, passwordHash });
        const answer = await app.client().post('/auth/user/password/sign-in', { json: { email, password: RIGHT } });
        await app.idle();

        expect(answer).toMatchObject({ status: 401, body: { code: 'ERR_AUTHENTICATION_FAILED' }, setCookies: [] });
        expect(await app.data.findOne(resource.model, { email })).toMatchObject({ passwordHash });
      }

      expect(events.map(({ facts }) => facts['reason'])).toEqual(damaged.map(() => 'unreadable_hash'));
      for (const hash of damaged) expect(JSON.stringify([events, app.logged])).not.toContain(hash);
      await app.close();
    },
  );
});

describe('a pepper', () => {
  const [older, newer] = ['k5RrJ0vQ2mYb8XwZs1nTfUeLhGdCaPoI7V9iBxEyNqM', 'Zp3uWq8tLx2vRb6nKd9sYf4hJm7cGa1eTo5iBw0XyEk'];

  it.each<Platform>(['express', 'fastify'])(
    '[NIST 3.1.1.2] is exchanged without a reset, and once its key is gone nobody gets in by it, on %s',
    async (platform) => {
      const before = peppered(argon2id(), { keys: [older] });
      await before.check?.('before');
      const hashes = [await before.hash(RIGHT), await argon2id().hash(RIGHT)];
      const visit = async (keys: readonly string[]) => {
        const events: AuthEvent[] = [];
        const watch: AddOn<User> = { name: 'watch', phases: [], observe: (event) => void events.push(event) };
        const { resource } = userResource({ addOns: [watch] }, { hashProvider: peppered(argon2id(), { keys }) });
        const app = await authTestApp({ platform, resources: [resource] });
        const after = [];
        for (const [index, passwordHash] of hashes.entries()) {
          const email = `user${index}@example.com`;
          await app.data.insert(resource.model, { id: `u${index}`, email, name: null, passwordHash });
          const { status } = await app
            .client()
            .post('/auth/user/password/sign-in', { json: { email, password: RIGHT } });
          await app.idle();
          after.push([status, (await app.data.findOne(resource.model, { email }))?.['passwordHash']]);
        }
        await app.close();
        return { after, reasons: events.map(({ facts }) => facts['reason']) };
      };

      const ring = await visit([newer, older]);
      const gone = await visit([newer]);

      const anew = expect.stringMatching(/^\$pepper\$v=[\w-]{12}\$argon2id\$/);
      expect(ring.after).toEqual(hashes.map(() => [200, anew]));
      expect(ring.after.map(([, hash]) => String(hash).slice(0, 22))).not.toContain(hashes[0]?.slice(0, 22));
      expect(gone).toEqual({
        after: [
          [401, hashes[0]],
          [200, anew],
        ],
        reasons: ['unreadable_hash', undefined],
      });
    },
  );
});

describe('at boot, the hashes of passwords', () => {
  it('[ASVS 11.2.2] that two providers would read are a problem', async () => {
    expect(await problemsOf({ importedHashes: [bcryptHashes(), deviseHashes({ pepper: 'sea salt' })] })).toEqual([
      {
        where: 'resources.user.strategies.password.importedHashes',
        wrong: 'two of the strategy\'s providers read hashes of the form "bcrypt"',
        cure: 'leave one out: a hash has one reader',
      },
    ]);
  });

  it('name what their providers miss', async () => {
    expect(await problemsOf({ importedHashes: [deviseHashes({ pepper: undefined })] })).toMatchObject([
      { where: 'resources.user.strategies.password.importedHashes', wrong: expect.stringContaining('pepper') },
    ]);
    expect(await problemsOf({ hashProvider: peppered(argon2id(), { keys: ['short'] }) })).toMatchObject([
      { where: 'resources.user.strategies.password.hashProvider.keys[0]', wrong: expect.stringContaining('shorter') },
      { wrong: expect.stringContaining('variety') },
    ]);
    expect(await problemsOf({ importedHashes: [bcryptHashes()] })).toEqual([]);
  });
});
