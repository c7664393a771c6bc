import type { ColumnType } from '../../../resources/data-layer.js';
import type { ColumnUse } from '../dialect.js';
import type { NativeTime } from '../native-times.js';

type Affinity = 'integer' | 'text' | 'blob' | 'real' | 'numeric';

/** https://sqlite.org/datatype3.html §3.1, in its order. */
function affinityOf(type: string): Affinity {
  if (/int/i.test(type)) return 'integer';
  if (/char|clob|text/i.test(type)) return 'text';
  if (type === '' || /blob/i.test(type)) return 'blob';
  return /real|floa|doub/i.test(type) ? 'real' : 'numeric';
}

/** SQLite's own text in UTC, `2026-01-02 03:04:05.678`. What was written by others may have a `T`, a zone, or be milliseconds. */
const text: NativeTime = {
  read: (sql, ref) => {
    const milliseconds = sql`cast(round((julianday(${ref}) - 2440587.5) * 86400000.0) as integer)`;
    return sql`case typeof(${ref}) when 'text' then coalesce(${milliseconds}, 0) else ${ref} end`;
  },
  write: (sql, value) => sql`strftime('%Y-%m-%d %H:%M:%f', ${value} / 1000.0, 'unixepoch')`,
};

export function nativeTime(type: string): NativeTime | null {
  const affinity = affinityOf(type);
  return affinity === 'text' || (affinity === 'numeric' && /date|time/i.test(type)) ? text : null;
}

const FITTING: Readonly<Record<ColumnType, readonly Affinity[]>> = {
  text: ['text', 'blob', 'numeric', 'integer', 'real'],
  integer: ['integer', 'numeric', 'real', 'blob'],
  bigint: ['integer', 'numeric', 'blob'],
  boolean: ['integer', 'numeric', 'real', 'blob'],
  time: ['integer', 'numeric', 'real', 'blob', 'text'],
  bytes: ['integer', 'numeric', 'real', 'blob', 'text'],
};

/** Any column takes any value; some change what they take. A number may be a text to us where SQLite makes it. */
export function canHold({ column, isLookedFor }: ColumnUse, type: string): boolean {
  const affinity = affinityOf(type);
  const isOwnText = column.type === 'text' && isLookedFor && !column.generated;
  if (isOwnText && (affinity === 'integer' || affinity === 'real')) return false;
  return FITTING[column.type].includes(affinity);
}
