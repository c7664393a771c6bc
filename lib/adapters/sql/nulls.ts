import type { Problem } from '../../errors/index.js';
import type { TableFacts } from './catalog.js';
import type { Table } from './tables.js';

/** Where a null is wanted that cannot be, or cannot be left out. */
export function nullProblems(where: string, table: Table, found: TableFacts): readonly Problem[] {
  const { deletedAt, inserted } = table;
  const columns = [...found.columns];
  const full = columns.filter(([name, { nullable }]) => name === deletedAt && !nullable);
  const unfilled = columns.filter(([name, { optional }]) => !optional && inserted !== null && !inserted.includes(name));
  return [
    ...full.map(([name]) => ({
      where: `${where}.${name}`,
      wrong: 'it says who is deleted, and may not be null: everybody would be',
      cure: 'let it be null for those who are not',
    })),
    ...unfilled.map(([name]) => ({ where: `${where}.${name}`, wrong: UNFILLED, cure: UNFILLED_CURE })),
  ];
}

const UNFILLED = 'it may not be null and has no default, and nobody fills it when an account is made';
const UNFILLED_CURE =
  'give it a default, let it be null, or declare it in `fields` and have it sent at registration (`accept`)';
