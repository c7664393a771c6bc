// better-auth with @thallesp/nestjs-better-auth as its README sets it up, on SQLite; with and without the cookie cache.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AuthModule, Session } from '@thallesp/nestjs-better-auth';
import { betterAuth } from 'better-auth';
import { getMigrations } from 'better-auth/db/migration';
import Database from 'better-sqlite3';
import { SECRET_TEXT } from '../jws.mjs';
import { meController, nestApp } from '../nest.mjs';
import { cookiesIn } from '../seed.mjs';

/** Its sign-ins are not measured here, so their hash need not take its time. */
const noHash = { hash: async (password) => password, verify: async ({ hash, password }) => hash === password };

export async function start({ platform, users, cookieCache = false }) {
  const folder = await mkdtemp(join(tmpdir(), 'nest-auth-plug-bench-'));
  const database = new Database(join(folder, 'bench.db'));
  database.pragma('journal_mode = WAL');
  const auth = betterAuth({
    database,
    secret: SECRET_TEXT,
    baseURL: 'http://localhost:3000',
    emailAndPassword: { enabled: true, password: noHash },
    session: { cookieCache: { enabled: cookieCache, maxAge: 3600 } },
    telemetry: { enabled: false },
  });
  const { runMigrations } = await getMigrations(auth.options);
  await runMigrations();
  const imports = [AuthModule.forRoot({ auth })];
  const controllers = [meController({ parameter: Session(), answer: ({ user }) => ({ id: user.id }) })];
  const running = await nestApp({ platform, imports, controllers, options: { bodyParser: false } });
  return {
    port: running.port,
    seed: () => Promise.all(Array.from({ length: users }, (_, index) => signUp(auth, index))),
    async close() {
      await running.close();
      database.close();
      await rm(folder, { recursive: true });
    },
  };
}

async function signUp(auth, index) {
  const body = { email: `user-${index}@example.com`, name: `User ${index}`, password: 'plum tree on the hill' };
  return { cookie: cookiesIn(await auth.api.signUpEmail({ body, asResponse: true })) };
}
