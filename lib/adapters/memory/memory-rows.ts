import { randomUUID } from 'node:crypto';
import { NotNullViolation } from '../../errors/index.js';
import type { Model, Page, Row, Scalar, SignInJoin, Where } from '../../resources/data-layer.js';
import { checkRow, columnOf, conditionsOf, isOfType } from '../conditions.js';
import { uniqueKeyOf } from '../models.js';
import { compareScalars, copyScalar } from '../scalars.js';
import type { MemoryTable, StoredRow } from './memory-table.js';

/** Where the calls find their tables. */
export interface MemoryTables {
  reading(model: Model): MemoryTable;
  writing(model: Model): MemoryTable;
  /** The next of a table's own numbers, for keys that are left out. */
  number(model: Model): number;
}

/** The calls of the port on tables in memory, without waiting: each one is atomic because nothing runs beside it. */
export class MemoryRows {
  constructor(private readonly tables: MemoryTables) {}

  insert(model: Model, values: Row): Row {
    const row = this.#complete(model, values);
    this.tables.writing(model).insert(row);
    return pick(row, Object.keys(model.columns));
  }

  insertIfAbsent(model: Model, values: Row): boolean {
    const row = this.#complete(model, values);
    const table = this.tables.writing(model);
    if (table.conflict(row)) return false;
    table.insert(row);
    return true;
  }

  find(model: Model, where: Where, fields: readonly string[], page: Page | null): readonly Row[] {
    fields.forEach((field) => columnOf(model, field));
    const rows = this.tables.reading(model).matching(conditionsOf(model, where));
    const wanted = page ? pageOf(model, rows, page) : rows.slice(0, 1);
    return wanted.map((row) => pick(row, fields));
  }

  update(model: Model, where: Where, changes: Row): number {
    checkRow(model, changes);
    const table = this.tables.writing(model);
    const before = table.matching(conditionsOf(model, where));
    const copied = copyRow(changes);
    table.replace(
      before,
      before.map((row) => ({ ...row, ...copied })),
    );
    return before.length;
  }

  increment(model: Model, key: Row, field: string, by: number, initial: Row): number {
    uniqueKeyOf(model, key);
    checkRow(model, { [field]: by });
    const table = this.tables.writing(model);
    const [row] = table.matching(conditionsOf(model, key));
    const value = Number(row?.[field] ?? 0) + by;
    if (row) table.replace([row], [{ ...row, [field]: value }]);
    else this.insert(model, { ...initial, ...key, [field]: by });
    return value;
  }

  delete(model: Model, where: Where, limit: number | null): number {
    const table = this.tables.writing(model);
    const rows = table.matching(conditionsOf(model, where)).slice(0, limit ?? Infinity);
    rows.forEach((row) => table.remove(row));
    return rows.length;
  }

  findSignIn(join: SignInJoin, tenant: string | null): { readonly signIn: Row; readonly user: Row } | null {
    const { signIns, user, by, userKey, userFields } = join;
    const [signIn] = this.find(signIns, ofTenant(signIns, by, tenant), Object.keys(signIns.columns), null);
    const key = signIn && keyFromText(user, userKey, signIn['userKey'] ?? null);
    if (signIn === undefined || key === undefined || key === null) return null;
    const [found] = this.find(user, ofTenant(user, { [userKey]: key }, tenant), userFields, null);
    return found ? { signIn, user: found } : null;
  }

  #complete(model: Model, values: Row): StoredRow {
    checkRow(model, values);
    const row: Record<string, Scalar> = {};
    for (const [field, column] of Object.entries(model.columns)) {
      const value = values[field] ?? null;
      row[field] = value === null && !column.nullable ? this.#generated(model, field) : copyScalar(value);
    }
    return row;
  }

  /** What a database would make: numbers in their order, and a UUID where its default is one. */
  #generated(model: Model, field: string): Scalar {
    const { type, generated = false } = columnOf(model, field);
    if (generated && type === 'text') return randomUUID();
    const isOnlyKey = model.primaryKey.length === 1 && model.primaryKey[0] === field;
    if (!(generated || isOnlyKey) || (type !== 'integer' && type !== 'bigint')) {
      throw new NotNullViolation(model.table, [field]);
    }
    const number = this.tables.number(model);
    return type === 'bigint' ? BigInt(number) : number;
  }
}

function pageOf(model: Model, rows: readonly StoredRow[], page: Page): readonly StoredRow[] {
  const { orderBy, direction = 'ascending', limit, after } = page;
  columnOf(model, orderBy);
  const sign = direction === 'ascending' ? 1 : -1;
  const order = (left: Scalar, right: Scalar): number => sign * compareScalars(left, right);
  const valueOf = (row: StoredRow): Scalar => row[orderBy] ?? null;
  return rows
    .filter((row) => after === undefined || after === null || (valueOf(row) !== null && order(valueOf(row), after) > 0))
    .sort((left, right) => order(valueOf(left), valueOf(right)))
    .slice(0, limit);
}

function keyFromText(user: Model, userKey: string, text: Scalar): Scalar {
  const column = columnOf(user, userKey);
  if (column.type === 'text' || typeof text !== 'string') return text;
  if (!/^(0|-?[1-9]\d*)$/.test(text)) return null;
  const key = column.type === 'bigint' ? BigInt(text) : Number(text);
  return isOfType(column, key) ? key : null;
}

function ofTenant(model: Model, where: Row, tenant: string | null): Row {
  return model.tenantField === null ? where : { ...where, [model.tenantField]: tenant };
}

function copyRow(row: Row): Row {
  return pick(row, Object.keys(row));
}

function pick(row: Row, fields: readonly string[]): Row {
  return Object.fromEntries(fields.map((field) => [field, copyScalar(row[field] ?? null)]));
}
