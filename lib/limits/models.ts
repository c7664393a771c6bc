import type { Model } from '../resources/index.js';

/** One counter per key, rule and window. It belongs to no tenant: the tenant is part of the key. */
export const countersModel: Model = {
  table: 'limits',
  tenantField: null,
  columns: {
    /** Keyed digest: no address and no name is in here. */
    id: { type: 'text' },
    count: { type: 'integer' },
    /** The end of the window. */
    expiresAt: { type: 'time' },
  },
  primaryKey: ['id'],
  indexes: [['expiresAt']],
  forgettable: true,
};
