import { createHash } from 'node:crypto';
import type { BreachCheck } from '../breach-check.js';
import { resolvePwnedPasswordsOptions, type PwnedPasswordsOptions } from './pwned-passwords.options.js';

/** Of 40 hexadecimal digits, those that are sent: some 900 leaked passwords share them. */
const PREFIX_CHARS = 5;
/** A padded range is some 40 KiB. */
const MOST_BYTES = 256 * 1024;
const LINE = /^([0-9A-F]{35}):(\d{1,10})$/;

/**
 * Asks Pwned Passwords of haveibeenpwned.com, by k-anonymity: the first five digits of the password's SHA-1 are sent, and nothing else
 * of it; the answer holds all leaked digests that begin so, padded, so that its length says nothing either.
 *
 * @throws {RangeError} for an endpoint that is none.
 * @see https://haveibeenpwned.com/API/v3#PwnedPasswords
 */
export function pwnedPasswords(options: PwnedPasswordsOptions = {}): BreachCheck {
  const { endpoint } = resolvePwnedPasswordsOptions(options);
  return async (password, signal) => {
    const digits = createHash('sha1').update(password).digest('hex').toUpperCase();
    const range = await readRange(new URL(digits.slice(0, PREFIX_CHARS), endpoint), signal);
    return isListed(range, digits.slice(PREFIX_CHARS));
  };
}

async function readRange(url: URL, signal: AbortSignal): Promise<string> {
  const headers = { accept: 'text/plain', 'add-padding': 'true', 'user-agent': 'nest-auth-plug' };
  const response = await fetch(url, { headers, redirect: 'error', signal });
  if (response.status === 200 && response.body !== null) return readBounded(response.body);
  await response.body?.cancel();
  throw new Error(`Expected a range of digests, got status ${response.status}`);
}

async function readBounded(body: ReadableStream<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > MOST_BYTES) throw new Error(`Expected a range of at most ${MOST_BYTES} bytes`); // leaving the loop cancels the rest
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('latin1');
}

/** @throws {Error} where any line is none: half an answer is no answer. */
function isListed(range: string, suffix: string): boolean {
  const counts = new Map<string, number>();
  for (const line of range.trimEnd().split(/\r?\n/)) {
    const [, digits, count] = LINE.exec(line) ?? [];
    if (digits === undefined) throw new Error('Expected lines of digests and counts');
    counts.set(digits, Number(count));
  }
  return (counts.get(suffix) ?? 0) > 0; // padding counts zero
}
