import type { Column, Model, Row, Scalar } from '../../resources/data-layer.js';
import { copyScalar } from '../scalars.js';
import type { ColumnFacts, TableFacts } from './catalog.js';
import { columnName } from './names.js';

/** What is known of the row of an insert that answers none: what was given, the number of the row, and null. */
export function givenRow(
  model: Model,
  values: Row,
  facts: TableFacts | undefined,
  insertId: number | string | undefined,
): Row {
  const row: Record<string, Scalar> = {};
  for (const [field, column] of Object.entries(model.columns)) {
    const found = facts?.columns.get(columnName(field, column));
    if (Object.hasOwn(values, field)) row[field] = kept(values[field] ?? null, found);
    else row[field] = filledBy(model, field, column, facts) === 'number' ? numberOf(column, insertId) : null;
  }
  return row;
}

/** MariaDB has one spelling of a uuid. */
function kept(value: Scalar, found: ColumnFacts | undefined): Scalar {
  return typeof value === 'string' && found?.type === 'uuid' ? value.toLowerCase() : copyScalar(value);
}

/**
 * The fields that the database may fill with a value of its own, or keep less of than was given.
 *
 * @param isCut whether a column of this type does not keep all of a time
 * @throws {TypeError} where one of them is a part of the key: nobody could find the row to read it.
 */
export function fieldsToRead(
  model: Model,
  values: Row,
  facts: TableFacts | undefined,
  isCut: (column: Column, found: ColumnFacts | undefined) => boolean,
): readonly string[] {
  const unknown = Object.entries(model.columns)
    .filter(([field, column]) =>
      Object.hasOwn(values, field)
        ? isCut(column, facts?.columns.get(columnName(field, column)))
        : filledBy(model, field, column, facts) === 'value',
    )
    .map(([field]) => field);
  const key = unknown.find((field) => model.primaryKey.includes(field));
  if (key === undefined) return unknown;
  throw new TypeError(
    `"${key}" of "${model.table}": this database tells a key that it made only where it is a number; let the app make it`,
  );
}

// Of a table that was made after the database was opened nothing is known, so all of it is read.
function filledBy(model: Model, field: string, column: Column, facts: TableFacts | undefined): ColumnFacts['filled'] {
  if (facts) return facts.columns.get(columnName(field, column))?.filled;
  const isNumber = column.type === 'integer' || column.type === 'bigint';
  return isNumber && model.primaryKey.includes(field) ? 'number' : 'value';
}

function numberOf({ type }: Column, insertId: number | string | undefined): Scalar {
  if (insertId === undefined) return null;
  if (type === 'text') return String(insertId);
  return type === 'bigint' ? BigInt(insertId) : Number(insertId);
}
