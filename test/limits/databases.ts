import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Client } from 'pg';

import { sqlDataLayer } from '../../lib/adapters/sql/index.js';
import type { DataLayerAdapter } from '../../lib/resources/index.js';

/** A database of this test's own. */
export interface TestDatabase {
  readonly adapter: DataLayerAdapter;
  /** Call it when the layer is closed. */
  remove(): Promise<void>;
}

const SERVER = 'postgres://postgres@127.0.0.1:5432';

export async function libsqlFile(): Promise<TestDatabase> {
  const folder = await mkdtemp(join(tmpdir(), 'nest-auth-plug-'));
  return {
    adapter: sqlDataLayer({ url: `file:${join(folder, 'test.db')}`, migrate: true }),
    remove: () => rm(folder, { recursive: true }),
  };
}

/** Null where no server answers. */
export async function postgresDatabase(): Promise<TestDatabase | null> {
  const name = `test_${randomBytes(8).toString('hex')}`;
  if (!(await onServer(`create database ${name}`))) return null;
  return {
    adapter: sqlDataLayer({ url: `${SERVER}/${name}`, migrate: true }),
    remove: async () => void (await onServer(`drop database ${name} with (force)`)),
  };
}

/** @returns False when no server answers. */
async function onServer(statement: string): Promise<boolean> {
  const client = new Client({ connectionString: `${SERVER}/postgres`, connectionTimeoutMillis: 2000 });
  try {
    await client.connect();
  } catch {
    return false;
  }
  try {
    await client.query(statement);
    return true;
  } finally {
    await client.end();
  }
}
