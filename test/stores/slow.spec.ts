import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import Driver from 'libsql';
import { sqlDataLayer } from 'nest-auth-plug/adapters/sql';
import type { AuthTestApp, ClientAnswer, Platform } from 'nest-auth-plug/testing';
import { temporaryFolder } from '../adapters/temporary-file.js';
import { postgresAnswers, temporaryPostgres, type TemporaryPostgres } from '../adapters/temporary-postgres.js';
import { PASSWORD } from '../users.js';
import { ADA, isIn, opens, register, signIn, signInRows, tokenIn, visit } from '../security/visit.js';

/** Long enough for a call that is not held up, on a busy machine. */
const TIMEOUT_MS = 1000;
const AUTH = '/auth/user';

/** Holds the store up, and lets it go. */
type Hold = () => Promise<() => Promise<void>>;

/** What every store promises while somebody else holds it for longer than a call may take. */
async function slowVisit(platform: Platform, url: string, hold: Hold, reads: boolean): Promise<AuthTestApp> {
  const dataLayer = sqlDataLayer({ url, migrate: true, timeoutMs: TIMEOUT_MS });
  const { app, users, outbox } = await visit(platform, { app: { dataLayer } });
  const browser = app.client();
  const token = tokenIn(await register(browser));
  await app.client().post(`${AUTH}/password/reset-request`, { json: { email: ADA } });
  await app.idle();
  const resetToken = outbox.last(ADA).link?.searchParams.get('token');
  const fresh = { password: 'pear tree in the valley', passwordConfirmation: 'pear tree in the valley' };
  const before = await signInRows(app);
  const change = { currentPassword: PASSWORD, ...fresh };
  const writes: Readonly<Record<string, () => Promise<ClientAnswer>>> = {
    signIn: () => signIn(app.client()),
    register: () => register(app.client(), 'bea@example.com'),
    reset: () => app.client().post(`${AUTH}/password/reset`, { json: { resetToken, ...fresh } }),
    change: () => browser.post(`${AUTH}/password/change`, { json: change }),
    signOut: () => browser.post(`${AUTH}/session/sign-out`, { json: {} }),
  };

  const release = await hold();
  for (const [name, write] of Object.entries(writes)) {
    const { status, headers, setCookies } = await write();
    expect([name, status, headers.get('retry-after'), setCookies]).toEqual([name, 503, '5', []]);
  }
  expect(await browser.get('/home')).toMatchObject({ status: reads ? 200 : 503, setCookies: [] });
  await release();

  expect(await signInRows(app)).toEqual(before);
  expect(await app.data.findOne(users.model, { email: 'bea@example.com' })).toBeNull();
  expect([await isIn(browser), await opens(app, token)]).toEqual([true, true]);
  expect(await writes['change']?.()).toMatchObject({ status: 200 });
  expect(await writes['signOut']?.()).toMatchObject({ status: 200 });
  expect(await writes['reset']?.()).toMatchObject({ status: 422 }); // void by the change, and not by the time-out
  expect(await writes['register']?.()).toMatchObject({ status: 200 });
  return app;
}

describe('a store that is slow and does not fail: libsql, with a writer that does not end,', () => {
  const folder = temporaryFolder();
  let app: AuthTestApp;
  afterEach(() => app.close());

  it.each<Platform>(['express', 'fastify'])(
    '[ASVS 16.5.3] is answered with 503 in time, and nothing is half done, on %s',
    async (platform) => {
      const file = `${folder}/${platform}.db`;
      app = await slowVisit(platform, `file:${file}`, hold(file), true);
    },
    60_000,
  );

  function hold(file: string): Hold {
    return () => {
      const foreign = new Driver(file);
      foreign.exec('begin immediate');
      return Promise.resolve(() => {
        foreign.exec('rollback');
        foreign.close();
        return Promise.resolve();
      });
    };
  }
});

((await postgresAnswers()) ? describe : describe.skip)(
  'a store that is slow and does not fail: PostgreSQL, with locked tables,',
  () => {
    let app: AuthTestApp;
    const databases: TemporaryPostgres[] = [];
    afterEach(() => app.close());
    afterAll(() => Promise.all(databases.map((database) => database.drop())));

    it.each<Platform>(['express', 'fastify'])(
      '[ASVS 16.5.3] is answered with 503 in time, and nothing is half done, on %s',
      async (platform) => {
        const postgres = await temporaryPostgres();
        databases.push(postgres);
        app = await slowVisit(platform, postgres.url, hold(postgres), false);
      },
      60_000,
    );

    function hold(postgres: TemporaryPostgres): Hold {
      return async () => {
        const foreign = await postgres.session();
        await foreign.query('begin; lock table sign_ins, subjects, limits');
        return async () => {
          await foreign.query('rollback');
          await foreign.end();
        };
      };
    }
  },
);
