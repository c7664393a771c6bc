import type Libsql from 'libsql';
import type { Result, Statement } from '../dialect.js';

const MAX_STATEMENTS = 200;

type Prepared = Libsql.Statement;

/** One connection with its prepared statements. libsql is synchronous: each call here blocks for as long as SQLite works. */
export class LibsqlHandle {
  /** Oldest first. */
  readonly #prepared = new Map<string, Prepared>();

  constructor(private readonly database: Libsql.Database) {}

  run({ sql, columns, writes }: Statement, parameters: readonly unknown[]): Result {
    const prepared = this.#prepare(sql, columns);
    if (writes && columns.length === 0) return { rows: [], matched: prepared.run([...parameters]).changes };
    // `.get()` adds a `_metadata` field and leaves the statement open, which would hold an old snapshot; `.all()` ends it.
    const rows = prepared.all([...parameters]).filter((row): row is unknown[] => Array.isArray(row));
    return { rows, matched: rows.length };
  }

  exec(text: string): void {
    this.database.exec(text);
  }

  /** Rows of a query of ours, by column name; not for the hot path. */
  rows(text: string, ...parameters: readonly string[]): readonly Readonly<Record<string, unknown>>[] {
    const rows = this.database.prepare(text).all([...parameters]);
    return rows.filter((row): row is Record<string, unknown> => typeof row === 'object' && row !== null);
  }

  close(): void {
    this.#prepared.clear();
    this.database.close();
  }

  #prepare(text: string, columns: Statement['columns']): Prepared {
    const known = this.#prepared.get(text);
    if (known) return known;

    const prepared: Prepared = this.database.prepare(text);
    if (columns.length > 0) prepared.raw(true);
    // As doubles, whole numbers beyond 2^53 would be others.
    if (columns.some(({ column }) => column.type === 'bigint')) prepared.safeIntegers(true);
    const [oldest] = this.#prepared.keys();
    if (this.#prepared.size >= MAX_STATEMENTS && oldest !== undefined) this.#prepared.delete(oldest);
    this.#prepared.set(text, prepared);
    return prepared;
  }
}
