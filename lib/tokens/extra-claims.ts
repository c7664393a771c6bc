import type { JsonObject } from '../strategy/index.js';
import { RESERVED_CLAIMS } from './claims.js';

const NONE: JsonObject = Object.freeze({});
/** A token comes with each request, and a sign-in that waits for its second factor keeps them in a cookie. */
const MAX_BYTES = 2048;

/**
 * An app's own claims as they go into a token: plain JSON, however they were made. None can take the place of ours.
 *
 * @throws {RangeError} for what is no object, for a reserved name, and for more than 2,048 bytes
 * @throws {TypeError} for what is no JSON
 */
export function extraClaims(claims: JsonObject): JsonObject {
  // What has a `toJSON` would otherwise say something else once it is signed.
  const json: string | undefined = JSON.stringify(claims);
  const plain: unknown = json === undefined ? undefined : JSON.parse(json);
  if (!isObject(plain)) throw new RangeError('The claims of a token are an object');
  const reserved = Object.keys(plain).find((name) => RESERVED_CLAIMS.has(name));
  if (reserved !== undefined) throw new RangeError(`The claim "${reserved}" of a token cannot be replaced`);
  if (Buffer.byteLength(json ?? '') > MAX_BYTES) {
    throw new RangeError(`The claims of a token are ${MAX_BYTES} bytes at most`);
  }
  return plain;
}

/** The app's own claims in a verified payload. Nobody can change what others of the same token read as well. */
export function extraClaimsIn(payload: JsonObject): JsonObject {
  const extra = Object.entries(payload).filter(([name]) => !RESERVED_CLAIMS.has(name));
  if (extra.length === 0) return NONE;
  for (const [, value] of extra) freeze(value);
  return Object.freeze(Object.fromEntries(extra));
}

function freeze(value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  for (const name of Object.keys(value)) freeze(Reflect.get(value, name));
  Object.freeze(value);
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
