import { createHash } from 'node:crypto';
import type { Column, Model } from '../../resources/data-layer.js';
import { columnOf } from '../conditions.js';

/** The name of a column in the database. */
export function columnName(field: string, column: Column): string {
  return column.column ?? field.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** @throws {TypeError} for a field that the model lacks. */
export function columnNames(model: Model, fields: readonly string[]): readonly string[] {
  return fields.map((field) => columnName(field, columnOf(model, field)));
}

/** The model's own name of a column; the column's where the model has none. */
export function fieldOfColumn(model: Model, name: string): string {
  const found = Object.entries(model.columns).find(([field, column]) => columnName(field, column) === name);
  return found?.[0] ?? name;
}

const MAX_NAME_LENGTH = 63; // PostgreSQL cuts longer ones in silence, and then two may be one

/** `users_email_key`, as PostgreSQL would call it. */
export function indexName(table: string, columns: readonly string[], suffix: 'key' | 'idx'): string {
  const name = [table.replaceAll('.', '_'), ...columns, suffix].join('_');
  if (name.length <= MAX_NAME_LENGTH) return name;
  const digest = createHash('sha256').update(name).digest('hex').slice(0, 8);
  return `${name.slice(0, MAX_NAME_LENGTH - 13)}_${digest}_${suffix}`;
}

/** `"auth"."users"` of `auth.users`. Standard SQL; the names are the programmer's. */
export function quoted(name: string): string {
  return name.split('.').map(quotedName).join('.');
}

/** One name, whatever is in it. */
export function quotedName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
