import type { Model } from '../resources/index.js';

/** One-time tokens that were issued and have not expired. What was handed out, the JWT itself, is not in here. */
export const tokensModel: Model = {
  table: 'tokens',
  tenantField: 'tenant',
  columns: {
    /** The `jti`. */
    id: { type: 'text' },
    tenant: { type: 'text' },
    subject: { type: 'text', nullable: true },
    /** Keyed digest of an address, say: there is one row of each. Null once it is spent. */
    topic: { type: 'text', nullable: true },
    /** `room:purpose`. */
    purpose: { type: 'text' },
    /** The subject's epoch when it was issued. */
    epoch: { type: 'integer' },
    /** JSON of what the room wants to find again. */
    data: { type: 'text', nullable: true },
    issuedAt: { type: 'time' },
    expiresAt: { type: 'time' },
    /** When it was used, or voided by a later one. */
    spentAt: { type: 'time', nullable: true },
  },
  primaryKey: ['id'],
  unique: [['tenant', 'topic']],
  indexes: [['tenant', 'subject', 'purpose'], ['expiresAt']],
};
