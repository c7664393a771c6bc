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

/** An insert left out what may not be null and has no default. Carries the fields. */
export class NotNullViolation extends Error {
  constructor(
    readonly table: string,
    /** In the model's own names; empty where the database did not say. */
    readonly fields: readonly string[],
  ) {
    super(
      `A row of "${table}" is to have ${fields.map((field) => `"${field}"`).join(', ') || 'a value that was left out'}`,
    );
    this.name = 'NotNullViolation';
  }
}

/** A model with a tenant field was used through a data layer that was not bound to a tenant. */
export class TenantRequired extends Error {
  constructor(readonly table: string) {
    super(`"${table}" belongs to tenants: use dataLayer.forTenant(tenant) instead of the bare data layer`);
    this.name = 'TenantRequired';
  }
}
