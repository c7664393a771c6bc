import type { Problem } from '../../errors/index.js';
import type { Column } from '../../resources/data-layer.js';
import type { TableFacts } from './catalog.js';
import type { Dialect } from './dialect.js';
import type { Table } from './tables.js';

/** The columns that cannot hold what they are declared to hold. */
export function typeProblems(dialect: Dialect, where: string, table: Table, found: TableFacts): readonly Problem[] {
  return [...table.columns].flatMap(([name, column]) => {
    const type = found.columns.get(name)?.type;
    const isLookedFor = [table.primaryKey, ...table.unique].some((columns) => columns.includes(name));
    if (type === undefined || dialect.canHold({ column, isLookedFor }, type)) return [];
    const wrong = `it is declared as ${nameOf(column)}, and is ${type === '' ? 'of no type' : `of the type ${type}`}`;
    return [{ where: `${where}.${name}`, wrong, cure: cureOf(dialect, column, isLookedFor, type) }];
  });
}

const OTHERS: readonly Column[] = [
  { type: 'text', format: 'uuid' },
  { type: 'text' },
  { type: 'integer' },
  { type: 'bigint' },
  { type: 'boolean' },
  { type: 'time' },
];

function cureOf(dialect: Dialect, { type, generated }: Column, isLookedFor: boolean, found: string): string {
  const change = 'change the type of the column (docs/resources.md lists what fits)';
  if (type === 'time') return change;
  const kinds = OTHERS.filter((column) => dialect.canHold({ column: { ...column, generated }, isLookedFor }, found));
  return kinds.length === 0 ? change : `declare it as ${kinds.map(nameOf).join(' or ')}, or ${change}`;
}

function nameOf({ type, format }: Column): string {
  return format ?? type;
}
