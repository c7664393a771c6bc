import { NotNullViolation, StoreUnavailable, UniqueViolation } from '../../../errors/index.js';
import type { Model } from '../../../resources/data-layer.js';
import { Contention } from '../../row-store.js';
import type { Catalog } from '../catalog.js';
import { codeOf, refusedStatement, textIn } from '../driver-errors.js';
import { fieldOfColumn, indexName, columnNames } from '../names.js';
import { uniqueKeys } from '../../models.js';

/** Serialization failure, deadlock. */
const LOST = ['40001', '40P01'];
/** A lock that was not given within `lock_timeout`. */
const LOCK_NOT_GIVEN = '55P03';
const QUERY_CANCELLED = '57014';
/** The statement or its rows were refused: integrity, data, syntax and rights, limits of a program. */
const STATEMENT = /^(0A|2[0-9BDEF]|3[0-9BDF]|4[0-9]|54|55|P0)[0-9A-Z]{3}$/;

/** Our error for PostgreSQL's, without its text: `detail` quotes values. */
export function errorOf(error: unknown, model: Model, catalog: Catalog): Error {
  const code = codeOf(error);
  if (code === '23505') return new UniqueViolation(model.table, fieldsOf(textIn(error, 'constraint'), model, catalog));
  if (code === '23502') return new NotNullViolation(model.table, [fieldOfColumn(model, textIn(error, 'column'))]);
  const contention = contentionOf(error);
  if (contention) return contention;
  if (STATEMENT.test(code)) return refusedStatement(model, code);
  return outageOf(error);
}

export function contentionOf(error: unknown): Contention | null {
  const code = codeOf(error);
  return LOST.includes(code) || code === LOCK_NOT_GIVEN ? new Contention(code === LOCK_NOT_GIVEN) : null;
}

/** In a transaction `statement_timeout` is short: whoever met it waited for several locks, one after the other. */
export function errorInTransaction(error: unknown, model: Model, catalog: Catalog): Error {
  return codeOf(error) === QUERY_CANCELLED ? new Contention() : errorOf(error, model, catalog);
}

/** For everything that is no statement's fault. */
export function outageOf(error: unknown): StoreUnavailable {
  const timeout = codeOf(error) === QUERY_CANCELLED || /time ?out/i.test(textIn(error, 'message'));
  return new StoreUnavailable(timeout ? 'timeout' : 'connection');
}

/** A connection is used again after a refused statement, and after nothing else. */
export function spoilsConnection(error: unknown): boolean {
  const code = codeOf(error);
  return !STATEMENT.test(code) && code !== QUERY_CANCELLED;
}

function fieldsOf(constraint: string, model: Model, catalog: Catalog): readonly string[] {
  const found = catalog.get(model.table)?.indexes.find(({ name }) => name === constraint);
  if (found) return found.columns.map((name) => fieldOfColumn(model, name));
  // Made after this process started: by the names that `ddlFor` gives.
  const own = uniqueKeys(model).find(
    (fields) => indexName(model.table, columnNames(model, fields), 'key') === constraint,
  );
  return own ?? [];
}
