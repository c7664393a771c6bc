import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { temporaryFolder } from '../../adapters/temporary-file.js';
import { mariadbAnswers, temporaryMariadb, type TemporaryMariadb } from '../../adapters/temporary-mariadb.js';
import { postgresAnswers, temporaryPostgres, type TemporaryPostgres } from '../../adapters/temporary-postgres.js';
import { TestProcess } from '../../adapters/two-processes.js';
import type { SignInTask } from './processes/sign-ins.process.js';

const SCRIPT = 'test/add-ons/log-out-everywhere/processes/sign-ins.process.ts';
const TIMEOUT_MS = 60_000;

function describeProcesses(newUrl: () => Promise<string>): void {
  const processes: TestProcess[] = [];
  let people = 0;

  beforeAll(async () => {
    const url = await newUrl();
    for (let count = 0; count < 2; count += 1) {
      const started = await TestProcess.start(SCRIPT);
      processes.push(started);
      await started.ask({ does: 'open', url } satisfies SignInTask);
    }
  }, TIMEOUT_MS);
  afterAll(() => Promise.all(processes.map((one) => one.stop())));

  const ask = (index: number, task: SignInTask): Promise<unknown> => {
    const process = processes[index];
    if (process === undefined) throw new Error('Expected two processes');
    return process.ask(task);
  };
  /** What each process says of each token. */
  const letIn = async (tokens: readonly unknown[]) => {
    const said: unknown[] = [];
    for (const index of [0, 1]) {
      for (const token of tokens) said.push(await ask(index, { does: 'let-in', token: String(token) }));
    }
    return said;
  };
  /** One person, signed in through both, and known to both. */
  const someone = async () => {
    const email = `person${(people += 1)}@example.com`;
    const tokens = [await ask(0, { does: 'register', email }), await ask(1, { does: 'sign-in', email })];
    expect(await letIn(tokens)).toEqual([true, true, true, true]);
    return tokens;
  };

  it(
    'are out with the next request, whichever process answers it',
    async () => {
      const tokens = await someone();

      await ask(0, { does: 'log-out-everywhere', token: String(tokens[0]), keepThisBrowser: false });

      expect(await letIn(tokens)).toEqual([false, false, false, false]);
    },
    TIMEOUT_MS,
  );

  it(
    'are out but for the one that is kept, whose old token is dead in both',
    async () => {
      const tokens = await someone();

      const kept = await ask(0, { does: 'log-out-everywhere', token: String(tokens[0]), keepThisBrowser: true });

      expect(await letIn([...tokens, kept])).toEqual([false, false, true, false, false, true]);
    },
    TIMEOUT_MS,
  );
}

describe('[ASVS 7.4.1] sign-ins of one person in two processes on a libsql file', () => {
  const folder = temporaryFolder();
  describeProcesses(() => Promise.resolve(`file:${join(folder, 'sign-ins.db')}`));
});

((await postgresAnswers()) ? describe : describe.skip)(
  '[ASVS 7.4.1] sign-ins of one person in two processes on PostgreSQL',
  () => {
    let database: TemporaryPostgres;
    afterAll(() => database.drop());
    describeProcesses(async () => {
      database = await temporaryPostgres();
      return database.url;
    });
  },
);

((await mariadbAnswers()) ? describe : describe.skip)(
  '[ASVS 7.4.1] sign-ins of one person in two processes on MariaDB',
  () => {
    let database: TemporaryMariadb;
    afterAll(() => database.drop());
    describeProcesses(async () => {
      database = await temporaryMariadb();
      return database.url;
    });
  },
);
