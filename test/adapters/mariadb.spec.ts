import { afterAll, beforeAll, describe } from '@jest/globals';
import { sqlDataLayer } from 'nest-auth-plug/adapters/sql';
import { describeContract } from './contract.js';
import { describeTwoProcesses } from './process-contract.js';
import { mariadbAnswers, temporaryMariadb } from './temporary-mariadb.js';
import type { TemporaryMariadb } from './temporary-mariadb.js';

const answers = await mariadbAnswers();

(answers ? describe : describe.skip)('sqlDataLayer on MariaDB', () => {
  let mariadb: TemporaryMariadb;
  let shared: TemporaryMariadb;

  beforeAll(async () => {
    [mariadb, shared] = await Promise.all([temporaryMariadb(), temporaryMariadb()]);
  });
  afterAll(() => Promise.all([mariadb.drop(), shared.drop()]));

  describeContract(() => sqlDataLayer({ url: mariadb.url, migrate: true }));
  describeTwoProcesses(() => shared.url);
});
