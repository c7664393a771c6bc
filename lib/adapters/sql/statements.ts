import type {
  AliasedRawBuilder,
  Compilable,
  DeleteQueryBuilder,
  DeleteResult,
  RawBuilder,
  SelectQueryBuilder,
} from 'kysely';
import type { Column, Model, Page, Row, SignInJoin } from '../../resources/data-layer.js';
import { columnOf } from '../conditions.js';
import type { Condition } from '../conditions.js';
import type { Catalog, ColumnFacts } from './catalog.js';
import type { Compiler, Dialect, Sql, Statement } from './dialect.js';
import { columnName, columnNames } from './names.js';
import type { ColumnInQuery } from './comparisons.js';
import type { InsertQuery } from './inserts.js';
import { nativeTimeOf } from './native-times.js';

interface Shape {
  readonly model: Model;
  readonly returns: readonly string[];
  readonly writes: boolean;
  readonly conditions: readonly Condition[];
}

/**
 * Compiles the calls of the port. What stands where a value will be is its slot: the index of the value among those of the
 * call, which come in the order in which the methods below count them.
 */
export class Statements {
  #names = 0;

  constructor(
    private readonly compiler: Compiler,
    private readonly sql: Sql,
    private readonly dialect: Dialect,
    private readonly catalog: () => Catalog,
  ) {}

