import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sqlDataLayer } from 'nest-auth-plug/adapters/sql';
import { temporaryFolder } from '../adapters/temporary-file.js';
import { postgresAnswers, temporaryPostgres, type TemporaryPostgres } from '../adapters/temporary-postgres.js';
import { inTwoProcesses } from '../adapters/two-processes.js';
import { bareCore } from './processes/bare-core.js';
import type { Guessed, GuessTask } from './processes/guess.process.js';

const SCRIPT = 'test/activities/processes/guess.process.ts';
const ADA = 'ada@example.com';
const TIMEOUT_MS = 60_000;
/** What there are at most, by default, in 15 minutes. */
const GUESSES_PER_ACCOUNT = 10;
const GUESSES_PER_ADDRESS = 100;
const MESSAGES_PER_ACCOUNT = 3;

/** The database is empty when the tests begin; each has accounts of its own, so that none uses up what another counts. */
function describeLimits(newUrl: () => Promise<string>): void {
  let url: string;

  beforeAll(async () => {
    url = await newUrl();
    const core = await bareCore(sqlDataLayer({ url, migrate: true }));
    const typed = { password: 'plum tree on the hill', passwordConfirmation: 'plum tree on the hill' };
    expect(await core.perform('register', { email: ADA, ...typed }, '192.0.2.9')).toBeNull();
    await core.close();
  }, TIMEOUT_MS);

  /** 200 tries, half of them from each process. */
  const tries = async (phase: GuessTask['phase'], email: string, address: string) => {
    const task: GuessTask = { url, phase, times: 100, email, address };
    const [left, right] = (await inTwoProcesses(SCRIPT, task)) as unknown as readonly [Guessed, Guessed]; // the script's
    const codes = [...left.codes, ...right.codes];
    return {
      verified: left.verified + right.verified,
      sent: left.sent + right.sent,
      limited: codes.filter((code) => code === 'ERR_LIMIT_EXCEEDED').length,
      failed: codes.filter((code) => code === 'ERR_AUTHENTICATION_FAILED').length,
    };
  };

  it.each([
    ['an account', ADA, '192.0.2.1'],
    ['an account that does not exist', 'nobody@example.com', '192.0.2.2'],
  ])(
    'at %s exceed its limit by not a single one',
    async (_, email, address) => {
      expect(await tries('sign-in', email, address)).toEqual({
        verified: GUESSES_PER_ACCOUNT,
        sent: 0,
        limited: 200 - GUESSES_PER_ACCOUNT,
        failed: GUESSES_PER_ACCOUNT,
      });
    },
    TIMEOUT_MS,
  );

  it(
    'to have a link sent send no message more than there may be',
    async () => {
      expect(await tries('reset-request', ADA, '192.0.2.3')).toMatchObject({
        sent: MESSAGES_PER_ACCOUNT,
        limited: 200 - MESSAGES_PER_ACCOUNT,
      });
    },
    TIMEOUT_MS,
  );
}

describe('[ASVS 2.3.4] [ASVS 15.4.2] 200 parallel guesses from two processes on a libsql file', () => {
  const folder = temporaryFolder();
  describeLimits(() => Promise.resolve(`file:${join(folder, 'limits.db')}`));
});

const answers = await postgresAnswers();
(answers ? describe : describe.skip)(
  '[ASVS 2.3.4] [ASVS 15.4.2] 200 parallel guesses from two processes on PostgreSQL',
  () => {
    let database: TemporaryPostgres;
    afterAll(() => database.drop());
    describeLimits(async () => {
      database = await temporaryPostgres();
      return database.url;
    });
  },
);

describe('[ASVS 2.3.4] 200 parallel guesses from two processes at 200 accounts', () => {
  const folder = temporaryFolder();

  it(
    'exceed the limit of their address by not a single one',
    async () => {
      const url = `file:${join(folder, 'address.db')}`;
      const task: GuessTask = { url, phase: 'sign-in', times: 100, email: null, address: '192.0.2.4' };
      const [left, right] = (await inTwoProcesses(SCRIPT, task)) as unknown as readonly [Guessed, Guessed]; // the script's

      expect(left.verified + right.verified).toBe(GUESSES_PER_ADDRESS);
    },
    TIMEOUT_MS,
  );
});
