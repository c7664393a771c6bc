import { NotNullViolation, StoreUnavailable, UniqueViolation } from '../../../errors/index.js';
import type { Model } from '../../../resources/data-layer.js';
import { uniqueKeys } from '../../models.js';
import { Contention } from '../../row-store.js';
import type { Catalog } from '../catalog.js';
import { codeOf, refusedStatement, textIn } from '../driver-errors.js';
import { columnNames, fieldOfColumn, indexName } from '../names.js';

const DUPLICATE = [1062, 1586];
/** Null was given; nothing was. */
const NOT_NULL = [1048, 1364];
const DEADLOCK = 1213;
/** A lock that was not given within `innodb_lock_wait_timeout` or `lock_wait_timeout`. */
const LOCK_NOT_GIVEN = 1205;
/** By `kill query`, ours or another's; by a time limit of the server's. */
const INTERRUPTED = [1317, 1969, 3024];
/** Nothing was wrong with the statement: the server starts, stops, is full, or may only be read (after a failover). */
const OUTAGE = [1021, 1037, 1040, 1041, 1047, 1053, 1077, 1079, 1114, 1203, 1226, 1290, 1792, 1836, 1927, 4031];

/** Our error for MariaDB's, without its text: it quotes values. */
export function errorOf(error: unknown, model: Model, catalog: Catalog): Error {
  const number = errnoOf(error);
  if (DUPLICATE.includes(number)) return new UniqueViolation(model.table, fieldsOf(error, model, catalog));
  if (NOT_NULL.includes(number)) return new NotNullViolation(model.table, [columnIn(error, model)]);
  const contention = contentionOf(error);
  if (contention) return contention;
  return isRefusal(error) ? refusedStatement(model, codeOf(error)) : outageOf(error);
}

/** In a transaction a statement is interrupted early: it waited for a lock. */
export function errorInTransaction(error: unknown, model: Model, catalog: Catalog): Error {
  return INTERRUPTED.includes(errnoOf(error)) ? new Contention(true) : errorOf(error, model, catalog);
}

export function contentionOf(error: unknown): Contention | null {
  const number = errnoOf(error);
  return number === DEADLOCK || number === LOCK_NOT_GIVEN ? new Contention(number === LOCK_NOT_GIVEN) : null;
}

/** For everything that is no statement's fault. */
export function outageOf(error: unknown): StoreUnavailable {
  if (error instanceof StoreUnavailable) return error;
  const timeout = INTERRUPTED.includes(errnoOf(error)) || /TIMEDOUT|TIMEOUT/.test(codeOf(error));
  return new StoreUnavailable(timeout ? 'timeout' : 'connection');
}

/** The connection is gone, and with it the answer; what only reads may be asked again. */
export function isLost(error: unknown): boolean {
  if (error instanceof StoreUnavailable) return false;
  return errnoOf(error) <= 0 || [1053, 1927, 4031].includes(errnoOf(error));
}

/** A connection is used again after a refused statement and a lock that was not given, and after nothing else. */
export function spoilsConnection(error: unknown): boolean {
  return !isRefusal(error) && !contentionOf(error);
}

function isRefusal(error: unknown): boolean {
  const number = errnoOf(error);
  return number > 0 && !OUTAGE.includes(number) && !INTERRUPTED.includes(number);
}

/** The server's number of an error; -1 for one of the driver or the network, whose numbers are below 0 or missing. */
function errnoOf(error: unknown): number {
  const value: unknown = typeof error === 'object' && error !== null ? Reflect.get(error, 'errno') : undefined;
  return typeof value === 'number' ? value : -1;
}

// `Duplicate entry 'ada@example.com' for key 'users.users_email_key'`, without the table on MariaDB. The value comes first,
// so it cannot make the end.
function fieldsOf(error: unknown, model: Model, catalog: Catalog): readonly string[] {
  const message = textIn(error, 'message');
  const isMeant = (name: string) => message.endsWith(`'${name}'`) || message.endsWith(`.${name}'`);
  const found = catalog.get(model.table)?.indexes.find(({ name }) => isMeant(name));
  if (found) return found.columns.map((name) => fieldOfColumn(model, name));
  // Made after this process started: by the names that `ddlFor` gives.
  const own = uniqueKeys(model).find((fields) => isMeant(indexName(model.table, columnNames(model, fields), 'key')));
  return own ?? (isMeant('PRIMARY') ? model.primaryKey : []);
}

// `Column 'plan' cannot be null`, `Field 'plan' doesn't have a default value`.
function columnIn(error: unknown, model: Model): string {
  const [, name = ''] = /^\w+ '(.+)' /.exec(textIn(error, 'message')) ?? [];
  return fieldOfColumn(model, name);
}
