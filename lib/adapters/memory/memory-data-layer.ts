import type { Problem } from '../../errors/index.js';
import type {
  DataLayerAdapter,
  Model,
  OpenDataLayer,
  Page,
  Row,
  SignInJoin,
  Where,
} from '../../resources/data-layer.js';
import { BoundDataLayer, outside } from '../bound-data-layer.js';
import type { StartedTransaction, Store } from '../row-store.js';
import { Transactions } from '../transactions.js';
import { Turns } from '../turns.js';
import { MemoryRows } from './memory-rows.js';
import type { MemoryTables } from './memory-rows.js';
import { MemoryTable } from './memory-table.js';

const TURN_TIMEOUT_MS = 5000;

/**
 * Rows in this process, gone with it: for tests and a first look. It refuses to boot in production.
 *
 * Each adapter keeps its rows from one `open` to the next. Writers wait for each other, readers never wait.
 */
export function memoryDataLayer(): DataLayerAdapter {
  const store = new MemoryStore();
  return { name: 'memory', durable: false, open: async (models) => new OpenMemoryDataLayer(store, models) };
}

class OpenMemoryDataLayer extends BoundDataLayer implements OpenDataLayer {
  constructor(
    store: Store,
    private readonly models: readonly Model[],
  ) {
    super(outside(store, new Transactions(store, TURN_TIMEOUT_MS)), null);
  }

  async check(): Promise<readonly Problem[]> {
    return this.models.flatMap(unfilledProblems);
  }

  async close(): Promise<void> {}
}

/** What a database would be asked for a default of, and memory has none. */
function unfilledProblems({ table, columns, primaryKey, insertedFields }: Model): readonly Problem[] {
  return Object.entries(columns)
    .filter(
      ([field, { nullable }]) => !nullable && insertedFields?.includes(field) === false && !primaryKey.includes(field),
    )
    .map(([field]) => ({
      where: `dataLayer.memory.${table}.${field}`,
      wrong: 'it may not be null, and nobody fills it when an account is made',
      cure: 'have it sent at registration (`accept`), or let it be null',
    }));
}

class MemoryStore implements Store {
  readonly #tables = new Map<string, MemoryTable>();
  readonly #numbers = new Map<string, number>();
  readonly #turns = new Turns(TURN_TIMEOUT_MS);
  readonly #rows = new MemoryRows(this.#sharedTables());

  async insert(model: Model, values: Row): Promise<Row> {
    return this.#turns.use(() => this.#rows.insert(model, values));
  }

  async insertIfAbsent(model: Model, values: Row): Promise<boolean> {
    return this.#turns.use(() => this.#rows.insertIfAbsent(model, values));
  }

  async find(model: Model, where: Where, fields: readonly string[], page: Page | null): Promise<readonly Row[]> {
    return this.#rows.find(model, where, fields, page);
  }

  async update(model: Model, where: Where, changes: Row): Promise<number> {
    return this.#turns.use(() => this.#rows.update(model, where, changes));
  }

  async increment(model: Model, key: Row, field: string, by: number, initial: Row): Promise<number> {
    return this.#turns.use(() => this.#rows.increment(model, key, field, by, initial));
  }

  async delete(model: Model, where: Where, limit: number | null): Promise<number> {
    return this.#turns.use(() => this.#rows.delete(model, where, limit));
  }

  async findSignIn(join: SignInJoin, tenant: string | null): Promise<{ signIn: Row; user: Row } | null> {
    return this.#rows.findSignIn(join, tenant);
  }

  async begin(leftMs: number): Promise<StartedTransaction> {
    const done = await this.#turns.take(leftMs);
    const drafts = new Map<string, MemoryTable>();
    const rows = new MemoryRows(this.#draftTables(drafts));
    return {
      insert: async (...call) => rows.insert(...call),
      insertIfAbsent: async (...call) => rows.insertIfAbsent(...call),
      find: async (...call) => rows.find(...call),
      update: async (...call) => rows.update(...call),
      increment: async (...call) => rows.increment(...call),
      delete: async (...call) => rows.delete(...call),
      findSignIn: async (...call) => rows.findSignIn(...call),
      commit: async () => {
        for (const [name, table] of drafts) this.#tables.set(name, table);
        done();
      },
      rollback: async () => done(),
    };
  }

  #sharedTables(): MemoryTables {
    const table = (model: Model): MemoryTable => {
      const known = this.#tables.get(model.table) ?? new MemoryTable(model);
      this.#tables.set(model.table, known);
      return known;
    };
    return { reading: table, writing: table, number: (model) => this.#number(model) };
  }

  // What a transaction writes goes into copies, so that readers outside keep seeing what is committed.
  #draftTables(drafts: Map<string, MemoryTable>): MemoryTables {
    const shared = this.#sharedTables();
    const writing = (model: Model): MemoryTable => {
      const draft = drafts.get(model.table) ?? shared.reading(model).copy();
      drafts.set(model.table, draft);
      return draft;
    };
    return { ...shared, reading: (model) => drafts.get(model.table) ?? shared.reading(model), writing };
  }

  #number(model: Model): number {
    const next = (this.#numbers.get(model.table) ?? 0) + 1;
    this.#numbers.set(model.table, next);
    return next;
  }
}
