import type { JsonObject } from '../strategy/index.js';

/** `ignoreBOM` keeps a byte order mark in the text, where `JSON.parse` refuses it. */
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** In a text that `JSON.parse` accepts: every string with what follows it, and every bracket. */
const LEXEMES = /"(?:[^"\\]|\\.)*"(\s*:)?|[{}[\]]/g;

/**
 * A JSON object from bytes; null for broken UTF-8, anything but an object, and an object that names a member twice at any
 * depth.
 *
 * @see RFC 7515 §4 and §10.12: of a repeated name each parser keeps another value.
 */
export function parseStrictJson(bytes: Uint8Array): JsonObject | null {
  try {
    const text = utf8.decode(bytes);
    const value: unknown = JSON.parse(text);
    if (!isObject(value)) return null;
    // What was written by `JSON.stringify` comes out of it again, and cannot hold a name twice.
    return JSON.stringify(value) === text || !repeatsName(text) ? value : null;
  } catch {
    return null; // invalid UTF-8, invalid JSON, or nested beyond what the stack holds
  }
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function repeatsName(text: string): boolean {
  const open: Set<unknown>[] = [];
  for (const [lexeme, colon] of text.matchAll(LEXEMES)) {
    if (lexeme === '{' || lexeme === '[') open.push(new Set());
    else if (lexeme === '}' || lexeme === ']') open.pop();
    else if (colon !== undefined && isKnown(open.at(-1), nameOf(lexeme, colon))) return true;
  }
  return false;
}

/** Without its escapes: `"a"` and `"\u0061"` are one name. */
function nameOf(lexeme: string, colon: string): unknown {
  return JSON.parse(lexeme.slice(0, lexeme.length - colon.length));
}

function isKnown(names: Set<unknown> | undefined, name: unknown): boolean {
  if (names === undefined || names.has(name)) return true;
  names.add(name);
  return false;
}