  /** Slots: the values. */
  insert(model: Model, fields: readonly string[]): Statement {
    const returns = Object.keys(model.columns);
    const query = this.#insertInto(model, fields);
    if (!this.dialect.inserts.answerRow)
      return this.#statement(query, { model, returns: [], writes: true, conditions: [] });
    const returned = query.returning(this.#selected(model, returns));
    return this.#statement(returned, { model, returns, writes: true, conditions: [] });
  }

  /** Slots: the values. */
  insertIfAbsent(model: Model, fields: readonly string[]): Statement {
    const query = this.dialect.inserts.ignored(this.#insertInto(model, fields), firstKey(model), this.sql);
    return this.#statement(query, { model, returns: [], writes: true, conditions: [] });
  }

  /** Slots: the values, which hold the key and the field. */
  increment(model: Model, fields: readonly string[], key: readonly string[], field: string): Statement {
    const [column = field] = columnNames(model, [field]);
    const addition = { sql: this.sql, table: model.table, column, key: columnNames(model, key) };
    const query = this.dialect.inserts.added(this.#insertInto(model, fields), addition);
    return this.#statement(query, { model, returns: [field], writes: true, conditions: [] });
  }

  /** Slots: the conditions, then `after` where there is one, then the limit. */
  find(model: Model, conditions: readonly Condition[], fields: readonly string[], page: Page | null): Statement {
    const base = this.compiler.selectFrom(model.table).select(this.#selected(model, fields));
    const slots = countOf(conditions);
    const selected = base.where(this.#all(model, conditions, 0));
    const query = page ? this.#paged(model, selected, page, slots) : selected.limit(slots);
    return this.#statement(query, { model, returns: fields, writes: false, conditions });
  }

  /** Slots: the changes, then the conditions. */
  update(model: Model, fields: readonly string[], conditions: readonly Condition[]): Statement {
    const changes = this.#written(model, fields);
    // No changes still means: lock the rows and count them.
    if (fields.length === 0) changes[firstKey(model)] = this.sql.id(firstKey(model));
    const query = this.compiler
      .updateTable(model.table)
      .set(changes)
      .where(this.#all(model, conditions, fields.length));
    return this.#statement(query, { model, returns: [], writes: true, conditions });
  }

  /** Slots: the conditions; with a limit, the conditions again and the limit. */
  delete(model: Model, conditions: readonly Condition[], limited: boolean): Statement {
    const query = this.compiler.deleteFrom(model.table).where(this.#all(model, conditions, 0));
    return this.#statement(limited ? this.#limited(model, query, conditions) : query, {
      model,
      returns: [],
      writes: true,
      conditions,
    });
  }

  /** Slots: the handle or id, then the tenant where there is one. */
  findSignIn(join: SignInJoin, by: 'handleHash' | 'id'): Statement {
    const { signIns, user, userKey, userFields } = join;
    const column = columnOf(user, userKey);
    const matches = this.dialect.keyEquals({
      sql: this.sql,
      key: this.sql.id('u', columnName(userKey, column)),
      text: this.sql.id('s', columnName('userKey', columnOf(signIns, 'userKey'))),
      column,
      found: this.#found(user, userKey),
    });
    const tenants = [this.#tenantIs('s', signIns), this.#tenantIs('u', user)].flatMap((same) => same ?? []);
    const query = tenants.reduce(
      (joined, same) => joined.where(same),
      this.compiler
        .selectFrom([`${signIns.table} as s`, `${user.table} as u`])
        .select(this.#selected(signIns, Object.keys(signIns.columns), 's'))
        .select(this.#selected(user, userFields, 'u'))
        .where(this.sql.id('s', columnName(by, columnOf(signIns, by))), '=', 0)
        .where(matches),
    );
    const returns = Object.keys(signIns.columns);
    const statement = this.#statement(query, { model: signIns, returns, writes: false, conditions: [] });
    return { ...statement, columns: [...statement.columns, ...resultColumns(user, userFields)] };
  }

  /** By its bytes, as everywhere: a table that was there first may take two tenants for one. */
  #tenantIs(table: 's' | 'u', model: Model): RawBuilder<boolean> | null {
    const { tenantField } = model;
    if (tenantField === null) return null;
    const column = columnOf(model, tenantField);
    const ref = this.sql.id(table, columnName(tenantField, column));
    const inQuery = { sql: this.sql, ref, column, found: this.#found(model, tenantField) };
    return this.dialect.comparisons.holds({ ...inQuery, operator: '=', values: [this.sql.val(1)] });
  }

  #insertInto(model: Model, fields: readonly string[]): InsertQuery {
    const query = this.compiler.insertInto(model.table);
    return fields.length === 0
      ? this.dialect.inserts.empty(query, firstKey(model), this.sql)
      : query.values(this.#written(model, fields));
  }

  /** By column, what is written there: its slot. */
  #written(model: Model, fields: readonly string[]): Record<string, unknown> {
    return Object.fromEntries(
      fields.map((field, slot) => {
        const column = columnOf(model, field);
        const time = nativeTimeOf(this.dialect, column, this.#found(model, field));
        return [columnName(field, column), time ? time.write(this.sql, this.sql.val(slot)) : slot];
      }),
    );
  }

  // Rows come back as arrays, so the names only have to be unlike each other.
  #selected(model: Model, fields: readonly string[], table?: 's' | 'u'): AliasedRawBuilder<unknown, string>[] {
    return fields.map((field, index) => {
      const column = columnOf(model, field);
      const name = columnName(field, column);
      const ref = table === undefined ? this.sql.id(name) : this.sql.id(table, name);
      return this.#value(ref, column, this.#found(model, field)).as(`${table ?? 'c'}${index}`);
    });
  }

  /** A column as the port speaks of it. */
  #value(ref: RawBuilder<unknown>, column: Column, found: ColumnFacts | undefined): RawBuilder<unknown> {
    return nativeTimeOf(this.dialect, column, found)?.read(this.sql, ref) ?? ref;
  }

  #found(model: Model, field: string): ColumnFacts | undefined {
    return this.catalog()
      .get(model.table)
      ?.columns.get(columnName(field, columnOf(model, field)));
  }

  #paged(model: Model, query: Selection, page: Page, slots: number): Selection {
    const { orderBy, direction = 'ascending' } = page;
    const column = columnOf(model, orderBy);
    const { comparisons } = this.dialect;
    const ordering = this.#inQuery(model, orderBy, column);
    const ascending = direction === 'ascending';
    const nulls = this.dialect.saysNullsFirst && column.nullable ? (ascending ? ' nulls first' : ' nulls last') : '';
    const ordered = query.orderBy(
      this.sql`${comparisons.orderOf(ordering)} ${this.sql.raw(`${ascending ? 'asc' : 'desc'}${nulls}`)}`,
    );
    if (page.after === undefined || page.after === null) return ordered.limit(slots);
    const operator = ascending ? '>' : '<';
    return ordered.where(comparisons.holds({ ...ordering, operator, values: [this.sql.val(slots)] })).limit(slots + 1);
  }

  #limited(model: Model, query: Deletion, conditions: readonly Condition[]): Deletion {
    const count = countOf(conditions);
    if (this.dialect.limitedDelete === 'limit') return query.limit(this.sql.val(2 * count));
    return query.where(this.#chosen(model, conditions, count));
  }

  // The conditions stand outside too: a row that changed since it was chosen is checked again, and left.
  #chosen(model: Model, conditions: readonly Condition[], first: number): RawBuilder<boolean> {
    const key = this.sql.join(columnNames(model, model.primaryKey).map((name) => this.sql.id(name)));
    const table = this.sql.table(model.table);
    const lock = this.sql.raw(this.dialect.limitedDelete === 'choose and lock' ? ' for update' : '');
    const limit = this.sql.val(first + countOf(conditions));
    const matching = this.#all(model, conditions, first);
    return this.sql`(${key}) in (select ${key} from ${table} where ${matching} limit ${limit}${lock})`;
  }

  #all(model: Model, conditions: readonly Condition[], first: number): RawBuilder<boolean> {
    let slot = first;
    const parts = conditions.map(({ field, column, operator, values }) => {
      const compared = this.#inQuery(model, field, column);
      if (operator === 'is null' || operator === 'is not null')
        return this.sql`${this.#ref(model, field, column)} ${this.sql.raw(operator)}`;
      return this.dialect.comparisons.holds({ ...compared, operator, values: values.map(() => this.sql.val(slot++)) });
    });
    return parts.length === 0 ? this.sql<boolean>`1 = 1` : this.sql<boolean>`${this.sql.join(parts, this.sql` and `)}`;
  }

  #inQuery(model: Model, field: string, column: Column): ColumnInQuery {
    const found = this.#found(model, field);
    return { sql: this.sql, ref: this.#value(this.#ref(model, field, column), column, found), column, found };
  }

  #ref(model: Model, field: string, column: Column): RawBuilder<unknown> {
    return this.sql.id(...model.table.split('.'), columnName(field, column));
  }

  #statement(query: Compilable, { model, returns, writes, conditions }: Shape): Statement {
    const { sql, parameters } = query.compile();
    const varies = conditions.some(({ operator }) => operator === 'in');
    const name = varies ? null : `nest_auth_plug_${this.#names++}`;
    return { sql, slots: parameters.map(Number), columns: resultColumns(model, returns), writes, name, model };
  }
}

type Deletion = DeleteQueryBuilder<Record<string, Record<string, unknown>>, string, DeleteResult>;
type Selection = SelectQueryBuilder<Record<string, Record<string, unknown>>, string, Record<string, unknown>>;

function resultColumns(model: Model, fields: readonly string[]): Statement['columns'] {
  return fields.map((field) => ({ field, column: columnOf(model, field) }));
}

function firstKey(model: Model): string {
  return columnNames(model, model.primaryKey)[0] ?? '';
}

function countOf(conditions: readonly Condition[]): number {
  return conditions.reduce((count, { values }) => count + values.length, 0);
}

/** The parts of a call that its text depends on. */
export function shapeOf(conditions: readonly Condition[]): string {
  return conditions.map(({ field, operator, values }) => `${field} ${operator} ${values.length}`).join('&');
}

/** The fields of a row, which decide the text of an insert or update. */
export function shapeOfRow(row: Row): string {
  return Object.keys(row).join('&');
}
