import type { AddOn } from '../strategy/add-on.js';
import type { Room } from '../strategy/room.js';
import { columnNameOf } from './column-name.js';
import type { Column, Model } from './data-layer.js';
import type { FieldKind } from './identity.js';
import { keyColumn, type ResourceKey } from './key.js';

/** A public field of the user: what it holds, or that with a column name. May be null unless it says `nullable: false`. */
export type ResourceField =
  FieldKind | { readonly kind: FieldKind; readonly column?: string; readonly nullable?: boolean };

/** Undefined where nobody makes accounts. What an add-on may add at that time counts as added. */
export function insertedFields<U>(
  model: Model,
  key: readonly ResourceKey[],
  own: readonly string[],
  rooms: readonly Room<U>[],
  addOns: readonly AddOn<U>[],
): readonly string[] | undefined {
  const [first, ...others] = rooms.flatMap(({ registers }) => (registers === undefined ? [] : [registers]));
  if (first === undefined) return undefined;
  const made = [...key.filter(({ make }) => make !== 'database').map(({ field }) => field), ...own];
  if (addOns.some(({ changingUser }) => changingUser !== undefined))
    return [...made, ...Object.keys(model.columns).filter((field) => !model.primaryKey.includes(field))];
  return [...made, ...first.filter((field) => others.every((fields) => fields.includes(field)))];
}

export type DeclaredFields = Readonly<Record<string, ResourceField | undefined>>;

export function fieldKinds<U>(fields: DeclaredFields, rooms: readonly Room<U>[]): ReadonlyMap<string, FieldKind> {
  const kinds = new Map<string, FieldKind>();
  for (const room of rooms) {
    for (const [field, column] of Object.entries(room.columns ?? {})) {
      if (!column.private) kinds.set(field, column.kind ?? 'text');
    }
  }
  for (const [field, declared] of Object.entries(fields)) {
    if (declared !== undefined) kinds.set(field, typeof declared === 'string' ? declared : declared.kind);
  }
  return kinds;
}

export function userModel<U>(
  table: string,
  key: readonly ResourceKey[],
  fields: DeclaredFields,
  names: Readonly<Record<string, string>>,
  kinds: ReadonlyMap<string, FieldKind>,
  rooms: readonly Room<U>[],
): Model {
  const columns: Record<string, Column> = {};
  const brought = rooms.flatMap((room) => Object.entries(room.columns ?? {}));
  const byRoom = new Map(brought.filter(([, column]) => !column.private));
  // Whoever comes by one strategy has no identity of another.
  const several = [...byRoom.values()].filter((column) => column.unique).length > 1;
  for (const part of key) columns[part.field] = keyColumn(part);
  for (const [field, kind] of kinds) {
    const { nullable = several, column } = byRoom.get(field) ?? { nullable: true };
    const own = { type: columnType(kind), nullable, column: names[field] ?? column };
    columns[field] = { ...own, ...columnOptions(fields[field]) };
  }
  for (const [field, column] of brought) {
    if (!column.private) continue;
    columns[field] = { type: column.type, nullable: column.nullable, column: names[field] ?? column.column };
  }
  // Several strategies may sign in by one identity, which is still one index.
  const identities = new Set(brought.filter(([, column]) => column.unique).map(([field]) => field));
  const unique = [...identities].map((field) => [field]);
  return { table, tenantField: null, columns, primaryKey: key.map(({ field }) => field), unique };
}

/** The public field that lies on this column, or one of the core's own, whose name no app can give. */
export function timeField(
  { columns }: Model,
  own: '#createdAt' | '#deletedAt',
  column: string | undefined,
): readonly [field: string, column: Column] | null {
  if (column === undefined) return null;
  return (
    Object.entries(columns).find(([field, declared]) => columnNameOf(field, declared) === column) ?? [
      own,
      { type: 'time', nullable: true, column },
    ]
  );
}

/** The tenant is the first part of whatever is unique. It is no field of its own: nobody says it but the data layer. */
export function inTenants(
  model: Model,
  tenantField: string | undefined,
  names: Readonly<Record<string, string>>,
  key: readonly ResourceKey[],
): Model {
  if (tenantField === undefined) return model;
  const column = model.columns[tenantField]?.column ?? names[tenantField];
  const within = (fields: readonly string[]) => [tenantField, ...fields];
  return {
    ...model,
    tenantField,
    columns: { ...model.columns, [tenantField]: { type: 'text', column } },
    // What the database makes is unique over all tenants, and only alone is it made.
    primaryKey: key.some(({ make }) => make === 'database') ? model.primaryKey : within(model.primaryKey),
    unique: model.unique?.map(within),
  };
}

function columnOptions(declared: ResourceField | undefined): Pick<Column, 'column' | 'nullable'> {
  if (typeof declared !== 'object') return {};
  const { column, nullable } = declared;
  return { ...(column !== undefined && { column }), ...(nullable !== undefined && { nullable }) };
}

function columnType(kind: FieldKind): Column['type'] {
  return kind === 'integer' || kind === 'boolean' || kind === 'time' ? kind : 'text';
}
