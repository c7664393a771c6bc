import type { Model } from '../resources/index.js';

/** What browsers are known by for longer than a sign-in, of any kind. Nothing in a row opens anything. */
export const seriesModel: Model = {
  table: 'browser_series',
  tenantField: 'tenant',
  columns: {
    /** Digest of what the cookie names the series by. */
    id: { type: 'text' },
    tenant: { type: 'text' },
    /** What for: the room that began it. */
    kind: { type: 'text' },
    subject: { type: 'text' },
    /** The subject's epoch when it was begun. */
    epoch: { type: 'integer' },
    /** Digest of the secret in force. */
    stepHash: { type: 'text' },
    /** Digest of the one before, and what the present one was made of it with. */
    beforeHash: { type: 'text', nullable: true },
    salt: { type: 'text', nullable: true },
    steppedAt: { type: 'time', nullable: true },
    /** The one sign-in that this browser has. */
    signInId: { type: 'text', nullable: true },
    userAgent: { type: 'text', nullable: true },
    /** When somebody last showed a credential in this browser. */
    since: { type: 'time' },
    expiresAt: { type: 'time' },
  },
  primaryKey: ['id'],
  indexes: [['tenant', 'subject', 'kind'], ['expiresAt']],
};
