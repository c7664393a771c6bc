import type { Problem } from '../errors/index.js';

/** What a field may hold. Each comes back in the type it went in as. */
export type Scalar = string | number | bigint | boolean | Date | Uint8Array | null;
export type Row = Readonly<Record<string, Scalar>>;

/** All members must hold. `null` as a value means "is null". */
export type Where = Readonly<
  Record<
    string,
    | Scalar
    | { readonly in: readonly Scalar[] }
    | { readonly lt: Scalar }
    | { readonly gt: Scalar }
    | { readonly isNull: boolean }
  >
>;

/**
 * How a column is kept. `time` is a `Date`, stored as UTC milliseconds or in the database's own type; `bytes` is a `Uint8Array`; `integer` is a number
 * within ±2^53, `bigint` a bigint of 64 bits.
 */
export type ColumnType = 'text' | 'integer' | 'bigint' | 'boolean' | 'time' | 'bytes';

export interface Column {
  readonly type: ColumnType;
  /** @default false */
  readonly nullable?: boolean | undefined;
  /** The column's name in the database. @default the field's own name in snake_case */
  readonly column?: string | undefined;
  /** The database makes a value where an insert brings none. @default false, but for the only whole number of a key */
  readonly generated?: boolean | undefined;
  /** Text of that form and no other: the database may have a type for it. @default any text */
  readonly format?: 'uuid' | undefined;
}

/** A table: enough of it to make it, to migrate it, and to check that it is there. */
export interface Model {
  readonly table: string;
  /** The field that holds the tenant; null for a table that belongs to no tenant. */
  readonly tenantField: string | null;
  /** By field name, camelCase. */
  readonly columns: Readonly<Record<string, Column>>;
  readonly primaryKey: readonly string[];
  /** Each entry is one unique index. */
  readonly unique?: readonly (readonly string[])[] | undefined;
  /** Says since when a row is deleted; what is unique may be so among the other rows alone. @default none */
  readonly deletedAtField?: string | undefined;
  /** What every row brings that this library makes: no other column may want a value. @default not checked */
  readonly insertedFields?: readonly string[] | undefined;
  /** Each entry is one plain index. */
  readonly indexes?: readonly (readonly string[])[] | undefined;
  /**
   * A power cut may take the last writes, such as counts of attempts: where a store can, a single write to this table does not wait for
   * the disk. The next call of any process sees it all the same. @default false
   */
  readonly forgettable?: boolean | undefined;
}

export interface Page {
  readonly orderBy: string;
  /** @default 'ascending' */
  readonly direction?: 'ascending' | 'descending' | undefined;
  readonly limit: number;
  /** Rows beyond this value of `orderBy`, in the direction given. */
  readonly after?: Scalar | undefined;
}

/**
 * The one narrow port to a database. What an adapter promises:
 *
 * 1. Each call outside a transaction is atomic and durable when its promise resolves; the next call of any process sees it.
 * 2. `update` and `delete` are one statement against the latest committed row; the number is of rows that **matched**.
 *    Callers write conditions that the change makes false, so of any number of parallel callers exactly one gets 1.
 * 3. `insert` throws `UniqueViolation`, and `NotNullViolation` where a value is left out that the table wants; inside a transaction the only thing left then is to leave it. `insertIfAbsent` and
 *    `increment` answer without spoiling the transaction.
 * 4. `transaction` runs at READ COMMITTED or stronger; the row locks of `update` are held to its end. Serialization failures
 *    and deadlocks run `work` again, at most three times, then `StoreUnavailable`. A transaction that is open for longer than
 *    250 ms is rolled back. A reader outside answers while one is open.
 * 5. Using the outer handle inside `work` throws instead of waiting for ever. `tx.transaction` joins.
 * 6. Equality is byte-exact. Driver errors are mapped to ours and their text dropped.
 * 7. No answer within the adapter's time-out (default 5 s) is `StoreUnavailable`, rolled back.
 *
 * The suite in `nest-auth-plug/testing` shows each of them.
 */
export interface DataLayer {
  /** @throws {UniqueViolation | NotNullViolation} */
  insert(model: Model, values: Row): Promise<Row>;
  /** False on any unique conflict; a transaction lives on. */
  insertIfAbsent(model: Model, values: Row): Promise<boolean>;
  /** @param fields Which to read. @default all of the model */
  findOne(model: Model, where: Where, fields?: readonly string[]): Promise<Row | null>;
  findMany(model: Model, where: Where, page: Page, fields?: readonly string[]): Promise<readonly Row[]>;
  /** Rows matched. */
  update(model: Model, where: Where, changes: Row): Promise<number>;
  /**
   * Adds `by` to an integer field, in one statement, and answers the new value. Where no row has the key, makes one of
   * `key`, `initial` and `by`.
   */
  increment(model: Model, key: Row, field: string, by: number, initial?: Row): Promise<number>;
  /** Rows deleted. */
  delete(model: Model, where: Where, options?: { readonly limit?: number | undefined }): Promise<number>;
  transaction<T>(work: (tx: DataLayer) => Promise<T>): Promise<T>;
  /**
   * The same data seen by one tenant: reads, writes and counts of tenant models touch its rows alone. `''` is the tenant of
   * everything that belongs to none. Without it a tenant model throws `TenantRequired`.
   * @throws {TypeError} where it is bound to another tenant already: who is handed one tenant's data has no other's
   */
  forTenant(tenant: string): DataLayer;
  /** A sign-in and its user by one statement, where the adapter can join them; see {@link SignInJoin}. */
  readonly findSignIn?:
    ((join: SignInJoin) => Promise<{ readonly signIn: Row; readonly user: Row } | null>) | undefined;
}

/** `signIns.userKey` holds the user's key as text; a row whose user is gone answers null. */
export interface SignInJoin {
  readonly signIns: Model;
  readonly by: { readonly handleHash: string } | { readonly id: string };
  readonly user: Model;
  /** The user's single key field. */
  readonly userKey: string;
  readonly userFields: readonly string[];
}

/** A data layer that is connected, with what the module needs around it. */
export interface OpenDataLayer extends DataLayer {
  /** What keeps the models from working: missing tables or columns, a missing unique index. */
  check(): Promise<readonly Problem[]>;
  close(): Promise<void>;
}

/** What `defineOtpApp({ dataLayer })` takes: opened at boot, with every model of the app, closed on `app.close()`. */
export interface DataLayerAdapter {
  /** For the boot line and errors: `memory`, `libsql`, `postgres`. Holds no password. */
  readonly name: string;
  /** False where nothing outlives the process: such an adapter refuses to boot in production. */
  readonly durable: boolean;
  /** @throws {ConfigurationInvalid} when a driver package is missing or the URL cannot be used. */
  open(models: readonly Model[]): Promise<OpenDataLayer>;
}
