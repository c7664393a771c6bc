import { rowReader, type DataLayer, type Model, type Row, type Subject } from '../../resources/index.js';

/** One row per key. What was handed out, the key itself, is not in here. */
export const apiKeysModel: Model = {
  table: 'api_keys',
  tenantField: 'tenant',
  columns: {
    /** A part of the key, and no secret. */
    id: { type: 'text' },
    tenant: { type: 'text' },
    /** `app:resource:strategy`: of a neighbour in the same table it is nothing. */
    audience: { type: 'text' },
    subject: { type: 'text' },
    /** The subject's epoch when it was issued. */
    epoch: { type: 'integer' },
    name: { type: 'text' },
    /** SHA-256 of the key. */
    keyHash: { type: 'text' },
    /** With a space between. */
    scopes: { type: 'text' },
    createdAt: { type: 'time' },
    /** To the minute; null for a key that nobody has used. */
    lastUsedAt: { type: 'time', nullable: true },
    expiresAt: { type: 'time' },
  },
  primaryKey: ['id'],
  indexes: [['tenant', 'subject'], ['expiresAt']],
};

/** A row of `api_keys`, typed. Times are UTC. */
export interface ApiKeyRow {
  readonly id: string;
  readonly audience: string;
  readonly subject: Subject;
  readonly epoch: number;
  readonly name: string;
  readonly keyHash: string;
  readonly scopes: readonly string[];
  readonly createdAt: Date;
  readonly lastUsedAt: Date | null;
  readonly expiresAt: Date;
}

/** What its owner may see of a key. */
export type ListedKey = Pick<ApiKeyRow, (typeof LISTED_FIELDS)[number]>;
export const LISTED_FIELDS = ['id', 'name', 'scopes', 'createdAt', 'lastUsedAt', 'expiresAt'] as const;

const read = rowReader(apiKeysModel.table);

export async function dropKeys(subject: Subject, tx: DataLayer): Promise<void> {
  await tx.delete(apiKeysModel, { subject });
}

/** @throws {TypeError} when a column holds what this room never writes */
export function parseKey(row: Row): ApiKeyRow {
  return {
    ...parseListed(row),
    audience: read.text(row, 'audience'),
    subject: read.text(row, 'subject') as Subject, // a column written from a Subject
    epoch: Number(row['epoch']),
    keyHash: read.text(row, 'keyHash'),
  };
}

/** @param allowed what the app gives keys today */
export function listedKey(row: Row, allowed: readonly string[]): ListedKey {
  const listed = parseListed(row);
  return { ...listed, scopes: effective(listed.scopes, allowed) };
}

/** A scope that the app names no more is none, on keys that have it as well. */
export function effective(scopes: readonly string[], allowed: readonly string[]): readonly string[] {
  return scopes.filter((scope) => allowed.includes(scope));
}

function parseListed(row: Row): ListedKey {
  return {
    id: read.text(row, 'id'),
    name: read.text(row, 'name'),
    scopes: read.text(row, 'scopes').split(' '),
    createdAt: read.time(row, 'createdAt'),
    lastUsedAt: read.timeOrNull(row, 'lastUsedAt'),
    expiresAt: read.time(row, 'expiresAt'),
  };
}
