import type { ColumnType } from '../../../resources/data-layer.js';
import type { ColumnUse } from '../dialect.js';
import type { NativeTime } from '../native-times.js';

/** What `Date` can hold at most, in milliseconds: `infinity` is read as that. */
const MAX_TIME = 8.64e15;

/** Whole milliseconds first: older servers have the seconds as floating point. */
const read: NativeTime['read'] = (sql, ref) => {
  const milliseconds = sql`round(extract(epoch from date_trunc('milliseconds', ${ref})) * 1000)`;
  const max = sql.raw(String(MAX_TIME));
  return sql`case when ${ref} is not null then least(greatest(${milliseconds}, -${max}), ${max})::bigint end`;
};

/** Without a time zone it is UTC; `extract` takes it so, whatever the zone of the session is. */
const TIMES: ReadonlyMap<string, NativeTime> = new Map<string, NativeTime>([
  ['timestamptz', { read, write: (sql, value) => sql`to_timestamp(${value}::bigint / 1000.0)` }],
  ['timestamp', { read, write: (sql, value) => sql`to_timestamp(${value}::bigint / 1000.0) at time zone 'UTC'` }],
]);

export function nativeTime(type: string): NativeTime | null {
  return TIMES.get(type) ?? null;
}

const TEXTS = ['text', 'varchar', 'bpchar', 'citext', 'name'];
const SHORT_NUMBERS = ['int2', 'int4'];
/** What the driver answers as an object. */
const OBJECTS = ['date', 'timestamp', 'timestamptz', 'interval', 'json', 'jsonb', 'point', 'circle', 'bytea'];
const NUMBERS = [...SHORT_NUMBERS, 'int8', 'numeric', 'float4', 'float8'];
const KNOWN = new Set([...TEXTS, ...NUMBERS, ...OBJECTS, 'uuid', 'bool']);

const FITTING: Readonly<Record<ColumnType, ReadonlySet<string>>> = {
  text: new Set([...TEXTS, ...NUMBERS, 'uuid', 'bool']),
  integer: new Set(NUMBERS),
  bigint: new Set([...SHORT_NUMBERS, 'int8', 'numeric']),
  boolean: new Set(['bool']),
  time: new Set(['int8', 'numeric', 'float8', 'timestamp', 'timestamptz']),
  bytes: new Set(['bytea']),
};

/** A text that is looked for has to be a text for the server too: it answers any other with an error. */
export function canHold({ column, isLookedFor }: ColumnUse, type: string): boolean {
  if (!KNOWN.has(type)) return !type.startsWith('_'); // an array; of others, such as an enum, we do not know
  if (column.type !== 'text' || !isLookedFor) return FITTING[column.type].has(type);
  return TEXTS.includes(type) || (type === 'uuid' && column.format === 'uuid');
}

/** Narrower than what we ask for: a number too large for it is none that is there. */
export function isShortNumber(type: string | undefined): boolean {
  return type !== undefined && SHORT_NUMBERS.includes(type);
}
