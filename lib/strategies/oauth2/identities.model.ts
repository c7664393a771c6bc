import type { Model } from '../../resources/index.js';

/** Who a user is at a provider. One row for each identity, for good: it never becomes another user's. */
export const identitiesModel: Model = {
  table: 'identities',
  tenantField: 'tenant',
  columns: {
    /** Digest of tenant, audience, namespace and uid, which together are unique: an index on all four is too long for some databases. */
    id: { type: 'text' },
    tenant: { type: 'text' },
    /** `app:resource:strategy`: of a neighbour in the same table it is nothing. */
    audience: { type: 'text' },
    /** The issuer, or another name of the provider for good. */
    namespace: { type: 'text' },
    /** The provider's own name for the user. */
    uid: { type: 'text' },
    subject: { type: 'text' },
    /** What the owner knows the account at the provider by; null where the provider said nothing that tells. */
    accountName: { type: 'text', nullable: true },
    createdAt: { type: 'time' },
    lastUsedAt: { type: 'time' },
    /** Sealed; null where tokens are not kept, or have been taken back. */
    accessToken: { type: 'text', nullable: true },
    /** Null for one of which the provider did not say. */
    accessTokenExpiresAt: { type: 'time', nullable: true },
    /** Sealed. */
    refreshToken: { type: 'text', nullable: true },
    /** Until then one process is asking for new tokens, and no other does. */
    refreshingUntil: { type: 'time', nullable: true },
  },
  primaryKey: ['id'],
  indexes: [['tenant', 'subject']],
};
