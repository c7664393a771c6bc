import { rowReader, type DataLayer, type Model, type Subject } from '../../resources/index.js';

/** One row per code that can still be used. The codes themselves are not in here. */
export const recoveryCodesModel: Model = {
  table: 'recovery_codes',
  tenantField: 'tenant',
  columns: {
    /** Names the row; no part of the code. */
    id: { type: 'text' },
    tenant: { type: 'text' },
    /** `app:resource:strategy`: of a neighbour in the same table it is nothing. */
    audience: { type: 'text' },
    subject: { type: 'text' },
    /** scrypt of the code. */
    codeHash: { type: 'text' },
    /** The same for all codes of a set: one try is one hash. */
    salt: { type: 'text' },
    createdAt: { type: 'time' },
  },
  primaryKey: ['id'],
  indexes: [['tenant', 'subject']],
};

/** Whose codes. */
export type Owner = { readonly audience: string; readonly subject: Subject };

/** A row of `recovery_codes`, typed. */
export interface CodeRow {
  readonly id: string;
  readonly codeHash: string;
  readonly salt: string;
  readonly createdAt: Date;
}

/** More than anybody has. */
const MOST = 100;
const read = rowReader(recoveryCodesModel.table);

/** @throws {TypeError} when a column holds what this room never writes */
export async function findCodes(data: DataLayer, owner: Owner): Promise<readonly CodeRow[]> {
  const rows = await data.findMany(recoveryCodesModel, owner, { orderBy: 'id', limit: MOST });
  return rows.map((row) => ({
    id: read.text(row, 'id'),
    codeHash: read.text(row, 'codeHash'),
    salt: read.text(row, 'salt'),
    createdAt: read.time(row, 'createdAt'),
  }));
}

export async function countCodes(data: DataLayer, owner: Owner): Promise<number> {
  return (await data.findMany(recoveryCodesModel, owner, { orderBy: 'id', limit: MOST }, ['id'])).length;
}

export async function dropCodes(subject: Subject, tx: DataLayer): Promise<void> {
  await tx.delete(recoveryCodesModel, { subject });
}
