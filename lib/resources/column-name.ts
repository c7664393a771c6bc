import type { Column } from './data-layer.js';

/** The column of a field in the database, as the adapters have it. */
export function columnNameOf(field: string, { column }: Pick<Column, 'column'>): string {
  return column ?? field.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
