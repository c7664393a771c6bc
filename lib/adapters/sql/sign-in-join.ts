import type { Compilable, RawBuilder } from 'kysely';
import type { Model, SignInJoin } from '../../resources/data-layer.js';
import { columnOf } from '../conditions.js';
import type { Compiler, Dialect, Sql } from './dialect.js';
import { columnName } from './names.js';
import type { Alias, QueryColumns } from './query-columns.js';

/** What a join is written with. */
export interface JoinParts {
  readonly compiler: Compiler;
  readonly sql: Sql;
  readonly dialect: Dialect;
  readonly columns: QueryColumns;
}

/** A sign-in with its user. Slots: the handle or id, then the tenant where there is one. */
export function signInJoin(parts: JoinParts, join: SignInJoin, by: 'handleHash' | 'id'): Compilable {
  const { compiler, sql, dialect, columns } = parts;
  const { signIns, user, userKey, userFields } = join;
  const column = columnOf(user, userKey);
  const matches = dialect.keyEquals({
    sql,
    key: sql.id('u', columnName(userKey, column)),
    text: sql.id('s', columnName('userKey', columnOf(signIns, 'userKey'))),
    column,
    found: columns.found(user, userKey),
  });
  const tenants = [tenantIs(parts, 's', signIns), tenantIs(parts, 'u', user)].flatMap((same) => same ?? []);
  return tenants.reduce(
    (joined, same) => joined.where(same),
    compiler
      .selectFrom([`${signIns.table} as s`, `${user.table} as u`])
      .select(columns.selected(signIns, Object.keys(signIns.columns), 's'))
      .select(columns.selected(user, userFields, 'u'))
      .where(sql.id('s', columnName(by, columnOf(signIns, by))), '=', 0)
      .where(matches),
  );
}

/** By its bytes, as everywhere: a table that was there first may take two tenants for one. */
function tenantIs({ sql, dialect, columns }: JoinParts, table: Alias, model: Model): RawBuilder<boolean> | null {
  const { tenantField } = model;
  if (tenantField === null) return null;
  const column = columnOf(model, tenantField);
  const ref = sql.id(table, columnName(tenantField, column));
  const inQuery = { sql, ref, column, found: columns.found(model, tenantField) };
  return dialect.comparisons.holds({ ...inQuery, operator: '=', values: [sql.val(1)] });
}
