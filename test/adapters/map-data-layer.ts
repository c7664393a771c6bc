// map-data-layer.ts
import { UniqueViolation } from 'nest-auth-plug';
import type { DataLayerAdapter, Model, Page, Row, SignInJoin, Where } from 'nest-auth-plug';
import {
  checkRow,
  columnOf,
  compareScalars,
  conditionsOf,
  copyScalar,
  dataLayerOn,
  holds,
  uniqueKeyOf,
  uniqueKeys,
} from 'nest-auth-plug/adapters/custom';
import type { RowStore, StartedTransaction, Store } from 'nest-auth-plug/adapters/custom';

/** Rows are replaced, never changed, so a copy of the map is a snapshot of all of them. */
type Tables = Map<string, readonly Row[]>;

/** Every call of the port. It has no `await` between what it reads and what it writes, so each one is atomic. */
class MapRows implements RowStore {
  constructor(
    private readonly tables: () => Tables,
    private readonly inTurn: <T>(write: () => T) => Promise<T>,
  ) {}

  insert(model: Model, values: Row): Promise<Row> {
    checkRow(model, values);
    const row = fieldsOf(completeRow(model, values), Object.keys(model.columns));
    return this.inTurn(() => {
      this.#replace(model, [...this.#rows(model), row]);
      return fieldsOf(row, Object.keys(row));
    });
  }

  async insertIfAbsent(model: Model, values: Row): Promise<boolean> {
    try {
      await this.insert(model, values);
      return true;
    } catch (error) {
      if (error instanceof UniqueViolation) return false;
      throw error;
    }
  }

  async find(model: Model, where: Where, fields: readonly string[], page: Page | null): Promise<readonly Row[]> {
    const found = this.#rows(model).filter(matches(model, where));
    fields.forEach((field) => columnOf(model, field));
    return (page ? pageOf(found, page) : found.slice(0, 1)).map((row) => fieldsOf(row, fields));
  }

  update(model: Model, where: Where, changes: Row): Promise<number> {
    checkRow(model, changes);
    const [isMeant, copy] = [matches(model, where), fieldsOf(changes, Object.keys(changes))];
    return this.inTurn(() => {
      const rows = this.#rows(model);
      this.#replace(
        model,
        rows.map((row) => (isMeant(row) ? { ...row, ...copy } : row)),
      );
      return rows.filter(isMeant).length;
    });
  }

  increment(model: Model, key: Row, field: string, by: number, initial: Row): Promise<number> {
    uniqueKeyOf(model, key);
    const made = completeRow(model, { ...initial, ...key, [field]: by });
    const isMeant = matches(model, key);
    return this.inTurn(() => {
      const rows = this.#rows(model);
      const sum = Number(rows.find(isMeant)?.[field] ?? 0) + by;
      const added = rows.map((row) => (isMeant(row) ? { ...row, [field]: sum } : row));
      this.#replace(model, rows.some(isMeant) ? added : [...rows, made]);
      return sum;
    });
  }

  delete(model: Model, where: Where, limit: number | null): Promise<number> {
    const isMeant = matches(model, where);
    return this.inTurn(() => {
      const gone = this.#rows(model)
        .filter(isMeant)
        .slice(0, limit ?? undefined);
      this.#replace(
        model,
        this.#rows(model).filter((row) => !gone.includes(row)),
      );
      return gone.length;
    });
  }

  async findSignIn({ signIns, by, user, userKey, userFields }: SignInJoin, tenant: string | null) {
    const own = (model: Model): Row => (model.tenantField === null ? {} : { [model.tenantField]: tenant });
    const signIn = this.#rows(signIns).find(matches(signIns, { ...by, ...own(signIns) }));
    const owner = this.#rows(user)
      .filter(matches(user, own(user)))
      .find((row) => String(row[userKey]) === signIn?.['userKey']);
    return signIn && owner
      ? { signIn: fieldsOf(signIn, Object.keys(signIns.columns)), user: fieldsOf(owner, userFields) }
      : null;
  }

  #rows(model: Model): readonly Row[] {
    return this.tables().get(model.table) ?? [];
  }

  #replace(model: Model, rows: readonly Row[]): void {
    for (const fields of uniqueKeys(model)) {
      const keys = rows.filter((row) => fields.every((field) => row[field] !== null));
      const texts = keys.map((row) => JSON.stringify(fields.map((field) => String(row[field]))));
      if (new Set(texts).size < texts.length) throw new UniqueViolation(model.table, fields);
    }
    this.tables().set(model.table, rows);
  }
}

/** One writer at a time: a transaction has the turn until it ends, and works on a copy that readers outside do not see. */
function mapStore(): Store {
  let committed: Tables = new Map();
  let lastTurn: Promise<void> = Promise.resolve();
  const takeTurn = async (): Promise<() => void> => {
    const before = lastTurn;
    let end = (): void => undefined;
    lastTurn = new Promise((resolve) => {
      end = resolve;
    });
    await before;
    return end;
  };
  const inTurn = async <T>(write: () => T): Promise<T> => {
    const end = await takeTurn();
    try {
      return write();
    } finally {
      end();
    }
  };
  const begin = async (): Promise<StartedTransaction> => {
    const end = await takeTurn();
    const copy = new Map(committed);
    const commit = async (): Promise<void> => {
      committed = copy;
      end();
    };
    const rows = new MapRows(
      () => copy,
      async (write) => write(),
    );
    return Object.assign(rows, { commit, rollback: async () => end() });
  };
  return Object.assign(new MapRows(() => committed, inTurn), { begin });
}

function matches(model: Model, where: Where): (row: Row) => boolean {
  const conditions = conditionsOf(model, where);
  return (row) => conditions.every((condition) => holds(condition, row[condition.field] ?? null));
}

function pageOf(rows: readonly Row[], { orderBy, direction, after, limit }: Page): readonly Row[] {
  const sign = direction === 'descending' ? -1 : 1;
  const order = (left: Row, right: Row) => sign * compareScalars(left[orderBy] ?? null, right[orderBy] ?? null);
  const isAfter = (row: Row) => row[orderBy] !== null && order(row, { [orderBy]: after ?? null }) > 0;
  const wanted = after === undefined || after === null ? rows : rows.filter(isAfter);
  return wanted.toSorted(order).slice(0, limit);
}

function completeRow(model: Model, values: Row): Row {
  checkRow(model, values);
  return { ...Object.fromEntries(Object.keys(model.columns).map((field) => [field, null])), ...values };
}

function fieldsOf(row: Row, fields: readonly string[]): Row {
  return Object.fromEntries(fields.map((field) => [field, copyScalar(row[field] ?? null)]));
}

/** Rows in this process, for as long as it lives. */
export function mapDataLayer(): DataLayerAdapter {
  const store = mapStore();
  return { name: 'map', durable: false, open: async () => dataLayerOn(store) };
}
