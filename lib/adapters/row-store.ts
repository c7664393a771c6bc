import type { Model, Page, Row, SignInJoin, Where } from '../resources/data-layer.js';

/**
 * What is left of an adapter when tenants, guards and transactions are taken care of: rows of a table, by values that are
 * complete (tenant included). {@link BoundDataLayer} makes the port of it.
 */
export interface RowStore {
  insert(model: Model, values: Row): Promise<Row>;
  insertIfAbsent(model: Model, values: Row): Promise<boolean>;
  /** @param page null for the first row that is found */
  find(model: Model, where: Where, fields: readonly string[], page: Page | null): Promise<readonly Row[]>;
  update(model: Model, where: Where, changes: Row): Promise<number>;
  increment(model: Model, key: Row, field: string, by: number, initial: Row): Promise<number>;
  /** @param limit null for all that match */
  delete(model: Model, where: Where, limit: number | null): Promise<number>;
  /** @param tenant null where neither model has one */
  findSignIn(join: SignInJoin, tenant: string | null): Promise<{ readonly signIn: Row; readonly user: Row } | null>;
}

/** A row store in an open transaction. Exactly one of its two ends is called, once. */
export interface StartedTransaction extends RowStore {
  /**
   * Over, whatever comes of it: what cannot be committed is rolled back and closed.
   *
   * @throws {Contention} where the work may be run again.
   */
  commit(): Promise<void>;
  /** Never throws: what cannot be rolled back is closed. */
  rollback(): Promise<void>;
}

/** An adapter's database. */
export interface Store extends RowStore {
  /**
   * Waits for its turn where the database has one writer, or for a connection.
   *
   * @param leftMs how much is left of the call's time
   * @throws {StoreUnavailable} `timeout` when none came; nothing was done.
   */
  begin(leftMs: number): Promise<StartedTransaction>;
}

/** The database gave up in favour of somebody else; doing it again may work. Never leaves the adapters. */
export class Contention extends Error {
  /** @param onlyWaited for a lock, and lost to nobody: worth another try for as long as there is time. */
  constructor(readonly onlyWaited = false) {
    super('The database gave up in favour of another transaction');
    this.name = 'Contention';
  }
}
