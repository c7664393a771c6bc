import type { ColumnType } from '../../../resources/data-layer.js';
import type { ColumnUse } from '../dialect.js';
import type { NativeTime } from '../native-times.js';

/** The session's time zone is UTC, so a `timestamp` is the same here as a `datetime`. A zero date is read as 1970. */
const inUtc: NativeTime = {
  read: (sql, ref) => {
    const milliseconds = sql`floor(timestampdiff(microsecond, timestamp'1970-01-01 00:00:00', ${ref}) / 1000)`;
    return sql`case when ${ref} is not null then coalesce(${milliseconds}, 0) end`;
  },
  write: (sql, value) =>
    sql`date_add(timestamp'1970-01-01 00:00:00', interval cast(${value} as signed) * 1000 microsecond)`,
};

export function nativeTime(type: string): NativeTime | null {
  return type === 'datetime' || type === 'timestamp' ? inUtc : null;
}

const TEXTS = ['char', 'varchar', 'tinytext', 'text', 'mediumtext', 'longtext', 'enum', 'set', 'uuid'];
const BYTES = ['binary', 'varbinary', 'tinyblob', 'blob', 'mediumblob', 'longblob'];
const NUMBERS = ['tinyint', 'smallint', 'mediumint', 'int', 'bigint'];
const FRACTIONS = ['decimal', 'float', 'double'];
const DATES = ['date', 'time', 'year', 'datetime', 'timestamp'];
const KNOWN = new Set([...TEXTS, ...BYTES, ...NUMBERS, ...FRACTIONS, ...DATES, 'bit']);

const FITTING: Readonly<Record<ColumnType, ReadonlySet<string>>> = {
  text: new Set([...TEXTS, ...BYTES, ...NUMBERS, ...FRACTIONS]),
  integer: new Set([...NUMBERS, ...FRACTIONS]),
  bigint: new Set([...NUMBERS, 'decimal']),
  boolean: new Set([...NUMBERS, 'bit']),
  time: new Set(['bigint', 'decimal', 'double', 'datetime', 'timestamp']),
  bytes: new Set(BYTES),
};

/** A number may be a text to us where the server makes it. */
export function canHold({ column, isLookedFor }: ColumnUse, type: string): boolean {
  if (!KNOWN.has(type)) return true;
  if (column.type !== 'text' || !isLookedFor || column.generated) return FITTING[column.type].has(type);
  return TEXTS.includes(type) || BYTES.includes(type);
}
