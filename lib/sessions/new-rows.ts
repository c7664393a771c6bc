import type { Row, Scalar } from '../resources/index.js';
import type { AccountsParts } from './accounts.js';
import type { Operation } from './operation.js';

/** What the row of a new user has beside the values that were asked for. */
export class NewRows<U extends object> {
  constructor(
    private readonly parts: Pick<AccountsParts<U>, 'resource' | 'clock' | 'tenants'>,
    private readonly operation: Operation,
  ) {}

  /** Without what the database makes. */
  key(): Row {
    const own: Record<string, Scalar> = {};
    for (const { field, make } of this.parts.resource.key) if (make !== 'database') own[field] = make();
    return own;
  }

  /** When a row made now was made; nothing where the resource keeps no such time. */
  creation(): Row {
    const { resource, clock } = this.parts;
    return resource.createdAt === null ? {} : { [resource.createdAt]: clock.now() };
  }

  /** @param mailboxes the fields whose mailboxes were shown in order to have the account made */
  confirmation(values: Row, mailboxes: readonly string[]): Row {
    const { resource, clock } = this.parts;
    const times = mailboxes.flatMap((field) => {
      const time = resource.confirmed.get(field);
      return time === undefined || typeof values[field] !== 'string' ? [] : [[time, clock.now()] as const];
    });
    return Object.fromEntries(times);
  }

  /** Every nullable column, null, and the tenant: what a new row has where nobody says otherwise. */
  empty(): Row {
    const { columns, tenantField } = this.parts.resource.model;
    const nullable = Object.entries(columns).filter(([, column]) => column.nullable);
    const { tenant } = this.parts.tenants.of(this.operation);
    const own = tenantField === null ? {} : { [tenantField]: tenant };
    return { ...Object.fromEntries(nullable.map(([field]) => [field, null])), ...own };
  }

  /** Whether nothing is left that only the database makes. */
  isWhole(row: Row): boolean {
    return Object.keys(this.parts.resource.model.columns).every((field) => Object.hasOwn(row, field));
  }
}
