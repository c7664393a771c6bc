import type { ClientAnswer } from '../client.js';

/** Headers that say who answered and when, and nothing about whom. */
const INCIDENTAL = new Set(['date', 'connection', 'keep-alive']);

/** Everything of an answer that a stranger could compare. */
export function comparable({ status, text, headers, setCookies }: ClientAnswer): object {
  return { status, text, headers: [...headers].filter(([name]) => !INCIDENTAL.has(name)), setCookies };
}
