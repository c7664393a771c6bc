import { describe } from '@jest/globals';
import { sqlDataLayer } from 'nest-auth-plug/adapters/sql';
import { describeContract } from './contract.js';
import { describeTwoProcesses } from './process-contract.js';
import { temporaryFolder } from './temporary-file.js';

describe('sqlDataLayer on libsql', () => {
  const folder = temporaryFolder();

  describeContract(() => sqlDataLayer({ url: `file:${folder}/contract.db`, migrate: true }));
  describeTwoProcesses(() => `file:${folder}/processes.db`);
});
