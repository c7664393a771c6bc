import type { Kysely, RawBuilder, sql } from 'kysely';
import type { Column, Model, Scalar } from '../../resources/data-layer.js';
import type { Catalog, ColumnFacts } from './catalog.js';
import type { Comparisons } from './comparisons.js';
import type { DdlDialect } from './ddl.js';
import type { Inserts } from './inserts.js';
import type { NativeTime } from './native-times.js';

/** Kysely as a compiler only: tables and columns are values here, so it knows nothing of their types. */
export type Compiler = Kysely<Record<string, Record<string, unknown>>>;
export type Sql = typeof sql;

/** Text that is compiled once for each shape of a call, and run with the values of each call. */
export interface Statement {
  readonly sql: string;
  /** The slot of each parameter: an index into the values of a call. */
  readonly slots: readonly number[];
  /** Rows come back as arrays in this order; empty where only the number of rows counts. */
  readonly columns: readonly { readonly field: string; readonly column: Column }[];
  readonly writes: boolean;
  /** Same text, same name: for servers that keep a plan by name. Null where the text varies with the length of a list. */
  readonly name: string | null;
  /** For error messages and for the fields of a unique violation. */
  readonly model: Model;
}

export interface Result {
  readonly rows: readonly (readonly unknown[])[];
  /** Rows that a write matched. */
  readonly matched: number;
  /** What the database, or a statement of ours, called the id of the last insert; a string where it is large. */
  readonly insertId?: number | string | undefined;
}

export interface SqlRunner {
  /**
   * @param parameters as the dialect's `encode` makes them
   * @throws {UniqueViolation | NotNullViolation | StoreUnavailable | Contention} and nothing that quotes the driver.
   */
  run(statement: Statement, parameters: readonly unknown[]): Promise<Result>;
}

/** One of its two ends is called, and closes it whatever comes of it. */
export interface SqlTransaction extends SqlRunner {
  commit(): Promise<void>;
  rollback(): Promise<void>;
}

/** Plain text without parameters, for migrations. */
export type RunText = (text: string) => Promise<void>;

/** A database that is open. */
export interface SqlDatabase extends SqlRunner {
  readonly compiler: Compiler;
  readonly sql: Sql;
  /** @param leftMs how much is left of the call's time */
  begin(leftMs: number): Promise<SqlTransaction>;
  /** What is there of these tables. */
  describe(tables: readonly string[]): Promise<Catalog>;
  /** One at a time over all processes; all or nothing where the database can take back that it made a table. */
  migrate(
    work: (run: RunText, describe: (tables: readonly string[]) => Promise<Catalog>) => Promise<void>,
  ): Promise<void>;
  close(): Promise<void>;
  /** What was found at `open`; unique violations and joins go by it. */
  catalog: Catalog;
}

export interface ConnectOptions {
  readonly url: string;
  readonly timeoutMs: number;
  readonly maxConnections: number;
}

/** Everything that differs between databases: a new one is a folder with one of these, and a line in `dialects.ts`. */
export interface Dialect {
  readonly name: string;
  /** With the colon: `file:`. */
  readonly protocols: readonly string[];
  /** What to install. */
  readonly packages: readonly string[];
  readonly ddl: DdlDialect;
  readonly inserts: Inserts;
  readonly comparisons: Comparisons;
  /** Whether `null first` has to be said in an ascending order. */
  readonly saysNullsFirst: boolean;
  /** How a type of the database's own, as the catalog calls it, holds times; null for one that holds milliseconds. */
  nativeTime(type: string): NativeTime | null;
  /** Whether a column of this type takes and gives back what it is declared to. True where we know nothing of the type. */
  canHold(use: ColumnUse, type: string): boolean;
  /** For the driver; null stays null. */
  encode(value: Scalar): unknown;
  /** `text` as the key of a user: true for at most one row, by its index, and never an error whatever the text is. */
  keyEquals(parts: KeyMatch): RawBuilder<boolean>;
  /**
   * How a delete takes its limit: as a part of the statement, or by choosing rows first. Chosen rows are locked where the
   * database would not see them change otherwise.
   */
  readonly limitedDelete: 'limit' | 'choose' | 'choose and lock';
  /** @throws {ConfigurationInvalid} */
  connect(options: ConnectOptions): Promise<SqlDatabase>;
}

export interface ColumnUse {
  readonly column: Column;
  /** A part of the key, or of what is unique: rows are looked for by any value that somebody sent. */
  readonly isLookedFor: boolean;
}

export interface KeyMatch {
  readonly sql: Sql;
  readonly key: RawBuilder<unknown>;
  readonly text: RawBuilder<unknown>;
  readonly column: Column;
  /** The column as it is in the database; undefined where it is not there. */
  readonly found: ColumnFacts | undefined;
}
