import { UnsupportedMediaTypeException } from '@nestjs/common';
import type { AuthCore } from '../activities/index.js';
import type { HttpRequest } from '../contexts/index.js';
import type { Operation } from '../sessions/index.js';

/** Apps that were told: once is enough. */
const told = new WeakSet<AuthCore>();

/**
 * A body that nobody read (`bodyParser: false` on Express) is not an empty one: it is answered as Fastify answers where it has
 * no parser, and the log says what to do.
 *
 * @throws {UnsupportedMediaTypeException}
 */
export function requireReadBody(core: AuthCore, operation: Operation, { method, body }: HttpRequest): void {
  const asks = method === 'GET' || method === 'HEAD'; // whose body says nothing, and which Fastify does not read
  if (asks || body !== undefined || !hasBody(operation) || !isOurs(operation)) return;
  if (!told.has(core)) {
    told.add(core);
    core.services.log.error(
      'A body arrived that no parser had read: leave `bodyParser` on, or put `express.json()` and ' +
        '`express.urlencoded()` in front of the plug with `app.use` before the app starts.',
    );
  }
  throw new UnsupportedMediaTypeException();
}

/** RFC 9112 §6.3 */
function hasBody({ headers }: Operation): boolean {
  const [length = '0'] = headers.get('content-length');
  return headers.get('transfer-encoding').length > 0 || length !== '0';
}

function isOurs({ headers }: Operation): boolean {
  const [type = ''] = headers.get('content-type');
  return /^application\/(json|x-www-form-urlencoded) *(;|$)/i.test(type);
}
