import type { Row, Scalar } from './data-layer.js';

/**
 * Who somebody is, across the app: `user?id=…`, the `sub` of a token. The part before `?` is the resource's subject name, the
 * rest its key, percent-encoded, in the order of the key. Only this spelling of a subject is one.
 */
export type Subject = string & { readonly __brand: 'Subject' };

/** What a part of a key is. A `uuid` is a text of that shape, in the spelling that its row has. */
export type KeyKind = 'text' | 'uuid' | 'integer' | 'bigint';

export interface KeyField {
  readonly field: string;
  readonly type: KeyKind;
}

/**
 * The subject of whoever has this key.
 *
 * @param holder a row, or the user that the app made of it
 * @throws {TypeError} when a part of the key is missing, or of another type
 */
export function subjectOf(subjectName: string, key: readonly KeyField[], holder: object): Subject {
  const pairs = key.map(({ field, type }) => {
    const value: unknown = Reflect.get(holder, field);
    if (!isKey(type, value)) throw new TypeError(withoutKey(subjectName, field, type, value));
    return `${field}=${encodeURIComponent(value.toString())}`;
  });
  return asSubject(`${subjectName}?${pairs.join('&')}`);
}

/** The key in a subject of this resource; null when it is another resource's, or not the canonical spelling. */
export function keyOf(subjectName: string, key: readonly KeyField[], subject: string): Row | null {
  const prefix = `${subjectName}?`;
  if (!subject.startsWith(prefix)) return null;
  const pairs = subject.slice(prefix.length).split('&');
  if (pairs.length !== key.length) return null;

  const row: Record<string, Scalar> = {};
  for (const [index, { field, type }] of key.entries()) {
    const [name, text, rest] = (pairs[index] ?? '').split('=');
    const value = name === field && rest === undefined && text ? keyIn(type, text) : null;
    if (value === null) return null;
    row[field] = value;
  }
  // Encoding it again and comparing leaves one spelling: no `%61`, no `1e3`.
  return subjectOf(subjectName, key, row) === subject ? row : null;
}

/** The resource that a subject speaks of, unchecked. */
export function subjectNameOf(subject: string): string {
  return subject.slice(0, Math.max(0, subject.indexOf('?')));
}

const UUID = /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/i;
const WHOLE_NUMBER = /^(0|-?[1-9]\d*)$/;
const MAX_BIGINT = 2n ** 63n;

/** Whether a database can be asked for it at all: it would answer a malformed one with an error. */
function isKey(type: KeyKind, value: unknown): value is string | number | bigint {
  if (type === 'integer') return Number.isSafeInteger(value);
  if (type === 'bigint') return typeof value === 'bigint' && value >= -MAX_BIGINT && value < MAX_BIGINT;
  if (typeof value !== 'string') return false;
  return type === 'uuid' ? UUID.test(value) : value.isWellFormed() && !value.includes('\0');
}

function keyIn(type: KeyKind, encoded: string): Scalar {
  const text = decode(encoded);
  const isNumber = type === 'integer' || type === 'bigint';
  if (text === null || (isNumber && !WHOLE_NUMBER.test(text))) return null;
  const value = type === 'integer' ? Number(text) : type === 'bigint' ? BigInt(text) : text;
  return isKey(type, value) ? value : null;
}

function withoutKey(subjectName: string, field: string, type: KeyKind, value: unknown): string {
  const got = value === null ? 'null' : typeof value;
  return `Expected a user of "${subjectName}" with its key: "${field}" is to be of kind ${type}, got ${got}. What toUser makes has to have the key's fields.`;
}

function decode(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null; // a broken percent-encoding
  }
}

function asSubject(text: string): Subject {
  return text as Subject; // the one place where a subject is made
}
