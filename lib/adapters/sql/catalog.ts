/** What a database has. By the name of the table as the model gives it; a table that is not there is missing. */
export type Catalog = ReadonlyMap<string, TableFacts>;

export interface TableFacts {
  readonly columns: ReadonlyMap<string, ColumnFacts>;
  readonly indexes: readonly IndexFacts[];
  /** The engine that keeps it, where it is one without transactions. */
  readonly withoutTransactions?: string | undefined;
}

export interface ColumnFacts {
  /** In the database's own words. */
  readonly type: string;
  /** Null is the default one. */
  readonly collation: string | null;
  readonly nullable: boolean;
  /** An insert can leave it out: it may be null, has a default, or there is a trigger, which may fill it. */
  readonly optional: boolean;
  /** What stands where an insert gives nothing, told where inserts do not answer their row; undefined for null. */
  readonly filled?: 'number' | 'value' | undefined;
}

export interface IndexFacts {
  readonly name: string;
  readonly columns: readonly string[];
  readonly unique: boolean;
  /** Over every row, and over columns alone. */
  readonly whole: boolean;
  /** Over columns alone, and the rows where this one is null: for an index that is not whole. */
  readonly whereNull?: string | undefined;
}

/** The column of a condition that is `column is null` and no more. */
export function columnOfNullCheck(condition: string): string | undefined {
  const [, quoted, plain] = /^[\s(]*(?:["`[](.+)["`\]]|(\w+))\s+is\s+null[\s)]*$/i.exec(condition) ?? [];
  return quoted?.replaceAll('""', '"') ?? plain;
}
