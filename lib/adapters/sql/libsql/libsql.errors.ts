import { NotNullViolation, StoreUnavailable, UniqueViolation } from '../../../errors/index.js';
import type { Model } from '../../../resources/data-layer.js';
import { Contention } from '../../row-store.js';
import { codeOf, refusedStatement, textIn } from '../driver-errors.js';
import { fieldOfColumn } from '../names.js';

const UNIQUE = ['SQLITE_CONSTRAINT_UNIQUE', 'SQLITE_CONSTRAINT_PRIMARYKEY', 'SQLITE_CONSTRAINT_ROWID'];
/** The file or its disk, not the statement. */
const STORAGE = /^SQLITE_(IOERR|FULL|CANTOPEN|CORRUPT|READONLY|NOTADB|PROTOCOL)/;

export function isBusy(error: unknown): boolean {
  return /^SQLITE_(BUSY|LOCKED)/.test(codeOf(error));
}

/** Our error for SQLite's, without its text. */
export function errorOf(error: unknown, model: Model): Error {
  const code = codeOf(error);
  if (UNIQUE.includes(code)) return new UniqueViolation(model.table, fieldsIn(error, model));
  if (code === 'SQLITE_CONSTRAINT_NOTNULL') return new NotNullViolation(model.table, fieldsIn(error, model));
  if (isBusy(error)) return new Contention();
  if (STORAGE.test(code)) return new StoreUnavailable('storage');
  return refusedStatement(model, code || 'SQLITE_ERROR');
}

// "UNIQUE constraint failed: users.tenant, users.email": columns only, or the name of an index on an expression.
function fieldsIn(error: unknown, model: Model): readonly string[] {
  const [, list = ''] = /constraint failed: ([^']+)$/.exec(textIn(error, 'message')) ?? [];
  const names = list.split(', ').map((column) => column.slice(column.indexOf('.') + 1));
  return names.filter((name) => name !== '').map((name) => fieldOfColumn(model, name));
}
