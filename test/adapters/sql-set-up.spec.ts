import { mkdirSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { jest, describe, expect, it } from '@jest/globals';
import { ddlFor, sqlDataLayer } from 'nest-auth-plug/adapters/sql';
import type { Model } from '../../lib/resources/index.js';
import { dataLayerContractModels } from '../../lib/testing/contracts/data-layer-models.js';
import { temporaryFolder } from './temporary-file.js';

const folder = temporaryFolder();

describe('sqlDataLayer, before anything is open', () => {
  it('refuses a URL of an unknown database without printing it', () => {
    const call = () => sqlDataLayer({ url: 'mongodb://ada:hunter2@localhost/auth' });

    expect(call).toThrow(/begin it with one of file:, postgres:, postgresql:, mariadb:, mysql:/);
    expect(call).not.toThrow(/hunter2/);
  });

  it.each([{ timeoutMs: 0 }, { timeoutMs: Number.NaN }, { maxConnections: 0 }, { maxConnections: 1.5 }])(
    'refuses %j at the call',
    (options) => {
      expect(() => sqlDataLayer({ url: 'file:a.db', ...options })).toThrow(RangeError);
    },
  );

  it.each([
    ['in no folder', () => `file:${folder}/missing/a.db`, 'cannot be opened for writing'],
    ['that is a folder', () => `file:${folder}`, 'cannot be opened for writing'],
    ['of no name', () => 'file:', 'without a usable path'],
    ['in memory', () => 'file::memory:', 'without a usable path'],
    ['on another host', () => 'file://host/a.db', 'without a usable path'],
    ['that cannot be parsed', () => 'postgres://ada:hunter2@:x/y', 'cannot be parsed'],
    ['of a server that is not there', () => 'postgres://ada:hunter2@127.0.0.1:1/auth', 'start the server'],
    ['of a MariaDB that is not there', () => 'mariadb://ada:hunter2@127.0.0.1:1/auth', 'start the server'],
    ['of MySQL that cannot be parsed', () => 'mysql://ada:hunter2@:x/y', 'cannot be parsed'],
    ['of MySQL that is badly encoded', () => 'mysql://ada:hunter2%@localhost/y', 'cannot be parsed'],
    ['of MySQL without a name', () => 'mysql://ada:hunter2@localhost', 'names no database'],
    [
      'of MySQL with options of the driver',
      () => 'mysql://a:hunter2@localhost/y?flags=-FOUND_ROWS',
      'other than `ssl`',
    ],
    ['of MySQL with half an encryption', () => 'mysql://ada:hunter2@localhost/y?ssl=false', 'neither true nor JSON'],
  ])('refuses a database %s in one clear line', async (_name, url, expected) => {
    const opened = sqlDataLayer({ url: url() }).open([]);

    await expect(opened).rejects.toMatchObject({ name: 'ConfigurationInvalid', problems: { length: 1 } });
    await expect(opened).rejects.toThrow(expected);
    await expect(opened).rejects.not.toThrow('hunter2');
  });

  it('refuses a file that is no database', async () => {
    const { writeFile } = await import('node:fs/promises');
    await writeFile(
      `${folder}/text.db`,
      'no database at all, but long enough to be taken for a header of one'.repeat(99),
    );

    const opened = sqlDataLayer({ url: `file:${folder}/text.db`, migrate: true }).open(dataLayerContractModels);

    await expect(opened).rejects.toMatchObject({ name: 'ConfigurationInvalid' });
  });

  it('makes a file that only its owner reads, and takes spaces and file:// URLs', async () => {
    mkdirSync(`${folder}/with space`);
    const layer = await sqlDataLayer({ url: `file://${folder}/with%20space/a.db`, migrate: true }).open(
      dataLayerContractModels,
    );
    await layer.close();

    expect((await stat(`${folder}/with space/a.db`)).mode & 0o777).toBe(0o600);
  });
});

describe('without the packages of a database', () => {
  it.each([
    ['libsql', 'file:never.db', 'npm install kysely libsql'],
    ['pg', 'postgres://localhost/never', 'npm install kysely pg'],
    ['mysql2', 'mysql://localhost/never', 'npm install kysely mysql2'],
  ])('names the command that installs %s', async (name, url, command) => {
    jest.unstable_mockModule(name, () => {
      throw new Error(`Cannot find package '${name}'`);
    });

    const opened = sqlDataLayer({ url }).open([]);

    await expect(opened).rejects.toMatchObject({ problems: [{ cure: command }] });
  });
});

const odd: Model = {
  table: 'auth.Order',
  tenantField: null,
  columns: { id: { type: 'integer' }, bornAt: { type: 'time', column: 'Born "at"' } },
  primaryKey: ['id'],
  unique: [['bornAt']],
};

describe('ddlFor', () => {
  it.each(['sqlite', 'postgres', 'mariadb'] as const)('prints the tables for %s', (dialect) => {
    expect(ddlFor(dialect, [...dataLayerContractModels, odd])).toMatchSnapshot();
  });

  it('makes one table of two models that share it', () => {
    const left: Model = { ...odd, columns: { ...odd.columns, left: { type: 'text' } }, indexes: [['left']] };
    const right: Model = { ...odd, columns: { ...odd.columns, right: { type: 'bytes', nullable: true } } };

    const text = ddlFor('sqlite', [left, right]);

    expect(text.match(/create table/g)).toHaveLength(1);
    expect(text.match(/"(left|right)" (text|blob)/g)).toEqual(['"right" blob', '"left" text']);
    expect(text.match(/index/g)).toHaveLength(2);
  });
});
