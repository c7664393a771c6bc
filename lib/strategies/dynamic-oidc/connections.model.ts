import type { Model } from '../../resources/index.js';

/** One row for each provider that somebody of a tenant brought. */
export const connectionsModel: Model = {
  table: 'oidc_connections',
  tenantField: 'tenant',
  columns: {
    /** 128 random bits, and never given to another. */
    id: { type: 'text' },
    tenant: { type: 'text' },
    /** `app:resource:strategy`: of a neighbour in the same table it is nothing. */
    audience: { type: 'text' },
    /** What stands in links. */
    slug: { type: 'text' },
    issuer: { type: 'text' },
    clientId: { type: 'text' },
    clientAuthentication: { type: 'text' },
    /** Sealed; null where the client shows itself without one. */
    clientSecret: { type: 'text', nullable: true },
    displayName: { type: 'text' },
    iconUrl: { type: 'text', nullable: true },
    /** With a space between. */
    domains: { type: 'text' },
    /** Another one with each change: what was made of the row before is out of date. */
    revision: { type: 'text' },
    createdAt: { type: 'time' },
    /** Null while it lets people in. */
    disabledAt: { type: 'time', nullable: true },
  },
  primaryKey: ['id'],
  indexes: [
    ['tenant', 'slug'],
    ['tenant', 'issuer'],
  ],
};

/** What a connection is found by, beside its id: the key is what makes a slug, or a domain, one connection's alone. */
export const connectionNamesModel: Model = {
  table: 'oidc_connection_names',
  tenantField: 'tenant',
  columns: {
    /** Digest of tenant, audience, what it is and the name. */
    id: { type: 'text' },
    tenant: { type: 'text' },
    connectionId: { type: 'text' },
  },
  primaryKey: ['id'],
  indexes: [['tenant', 'connectionId']],
};
