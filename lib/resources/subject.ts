import type { Row, Scalar } from './data-layer.js';

/**
 * Who somebody is, across the app: `user?id=…`, the `sub` of a token. The part before `?` is the resource's subject name, the
 * rest its key, percent-encoded, in the order of the key. Only this spelling of a subject is one.
 */
export type Subject = string & { readonly __brand: 'Subject' };

export interface KeyField {
  readonly field: string;
  readonly type: 'text' | 'integer' | 'bigint';
}

/** The subject of the user with this key. */
export function subjectOf(subjectName: string, key: readonly KeyField[], row: Row): Subject {
  const pairs = key.map(({ field }) => `${field}=${encodeURIComponent(String(row[field]))}`);
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
    const value = name === field && rest === undefined && text ? decode(text) : null;
    if (value === null || (type !== 'text' && !/^(0|-?[1-9]\d*)$/.test(value))) return null;
    row[field] = type === 'text' ? value : type === 'integer' ? Number(value) : BigInt(value);
  }
  // Encoding it again and comparing leaves one spelling: no `%61`, no `1e3`, no number beyond what a double holds.
  return subjectOf(subjectName, key, row) === subject ? row : null;
}

/** The resource that a subject speaks of, unchecked. */
export function subjectNameOf(subject: string): string {
  return subject.slice(0, Math.max(0, subject.indexOf('?')));
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
