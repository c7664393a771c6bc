import { afterAll, beforeAll, describe } from '@jest/globals';
import { sqlDataLayer } from 'nest-auth-plug/adapters/sql';
import { describeContract } from './contract.js';
import { postgresAnswers, temporaryPostgres } from './temporary-postgres.js';
import type { TemporaryPostgres } from './temporary-postgres.js';

const answers = await postgresAnswers();

(answers ? describe : describe.skip)('sqlDataLayer on PostgreSQL', () => {
  let postgres: TemporaryPostgres;

  beforeAll(async () => {
    postgres = await temporaryPostgres();
  });
  afterAll(() => postgres.drop());

  describeContract(() => sqlDataLayer({ url: postgres.url, migrate: true }));
});
