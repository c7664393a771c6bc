import type { Model } from '../resources/index.js';

/** One row per subject that ever signed in: what every credential of it is measured against. */
export const subjectsModel: Model = {
  table: 'subjects',
  tenantField: 'tenant',
  columns: {
    tenant: { type: 'text' },
    subject: { type: 'text' },
    epoch: { type: 'integer' },
    disabledAt: { type: 'time', nullable: true },
    userCreatedAt: { type: 'time', nullable: true },
    touchedAt: { type: 'time' },
  },
  primaryKey: ['tenant', 'subject'],
};

/** One row per sign-in; cookie and bearer token are two handles of it. */
export const signInsModel: Model = {
  table: 'sign_ins',
  tenantField: 'tenant',
  columns: {
    id: { type: 'text' },
    tenant: { type: 'text' },
    handleHash: { type: 'text' },
    subject: { type: 'text' },
    userKey: { type: 'text' },
    userCreatedAt: { type: 'time', nullable: true },
    methods: { type: 'text' },
    createdAt: { type: 'time' },
    authenticatedAt: { type: 'time' },
    secondFactorAt: { type: 'time', nullable: true },
    actor: { type: 'text', nullable: true },
    remembered: { type: 'boolean' },
    userAgent: { type: 'text', nullable: true },
    lastSeenAt: { type: 'time' },
    expiresAt: { type: 'time' },
    endedAt: { type: 'time', nullable: true },
    /** The session elsewhere that it came of; null for one that came of none. */
    origin: { type: 'text', nullable: true },
  },
  primaryKey: ['id'],
  unique: [['handleHash']],
  indexes: [['tenant', 'subject', 'endedAt'], ['expiresAt']],
};

/** Ids of flows that were spent, until the flow would have expired anyway. */
export const spentFlowsModel: Model = {
  table: 'spent_flows',
  tenantField: 'tenant',
  columns: { id: { type: 'text' }, tenant: { type: 'text' }, expiresAt: { type: 'time' } },
  primaryKey: ['id'],
  indexes: [['expiresAt']],
};
