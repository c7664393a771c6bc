import { rowReader, type DataLayer, type Model, type Row, type Subject } from '../../resources/index.js';

/** One row per enrolled seed, and one per enrolment that waits for its first code. */
export const totpSeedsModel: Model = {
  table: 'totp_seeds',
  tenantField: 'tenant',
  columns: {
    tenant: { type: 'text' },
    /** `app:resource:strategy`: of a neighbour in the same table it is nothing. */
    audience: { type: 'text' },
    subject: { type: 'text' },
    /** `active`, or `pending` until the right code was typed: it neither gates a sign-in nor touches the active one. */
    state: { type: 'text' },
    /** Sealed for this subject. */
    seed: { type: 'text' },
    /** Of the newest code that was accepted: nothing older is, nor the same again. */
    lastStep: { type: 'integer' },
    /** The subject's epoch when it was set up: a change of credentials voids what is pending. */
    epoch: { type: 'integer' },
    createdAt: { type: 'time' },
    /** Null while it is pending. */
    confirmedAt: { type: 'time', nullable: true },
    /** Null once it is active. */
    expiresAt: { type: 'time', nullable: true },
  },
  primaryKey: ['tenant', 'audience', 'subject', 'state'],
  indexes: [['tenant', 'subject'], ['expiresAt']],
};

/** Whose seed, and which of the two. */
export type SeedKey = {
  readonly audience: string;
  readonly subject: Subject;
  readonly state: 'active' | 'pending';
};

/** A row of `totp_seeds`, typed. Times are UTC. */
export interface SeedRow {
  readonly key: SeedKey;
  readonly seed: string;
  readonly epoch: number;
  readonly confirmedAt: Date | null;
  readonly expiresAt: Date | null;
}

const READ_FIELDS = ['seed', 'epoch', 'confirmedAt', 'expiresAt'];
const read = rowReader(totpSeedsModel.table);

/** @throws {TypeError} when a column holds what this room never writes */
export async function findSeed(data: DataLayer, key: SeedKey): Promise<SeedRow | null> {
  const row = await data.findOne(totpSeedsModel, key, READ_FIELDS);
  return row === null ? null : parseSeed(key, row);
}

/** The newest enrolment that waits: it takes the place of the one before, whoever else began one at the same time. */
export async function keepPending(data: DataLayer, key: SeedKey, values: Row): Promise<void> {
  if ((await data.update(totpSeedsModel, key, values)) === 1) return;
  if (await data.insertIfAbsent(totpSeedsModel, { ...key, ...values })) return;
  await data.update(totpSeedsModel, key, values);
}

export async function dropSeeds(subject: Subject, tx: DataLayer): Promise<void> {
  await tx.delete(totpSeedsModel, { subject });
}

function parseSeed(key: SeedKey, row: Row): SeedRow {
  return {
    key,
    seed: read.text(row, 'seed'),
    epoch: Number(row['epoch']),
    confirmedAt: read.timeOrNull(row, 'confirmedAt'),
    expiresAt: read.timeOrNull(row, 'expiresAt'),
  };
}
