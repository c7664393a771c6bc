/** An insert met a row that has the same unique values. Carries the fields, never their values. */
export class UniqueViolation extends Error {
  constructor(
    readonly table: string,
    /** In the model's own names; empty where the database did not say. */
    readonly fields: readonly string[],
  ) {
    super(`A row of "${table}" with the same ${fields.join(', ') || 'unique values'} exists`);
    this.name = 'UniqueViolation';
  }
}

/** A model with a tenant field was used through a data layer that was not bound to a tenant. */
export class TenantRequired extends Error {
  constructor(readonly table: string) {
    super(`"${table}" belongs to tenants: use dataLayer.forTenant(tenant) instead of the bare data layer`);
    this.name = 'TenantRequired';
  }
}
