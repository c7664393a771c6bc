import type { Compilable, DeleteQueryBuilder, DeleteResult, RawBuilder, SelectQueryBuilder } from 'kysely';
import type { Model, Page, SignInJoin } from '../../resources/data-layer.js';
import { columnOf, type Condition } from '../conditions.js';
import type { Catalog } from './catalog.js';
import type { Compiler, Dialect, Sql, Statement } from './dialect.js';
import type { InsertQuery } from './inserts.js';
import { columnNames } from './names.js';
import { QueryColumns } from './query-columns.js';
import { countOf, resultColumns } from './shapes.js';
import { signInJoin } from './sign-in-join.js';

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
  readonly #columns: QueryColumns;
  #names = 0;

  constructor(
    private readonly compiler: Compiler,
    private readonly sql: Sql,
    private readonly dialect: Dialect,
    catalog: () => Catalog,
  ) {
    this.#columns = new QueryColumns(sql, dialect, catalog);
  }

  /** Slots: the values. */
  insert(model: Model, fields: readonly string[]): Statement {
    const query = this.#insertInto(model, fields);
    const returns = this.dialect.inserts.answerRow ? Object.keys(model.columns) : [];
    const returned = returns.length === 0 ? query : query.returning(this.#columns.selected(model, returns));
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
    const base = this.compiler.selectFrom(model.table).select(this.#columns.selected(model, fields));
    const slots = countOf(conditions);
    const selected = base.where(this.#columns.allOf(model, conditions, 0));
    const query = page ? this.#paged(model, selected, page, slots) : selected.limit(slots);
    return this.#statement(query, { model, returns: fields, writes: false, conditions });
  }

  /** Slots: the changes, then the conditions. */
  update(model: Model, fields: readonly string[], conditions: readonly Condition[]): Statement {
    const changes = this.#columns.written(model, fields);
    // No changes still means: lock the rows and count them.
    if (fields.length === 0) changes[firstKey(model)] = this.sql.id(firstKey(model));
    const matching = this.#columns.allOf(model, conditions, fields.length);
    const query = this.compiler.updateTable(model.table).set(changes).where(matching);
    return this.#statement(query, { model, returns: [], writes: true, conditions });
  }

  /** Slots: the conditions; with a limit, the conditions again and the limit. */
  delete(model: Model, conditions: readonly Condition[], limited: boolean): Statement {
    const all = this.compiler.deleteFrom(model.table).where(this.#columns.allOf(model, conditions, 0));
    const query = limited ? this.#limited(model, all, conditions) : all;
    return this.#statement(query, { model, returns: [], writes: true, conditions });
  }

  /** Slots: the handle or id, then the tenant where there is one. */
  findSignIn(join: SignInJoin, by: 'handleHash' | 'id'): Statement {
    const { signIns: model, user, userFields } = join;
    const { compiler, sql, dialect } = this;
    const query = signInJoin({ compiler, sql, dialect, columns: this.#columns }, join, by);
    const returns = Object.keys(model.columns);
    const statement = this.#statement(query, { model, returns, writes: false, conditions: [] });
    return { ...statement, columns: [...statement.columns, ...resultColumns(user, userFields)] };
  }

  #insertInto(model: Model, fields: readonly string[]): InsertQuery {
    const query = this.compiler.insertInto(model.table);
    return fields.length === 0
      ? this.dialect.inserts.empty(query, firstKey(model), this.sql)
      : query.values(this.#columns.written(model, fields));
  }

  #paged(model: Model, query: Selection, page: Page, slots: number): Selection {
    const { orderBy, direction = 'ascending' } = page;
    const column = columnOf(model, orderBy);
    const { comparisons } = this.dialect;
    const ordering = this.#columns.compared(model, orderBy, column);
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
    const matching = this.#columns.allOf(model, conditions, first);
    return this.sql`(${key}) in (select ${key} from ${table} where ${matching} limit ${limit}${lock})`;
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

function firstKey(model: Model): string {
  return columnNames(model, model.primaryKey)[0] ?? '';
}
