import { Get, Req, Res, type Type } from '@nestjs/common';
import { httpOperation, type HttpRequest, type HttpResponse } from '../contexts/index.js';
import { digest } from '../crypto/index.js';
import { RUNTIME, type PlugRuntime } from './plug-runtime.js';
import type { RunningPlug } from './generate-controller.js';

/** Below the plug. */
export const JWKS_PATH = '/.well-known/jwks.json';

/** A key that is to sign has to be published for so long before it does. */
const MAX_AGE_SECONDS = 300;

/**
 * The route of the public keys, RFC 7517 §5, for whoever verifies tokens of this app elsewhere. It runs no activity and no
 * callback: what it answers is the same for everybody.
 */
export function addJwksRoute(generated: Type<RunningPlug>, decorateRoute: MethodDecorator): void {
  const prototype = generated.prototype as object; // of a class: an object
  const key = 'wellKnown_jwks'; // as no method of an app's own is called, and in operation ids
  const handler = function (this: RunningPlug, request: HttpRequest, response: HttpResponse): object | undefined {
    return answerJwks(this[RUNTIME], request, response);
  };
  Object.defineProperty(handler, 'name', { value: key });
  const descriptor = { value: handler, writable: true, configurable: true };
  Object.defineProperty(prototype, key, descriptor);
  Req()(prototype, key, 0);
  Res({ passthrough: true })(prototype, key, 1);
  Reflect.defineMetadata('design:paramtypes', [Object, Object], prototype, key);
  Reflect.defineMetadata('design:returntype', Object, prototype, key);
  for (const decorate of [Get(JWKS_PATH), decorateRoute]) decorate(prototype, key, descriptor);
}

function answerJwks({ core, adapter }: PlugRuntime, request: HttpRequest, response: HttpResponse): object | undefined {
  const keys = core.services.ring.jwks;
  const etag = `"${digest(JSON.stringify(keys))}"`;
  adapter.setHeader(response, 'Cache-Control', `public, max-age=${MAX_AGE_SECONDS}`);
  adapter.setHeader(response, 'ETag', etag);
  adapter.setHeader(response, 'X-Content-Type-Options', 'nosniff');
  const known = httpOperation(request, response).headers.get('if-none-match').join();
  if (!known.includes(etag)) return { keys };
  adapter.status(response, 304);
  return undefined;
}
