import type { Model, Page, Row, Scalar, SignInJoin, Where } from '../../resources/data-layer.js';
import { UniqueViolation } from '../../errors/index.js';
import { checkRow, conditionsOf } from '../conditions.js';
import type { Condition } from '../conditions.js';
import { uniqueKeyOf } from '../models.js';
import type { RowStore } from '../row-store.js';
import type { Catalog } from './catalog.js';
import type { Dialect, Result, SqlRunner, Statement } from './dialect.js';
import { fieldsToRead, givenRow } from './inserted-row.js';
import { nativeTimeOf } from './native-times.js';
import { StatementCache } from './statement-cache.js';
import { shapeOf, shapeOfRow } from './shapes.js';
import type { Statements } from './statements.js';
import { decodeRow } from './values.js';

/** What all handles of one open database share. */
export interface SqlRowsContext {
  readonly dialect: Dialect;
  readonly statements: Statements;
  readonly cache: StatementCache;
  readonly signInCache: WeakMap<Model, StatementCache>;
  catalog(): Catalog;
}

/** The calls of the port as one statement each, on a connection or in a transaction. */
export class SqlRows implements RowStore {
  constructor(
    private readonly context: SqlRowsContext,
    private readonly runner: SqlRunner,
  ) {}

  async insert(model: Model, values: Row): Promise<Row> {
    checkRow(model, values);
    const statement = this.#statement(model, `insert ${shapeOfRow(values)}`, (statements) =>
      statements.insert(model, Object.keys(values)),
    );
    if (!this.context.dialect.inserts.answerRow) return this.#insertAndRead(statement, values);
    const { rows } = await this.#run(statement, Object.values(values));
    return decodeRow(statement.columns, rows[0] ?? []);
  }

  async insertIfAbsent(model: Model, values: Row): Promise<boolean> {
    checkRow(model, values);
    const statement = this.#statement(model, `insertIfAbsent ${shapeOfRow(values)}`, (statements) =>
      statements.insertIfAbsent(model, Object.keys(values)),
    );
    return this.context.dialect.inserts.isNew(await this.#run(statement, Object.values(values)));
  }

  async find(model: Model, where: Where, fields: readonly string[], page: Page | null): Promise<readonly Row[]> {
    const conditions = conditionsOf(model, where);
    const statement = this.#statement(
      model,
      `find ${fields.join()} ${shapeOf(conditions)} ${shapeOfPage(page)}`,
      (all) => all.find(model, conditions, fields, page),
    );
    const { rows } = await this.#run(statement, [...valuesOf(conditions), ...valuesOfPage(model, page)]);
    return rows.map((values) => decodeRow(statement.columns, values));
  }

  async update(model: Model, where: Where, changes: Row): Promise<number> {
    checkRow(model, changes);
    const conditions = conditionsOf(model, where);
    const statement = this.#statement(model, `update ${shapeOfRow(changes)} ${shapeOf(conditions)}`, (statements) =>
      statements.update(model, Object.keys(changes), conditions),
    );
    return (await this.#run(statement, [...Object.values(changes), ...valuesOf(conditions)])).matched;
  }

  async increment(model: Model, key: Row, field: string, by: number, initial: Row): Promise<number> {
    const unique = uniqueKeyOf(model, key);
    const values = { ...initial, ...key, [field]: by };
    checkRow(model, values);
    const statement = this.#statement(model, `increment ${field} ${shapeOfRow(key)} ${shapeOfRow(values)}`, (all) =>
      all.increment(model, Object.keys(values), unique, field),
    );
    const sum = this.context.dialect.inserts.sumOf(await this.#run(statement, Object.values(values)), by);
    if (sum === null) throw new UniqueViolation(model.table, []);
    return sum;
  }

  async delete(model: Model, where: Where, limit: number | null): Promise<number> {
    const conditions = conditionsOf(model, where);
    const limited = limit !== null;
    const statement = this.#statement(
      model,
      `delete ${limited ? 'some' : 'all'} ${shapeOf(conditions)}`,
      (statements) => statements.delete(model, conditions, limited),
    );
    const values = valuesOf(conditions);
    return (await this.#run(statement, limited ? [...values, ...values, limit] : values)).matched;
  }

  async findSignIn(
    join: SignInJoin,
    tenant: string | null,
  ): Promise<{ readonly signIn: Row; readonly user: Row } | null> {
    const by = 'id' in join.by ? 'id' : 'handleHash';
    const statement = this.#signInStatement(join, by);
    const { rows } = await this.#run(statement, ['id' in join.by ? join.by.id : join.by.handleHash, tenant]);
    const [values] = rows;
    if (!values) return null;
    const first = statement.columns.length - join.userFields.length;
    return {
      signIn: decodeRow(statement.columns, values, 0, first),
      user: decodeRow(statement.columns, values, first),
    };
  }

  #signInStatement(join: SignInJoin, by: 'handleHash' | 'id'): Statement {
    const { signInCache, statements } = this.context;
    let cache = signInCache.get(join.signIns);
    if (cache === undefined) signInCache.set(join.signIns, (cache = new StatementCache()));
    return cache.get(join.user, `${by} ${join.userKey} ${join.userFields.join()}`, () =>
      statements.findSignIn(join, by),
    );
  }

  #statement(model: Model, shape: string, compile: (statements: Statements) => Statement): Statement {
    return this.context.cache.get(model, shape, () => compile(this.context.statements));
  }

  #run(statement: Statement, values: readonly Scalar[]): Promise<Result> {
    const { dialect } = this.context;
    return this.runner.run(
      statement,
      statement.slots.map((slot) => dialect.encode(values[slot] ?? null)),
    );
  }

  async #insertAndRead(statement: Statement, values: Row): Promise<Row> {
    const { model } = statement;
    const facts = this.context.catalog().get(model.table);
    const unknown = fieldsToRead(model, values, facts, (column, found) => {
      return nativeTimeOf(this.context.dialect, column, found) !== null;
    });
    const { insertId } = await this.#run(statement, Object.values(values));
    const given = givenRow(model, values, facts, insertId);
    if (unknown.length === 0) return given;
    const key = Object.fromEntries(model.primaryKey.map((field) => [field, given[field] ?? null]));
    const [read] = await this.find(model, key, unknown, null);
    return { ...given, ...read };
  }
}

function valuesOf(conditions: readonly Condition[]): readonly Scalar[] {
  return conditions.flatMap(({ values }) => values);
}

function valuesOfPage(model: Model, page: Page | null): readonly Scalar[] {
  if (!page) return [1];
  const { orderBy, after, limit } = page;
  if (after === undefined || after === null) return [limit];
  const checked = conditionsOf(model, { [orderBy]: after });
  return [...valuesOf(checked), limit];
}

function shapeOfPage(page: Page | null): string {
  if (!page) return 'one';
  return `${page.orderBy} ${page.direction ?? 'ascending'} ${page.after === undefined || page.after === null ? 'start' : 'after'}`;
}
