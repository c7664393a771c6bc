import type { DataLayer, Model, Page, Row, SignInJoin, Where } from '../resources/data-layer.js';
import type { RowStore } from './row-store.js';
import { changesOf, tenantOf, valuesOf, whereOf } from './tenancy.js';
import type { OpenTransaction, Transactions } from './transactions.js';

/** Where the rows of a handle are: outside, or in a transaction that is open. */
export interface Rows {
  use<T>(call: (rows: RowStore) => Promise<T>): Promise<T>;
  transaction<T>(work: (open: OpenTransaction) => Promise<T>): Promise<T>;
}

/** The handle outside of transactions. */
export function outside(store: RowStore, transactions: Transactions): Rows {
  return {
    async use(call) {
      transactions.refuseInside();
      return call(store);
    },
    async transaction(work) {
      transactions.refuseInside();
      return transactions.run(work);
    },
  };
}

function inside(open: OpenTransaction): Rows {
  return {
    use: (call) => open.use(call),
    // A part of the work that fails would leave its first half behind, so it takes the whole with it.
    transaction: (work) => open.use(() => work(open)),
  };
}

/** The port around a row store: binds it to a tenant, and keeps outer handles out of transactions. */
export class BoundDataLayer implements DataLayer {
  constructor(
    private readonly rows: Rows,
    private readonly tenant: string | null,
  ) {}

  async insert(model: Model, values: Row): Promise<Row> {
    const complete = valuesOf(model, values, this.tenant);
    return this.rows.use((rows) => rows.insert(model, complete));
  }

  async insertIfAbsent(model: Model, values: Row): Promise<boolean> {
    const complete = valuesOf(model, values, this.tenant);
    return this.rows.use((rows) => rows.insertIfAbsent(model, complete));
  }

  async findOne(model: Model, where: Where, fields = fieldsOf(model)): Promise<Row | null> {
    const own = whereOf(model, where, this.tenant);
    return this.rows.use(async (rows) => (own && (await rows.find(model, own, fields, null))[0]) ?? null);
  }

  async findMany(model: Model, where: Where, page: Page, fields = fieldsOf(model)): Promise<readonly Row[]> {
    const own = whereOf(model, where, this.tenant);
    checkLimit(page.limit);
    return this.rows.use(async (rows) => (own ? rows.find(model, own, fields, page) : []));
  }

  async update(model: Model, where: Where, changes: Row): Promise<number> {
    const own = whereOf(model, where, this.tenant);
    const allowed = changesOf(model, changes, this.tenant);
    return this.rows.use(async (rows) => (own ? rows.update(model, own, allowed) : 0));
  }

  async increment(model: Model, key: Row, field: string, by: number, initial: Row = {}): Promise<number> {
    const own = valuesOf(model, key, this.tenant);
    const first = changesOf(model, initial, this.tenant);
    return this.rows.use((rows) => rows.increment(model, own, field, by, first));
  }

  async delete(model: Model, where: Where, options?: { readonly limit?: number | undefined }): Promise<number> {
    const own = whereOf(model, where, this.tenant);
    const limit = options?.limit ?? null;
    if (limit !== null) checkLimit(limit);
    return this.rows.use(async (rows) => (own ? rows.delete(model, own, limit) : 0));
  }

  async findSignIn(join: SignInJoin): Promise<{ readonly signIn: Row; readonly user: Row } | null> {
    tenantOf(join.signIns, this.tenant);
    tenantOf(join.user, this.tenant);
    return this.rows.use((rows) => rows.findSignIn(join, this.tenant));
  }

  async transaction<T>(work: (tx: DataLayer) => Promise<T>): Promise<T> {
    return this.rows.transaction((open) => work(new BoundDataLayer(inside(open), this.tenant)));
  }

  forTenant(tenant: string): DataLayer {
    if (this.tenant !== null && this.tenant !== tenant) {
      throw new TypeError('This data layer is bound to another tenant: only one that is bound to none can be');
    }
    return new BoundDataLayer(this.rows, tenant);
  }
}

const allFields = new WeakMap<Model, readonly string[]>();

function fieldsOf(model: Model): readonly string[] {
  const known = allFields.get(model);
  if (known) return known;
  const fields = Object.keys(model.columns);
  allFields.set(model, fields);
  return fields;
}

function checkLimit(limit: number): void {
  if (!Number.isSafeInteger(limit) || limit < 0) throw new TypeError(`A limit is a whole number, got ${limit}`);
}
