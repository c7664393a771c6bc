import { UniqueViolation } from '../../errors/index.js';
import type { Model, Row, Scalar } from '../../resources/data-layer.js';
import type { Condition } from '../conditions.js';
import { holds, scalarKey } from '../scalars.js';

/** Complete: a value for every field of the model. Never changed, only replaced. */
export type StoredRow = Readonly<Record<string, Scalar>>;

/** The rows of one table with its primary key and unique indexes. Changes all or nothing; never waits. */
export class MemoryTable {
  readonly #model: Model;
  /** The primary key first. */
  readonly #indexes: readonly { readonly fields: readonly string[]; readonly rows: Map<string, StoredRow> }[];
  #rows: Set<StoredRow>;

  constructor(model: Model, rows: Iterable<StoredRow> = []) {
    this.#model = model;
    this.#rows = new Set();
    this.#indexes = [model.primaryKey, ...(model.unique ?? [])].map((fields) => ({ fields, rows: new Map() }));
    for (const row of rows) this.#add(row);
  }

  copy(): MemoryTable {
    return new MemoryTable(this.#model, this.#rows);
  }

  matching(conditions: readonly Condition[]): readonly StoredRow[] {
    return this.#candidates(conditions).filter((row) =>
      conditions.every((condition) => holds(condition, row[condition.field] ?? null)),
    );
  }

  /** The fields of a unique index that has these values already, in another row than `except`. */
  conflict(row: StoredRow, except?: StoredRow): readonly string[] | null {
    const index = this.#indexes.find(({ fields, rows }) => {
      const key = indexKey(fields, row);
      const found = key === null ? undefined : rows.get(key);
      return found !== undefined && found !== except;
    });
    return index?.fields ?? null;
  }

  /** @throws {UniqueViolation} */
  insert(row: StoredRow): void {
    const fields = this.conflict(row);
    if (fields) throw new UniqueViolation(this.#model.table, fields);
    this.#add(row);
  }

  /** Puts others in the place of rows. @throws {UniqueViolation} with everything as it was. */
  replace(before: readonly StoredRow[], after: readonly StoredRow[]): void {
    const kept = [...this.#rows];
    before.forEach((row) => this.remove(row));
    try {
      after.forEach((row) => this.insert(row));
    } catch (error) {
      [...this.#rows].forEach((row) => this.remove(row));
      kept.forEach((row) => this.#add(row));
      throw error;
    }
  }

  remove(row: StoredRow): void {
    this.#rows.delete(row);
    for (const { fields, rows } of this.#indexes) {
      const key = indexKey(fields, row);
      if (key !== null) rows.delete(key);
    }
  }

  #add(row: StoredRow): void {
    this.#rows.add(row);
    for (const { fields, rows } of this.#indexes) {
      const key = indexKey(fields, row);
      if (key !== null) rows.set(key, row);
    }
  }

  // One row at most when a unique index is asked for by all of its fields, else the whole table.
  #candidates(conditions: readonly Condition[]): readonly StoredRow[] {
    const wanted: Record<string, Scalar> = {};
    for (const { operator, field, values } of conditions) {
      if (operator === '=') wanted[field] = values[0] ?? null;
    }
    const index = this.#indexes.find(({ fields }) => fields.every((field) => Object.hasOwn(wanted, field)));
    if (!index) return [...this.#rows];
    const found = index.rows.get(indexKey(index.fields, wanted) ?? '');
    return found ? [found] : [];
  }
}

// As in SQL, rows with null in a unique index are unlike each other.
function indexKey(fields: readonly string[], row: Row): string | null {
  const parts = fields.map((field) => row[field] ?? null);
  return parts.includes(null) ? null : JSON.stringify(parts.map(scalarKey));
}
