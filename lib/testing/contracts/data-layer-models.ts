import { randomUUID } from 'node:crypto';
import type { DataLayer, Model, Row } from '../../resources/data-layer.js';

/** A column of each type, two unique indexes, no tenant. */
export const things: Model = {
  table: 'contract_things',
  tenantField: null,
  columns: {
    id: { type: 'text' },
    groupName: { type: 'text' },
    code: { type: 'text', nullable: true },
    count: { type: 'integer', nullable: true },
    large: { type: 'bigint', nullable: true },
    ready: { type: 'boolean', nullable: true },
    seenAt: { type: 'time', nullable: true },
    content: { type: 'bytes', nullable: true, column: 'content_bytes' },
  },
  primaryKey: ['id'],
  unique: [['groupName', 'code']],
  indexes: [['groupName', 'count']],
};

/** Belongs to tenants; its key is unique within one. */
export const notes: Model = {
  table: 'contract_notes',
  tenantField: 'tenant',
  columns: { tenant: { type: 'text' }, id: { type: 'text' }, text: { type: 'text' }, count: { type: 'integer' } },
  primaryKey: ['tenant', 'id'],
};

/** Shaped like sign-ins, for the join. */
export const visits: Model = {
  table: 'contract_visits',
  tenantField: 'tenant',
  columns: {
    id: { type: 'text' },
    tenant: { type: 'text' },
    handleHash: { type: 'text' },
    userKey: { type: 'text' },
    expiresAt: { type: 'time' },
  },
  primaryKey: ['id'],
  unique: [['handleHash']],
};

function people(table: string, type: 'text' | 'integer' | 'bigint'): Model {
  const columns = {
    id: { type },
    emailAddress: { type: 'text', nullable: true },
    expiresAt: { type: 'time' },
  } as const;
  return { table, tenantField: null, columns, primaryKey: ['id'] };
}

export const peopleByText = people('contract_people', 'text');
export const peopleByInteger = people('contract_numbered_people', 'integer');
export const peopleByBigint = people('contract_big_people', 'bigint');

/** What the adapter under test is opened with; their tables are to be there, and may hold rows of earlier runs. */
export const dataLayerContractModels: readonly Model[] = [
  things,
  notes,
  visits,
  peopleByText,
  peopleByInteger,
  peopleByBigint,
];

/** Unlike that of any other check, so that checks share their tables. */
export function freshId(): string {
  return randomUUID();
}

/** A new row of `things`, alone in its group. */
export async function addThing(layer: DataLayer, values: Row = {}): Promise<string> {
  const id = freshId();
  await layer.insert(things, { id, groupName: id, ...values });
  return id;
}
