import { setTimeout as pause } from 'node:timers/promises';
import { StoreUnavailable } from '../../../errors/index.js';
import { systemClock } from '../../../time/index.js';
import { Turns } from '../../turns.js';
import type { Catalog } from '../catalog.js';
import type { Compiler, Result, RunText, Sql, SqlDatabase, SqlTransaction, Statement } from '../dialect.js';
import { errorOf, isBusy } from './libsql.errors.js';
import type { LibsqlHandle } from './libsql-handle.js';
import { describeTables } from './libsql.catalog.js';

export interface LibsqlParts {
  readonly compiler: Compiler;
  readonly sql: Sql;
  readonly reader: LibsqlHandle;
  readonly writer: LibsqlHandle;
  /** For rows that a power cut may take (`Model.forgettable`): its commits do not wait for the disk, which would block the event loop. */
  readonly hastyWriter: LibsqlHandle;
  readonly timeoutMs: number;
}

/**
 * A file in WAL mode behind three handles. Writers of this process take turns on two, those of other processes are waited for
 * without blocking the event loop; readers have the third and wait for nobody.
 */
export class LibsqlDatabase implements SqlDatabase {
  readonly compiler: Compiler;
  readonly sql: Sql;
  catalog: Catalog = new Map();
  readonly #parts: LibsqlParts;
  readonly #turns: Turns;

  constructor(parts: LibsqlParts) {
    this.compiler = parts.compiler;
    this.sql = parts.sql;
    this.#parts = parts;
    this.#turns = new Turns(parts.timeoutMs);
  }

  async run(statement: Statement, parameters: readonly unknown[]): Promise<Result> {
    return statement.writes ? this.#write(statement, parameters) : this.#read(statement, parameters);
  }

  async begin(leftMs: number): Promise<SqlTransaction> {
    return this.#begin(this.#parts.writer, leftMs);
  }

  async describe(tables: readonly string[]): Promise<Catalog> {
    return describeTables(this.#parts.reader, tables);
  }

  async migrate(work: (run: RunText, describe: (tables: readonly string[]) => Promise<Catalog>) => Promise<void>) {
    const { writer } = this.#parts;
    await this.#turns.use(async () => {
      await this.#lock(writer, now() + this.#parts.timeoutMs);
      try {
        await work(
          async (text) => writer.exec(text),
          async (tables) => describeTables(writer, tables),
        );
        writer.exec('commit');
      } catch (error) {
        rollBack(writer);
        throw error;
      }
    });
  }

  async close(): Promise<void> {
    await this.#turns.use(() => {
      const { reader, writer, hastyWriter } = this.#parts;
      for (const handle of [reader, hastyWriter, writer]) handle.close();
    });
  }

  async #read(statement: Statement, parameters: readonly unknown[]): Promise<Result> {
    for (let until = 0; ;) {
      try {
        return this.#parts.reader.run(statement, parameters);
      } catch (error) {
        if (!isBusy(error)) throw errorOf(error, statement.model);
        until ||= now() + this.#parts.timeoutMs;
        await pauseUntil(until);
      }
    }
  }

  // Never in autocommit: a statement with RETURNING that meets SQLITE_BUSY stays open in libsql, and its lock with it.
  async #write(statement: Statement, parameters: readonly unknown[]): Promise<Result> {
    const { writer, hastyWriter, timeoutMs } = this.#parts;
    const transaction = await this.#begin(statement.model.forgettable ? hastyWriter : writer, timeoutMs);
    try {
      const result = await transaction.run(statement, parameters);
      await transaction.commit();
      return result;
    } catch (error) {
      await transaction.rollback();
      throw error;
    }
  }

  async #begin(writer: LibsqlHandle, leftMs: number): Promise<SqlTransaction> {
    const until = now() + leftMs;
    const done = await this.#turns.take(leftMs);
    try {
      await this.#lock(writer, until);
    } catch (error) {
      done();
      throw error;
    }
    return this.#transaction(writer, done);
  }

  #transaction(writer: LibsqlHandle, done: () => void): SqlTransaction {
    let open = true;
    const end = (): boolean => {
      const ends = open;
      open = false;
      return ends;
    };
    return {
      run: async (statement, parameters) => mapped(statement, () => writer.run(statement, parameters)),
      commit: async () => {
        if (!end()) return;
        try {
          writer.exec('commit');
        } catch {
          rollBack(writer); // a commit that failed may have left its transaction open
          throw new StoreUnavailable('storage');
        } finally {
          done();
        }
      },
      rollback: async () => {
        if (!end()) return;
        rollBack(writer);
        done();
      },
    };
  }

  async #lock(writer: LibsqlHandle, until: number): Promise<void> {
    for (let cleared = false; ;) {
      try {
        return writer.exec('begin immediate');
      } catch (error) {
        if (cleared && !isBusy(error)) throw new StoreUnavailable('storage');
        if (cleared) await pauseUntil(until);
        else this.#rollBackAll(); // what a rollback that failed has left open: the turn is ours, so it is nobody's
        cleared = true;
      }
    }
  }

  #rollBackAll(): void {
    rollBack(this.#parts.writer);
    rollBack(this.#parts.hastyWriter);
  }
}

// Never throws: it has nothing to do where SQLite has rolled back by itself, as it does when the disk is full.
function rollBack(writer: LibsqlHandle): void {
  try {
    writer.exec('rollback');
  } catch {
    // `#lock` tries once more where something is still open
  }
}

// Another process has the file. A few milliseconds, each time another number of them.
async function pauseUntil(until: number): Promise<void> {
  if (now() > until) throw new StoreUnavailable('timeout');
  await pause(1 + Math.random() * 5);
}

function now(): number {
  return systemClock.now().getTime();
}

function mapped<T>({ model }: Statement, call: () => T): T {
  try {
    return call();
  } catch (error) {
    throw errorOf(error, model);
  }
}
