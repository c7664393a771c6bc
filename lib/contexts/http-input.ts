import { InvalidInput } from '../errors/index.js';
import type { RawInput } from '../strategy/index.js';
import type { HttpRequest } from './http.js';

/**
 * What a request says: the body, or for GET the query; never both. Own members only, into an object without prototype, so
 * that the same bytes mean the same on both platforms.
 *
 * @throws {InvalidInput} for a body that is no object, and for names that the platforms read differently
 */
export function httpInput(request: HttpRequest): RawInput {
  const source = request.method === 'GET' || request.method === 'HEAD' ? request.query : request.body;
  const input = Object.create(null) as Record<string, unknown>; // TypeScript calls it any
  if (source === undefined || source === null || source === '') return input;
  if (typeof source !== 'object' || Array.isArray(source)) {
    throw InvalidInput.of('*', 'invalid', 'the body must be a JSON object or a form');
  }
  for (const [name, value] of Object.entries(source)) {
    // `a[b]` is a nested object to one platform and a flat name to the other.
    if (/[[\]]/.test(name)) throw InvalidInput.of('*', 'invalid', 'names must not hold brackets');
    input[name] = value;
  }
  return input;
}
