import { randomUUID } from 'node:crypto';
import type { Column, Scalar } from './data-layer.js';
import type { KeyField, KeyKind } from './subject.js';

interface KeyFieldOptions<K extends KeyKind, V extends Scalar> {
  readonly kind: K;
  /** The column's name in the database. @default the field's own name in snake_case */
  readonly column?: string | undefined;
  /**
   * Who makes it: `database`, by a default, an identity or a sequence; or a function of the app's own.
   * @default this library for a text or uuid (a random UUID, version 4), the database for a number
   */
  readonly madeBy?: 'database' | (() => V) | undefined;
}

type TextKey = 'text' | 'uuid' | KeyFieldOptions<'text' | 'uuid', string>;
type IntegerKey = 'integer' | KeyFieldOptions<'integer', number>;
type BigintKey = 'bigint' | KeyFieldOptions<'bigint', bigint>;

/** A part of a user's key, of the type that the user has it in: its kind, or that with a column and who makes it. */
export type KeyFieldOption<V> = V extends string
  ? TextKey
  : V extends number
    ? IntegerKey
    : V extends bigint
      ? BigintKey
      : never;

/** A part of the key, and how a new one comes into being. */
export interface ResourceKey extends KeyField {
  readonly column: string | undefined;
  readonly make: 'database' | (() => Scalar);
}

export type DeclaredKey = Readonly<Record<string, TextKey | IntegerKey | BigintKey | undefined>>;

/** The key as it was declared, made whole. */
export function resolveKey(declared: DeclaredKey): readonly ResourceKey[] {
  return Object.entries(declared).flatMap(([field, option]) => {
    if (option === undefined) return [];
    const { kind, column, madeBy } = typeof option === 'object' ? option : { kind: option };
    const isText = kind === 'text' || kind === 'uuid';
    return [{ field, type: kind, column, make: madeBy ?? (isText ? randomUUID : 'database') }];
  });
}

export function keyColumn({ type, column, make }: ResourceKey): Column {
  const generated = make === 'database';
  return type === 'uuid' ? { type: 'text', format: 'uuid', column, generated } : { type, column, generated };
}

const NOBODY: Readonly<Record<KeyKind, Scalar>> = {
  text: '-',
  uuid: '00000000-0000-0000-0000-000000000000', // RFC 9562 §5.9
  integer: 0,
  bigint: 0n,
};

/** A key to look for where nobody was found, so that this takes as long. Whose it is does not matter. */
export function nobodysKey(key: readonly KeyField[]): Readonly<Record<string, Scalar>> {
  return Object.fromEntries(key.map(({ field, type }) => [field, NOBODY[type]]));
}
