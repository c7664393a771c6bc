import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from '@jest/globals';
import { temporaryFolder } from '../adapters/temporary-file.js';
import { printDdl } from '../../lib/cli/print-ddl.js';

const folder = temporaryFolder();

function fileWith(source: string): string {
  const file = join(folder, `${Math.random()}.mjs`);
  writeFileSync(file, source);
  return file;
}

const APP = `{ name: 'my-app', plug: class {}, resources: [{ rooms: [], model: {
  table: 'people', tenantField: null, primaryKey: ['id'], columns: { id: { type: 'text' }, firstName: { type: 'text' } },
} }] }`;

it.each(['sqlite', 'postgres', 'mariadb'])('prints every table that an app needs for %s', async (dialect) => {
  const ddl = await printDdl(['ddl', fileWith(`export const otpApp = ${APP}; export const other = 5;`), dialect]);

  for (const table of ['people', 'subjects', 'sign_ins', 'spent_flows', 'tokens', 'limits']) {
    expect(ddl).toMatch(new RegExp(`create table if not exists ["\`]${table}["\`]`, 'i'));
  }
  expect(ddl).toMatch(/["`]first_name["`] (text|longblob)/i);
});

it.each([
  ['no words', []],
  ['another command', ['dance', 'x.js', 'sqlite']],
  ['another dialect', ['ddl', 'x.js', 'oracle']],
  ['a word too many', ['ddl', 'x.js', 'sqlite', 'please']],
])('says how it is used, given %s', async (_, words) => {
  await expect(printDdl(words)).rejects.toThrow('usage: nest-auth-plug ddl <file>');
});

it.each([
  ['none', 'export const x = 1;'],
  ['two', `export const a = ${APP}; export const b = ${APP};`],
])('says what it expected of a file that exports %s', async (_, source) => {
  await expect(printDdl(['ddl', fileWith(source), 'sqlite'])).rejects.toThrow(/Expected .* to export one app/);
});
