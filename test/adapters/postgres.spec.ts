import { afterAll, beforeAll, describe } from '@jest/globals';
import { sqlDataLayer } from 'nest-auth-plug/adapters/sql';
import { describeContract } from './contract.js';
import { describeTwoProcesses } from './process-contract.js';
import { postgresAnswers, temporaryPostgres } from './temporary-postgres.js';
import type { TemporaryPostgres } from './temporary-postgres.js';

const answers = await postgresAnswers();

(answers ? describe : describe.skip)('sqlDataLayer on PostgreSQL', () => {
  let postgres: TemporaryPostgres;
  let shared: TemporaryPostgres;

  beforeAll(async () => {
    [postgres, shared] = await Promise.all([temporaryPostgres(), temporaryPostgres()]);
  });
  afterAll(() => Promise.all([postgres.drop(), shared.drop()]));

  describeContract(() => sqlDataLayer({ url: postgres.url, migrate: true }));
  describeTwoProcesses(() => shared.url);
});
