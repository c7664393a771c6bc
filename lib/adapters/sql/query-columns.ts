import type { AliasedRawBuilder, RawBuilder } from 'kysely';
import type { Column, Model } from '../../resources/data-layer.js';
import { columnOf, type Condition } from '../conditions.js';
import type { Catalog, ColumnFacts } from './catalog.js';
import type { ColumnInQuery } from './comparisons.js';
import type { Dialect, Sql } from './dialect.js';
import { columnName } from './names.js';
import { nativeTimeOf } from './native-times.js';

/** A table of a join, by the name that it has there. */
export type Alias = 's' | 'u';

/** How the columns of a model stand in the text of a query, as what the database has of them asks for. */
export class QueryColumns {
  constructor(
    private readonly sql: Sql,
    private readonly dialect: Dialect,
    private readonly catalog: () => Catalog,
  ) {}

  /** Undefined where it was not there when the database was opened. */
  found(model: Model, field: string): ColumnFacts | undefined {
    return this.catalog()
      .get(model.table)
      ?.columns.get(columnName(field, columnOf(model, field)));
  }

  /** By column, what is written there: its slot. */
  written(model: Model, fields: readonly string[]): Record<string, unknown> {
    return Object.fromEntries(
      fields.map((field, slot) => {
        const column = columnOf(model, field);
        const time = nativeTimeOf(this.dialect, column, this.found(model, field));
        return [columnName(field, column), time ? time.write(this.sql, this.sql.val(slot)) : slot];
      }),
    );
  }

  // Rows come back as arrays, so the names only have to be unlike each other.
  selected(model: Model, fields: readonly string[], table?: Alias): AliasedRawBuilder<unknown, string>[] {
    return fields.map((field, index) => {
      const column = columnOf(model, field);
      const name = columnName(field, column);
      const ref = table === undefined ? this.sql.id(name) : this.sql.id(table, name);
      return this.#value(ref, column, this.found(model, field)).as(`${table ?? 'c'}${index}`);
    });
  }

  compared(model: Model, field: string, column: Column): ColumnInQuery {
    const found = this.found(model, field);
    return { sql: this.sql, ref: this.#value(this.#ref(model, field, column), column, found), column, found };
  }

  /** Every one of the conditions. @param first the slot of their first value */
  allOf(model: Model, conditions: readonly Condition[], first: number): RawBuilder<boolean> {
    let slot = first;
    const parts = conditions.map(({ field, column, operator, values }) => {
      if (operator === 'is null' || operator === 'is not null')
        return this.sql`${this.#ref(model, field, column)} ${this.sql.raw(operator)}`;
      const inQuery = this.compared(model, field, column);
      return this.dialect.comparisons.holds({ ...inQuery, operator, values: values.map(() => this.sql.val(slot++)) });
    });
    return parts.length === 0 ? this.sql<boolean>`1 = 1` : this.sql<boolean>`${this.sql.join(parts, this.sql` and `)}`;
  }

  /** A column as the port speaks of it. */
  #value(ref: RawBuilder<unknown>, column: Column, found: ColumnFacts | undefined): RawBuilder<unknown> {
    return nativeTimeOf(this.dialect, column, found)?.read(this.sql, ref) ?? ref;
  }

  #ref(model: Model, field: string, column: Column): RawBuilder<unknown> {
    return this.sql.id(...model.table.split('.'), columnName(field, column));
  }
}
