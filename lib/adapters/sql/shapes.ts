import type { Model, Row } from '../../resources/data-layer.js';
import { columnOf, type Condition } from '../conditions.js';
import type { Statement } from './dialect.js';

/** How many values there are in conditions, each of which has a slot. */
export function countOf(conditions: readonly Condition[]): number {
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

/** What the rows of a statement hold, in this order. */
export function resultColumns(model: Model, fields: readonly string[]): Statement['columns'] {
  return fields.map((field) => ({ field, column: columnOf(model, field) }));
}
