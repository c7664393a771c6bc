import type { ExecutionContext } from '@nestjs/common';
import { CookieJar, Operation } from '../sessions/index.js';
import { httpOperation, knownHttpOperation, type HttpRequest, type HttpResponse } from './http.js';

/** The operation that Nest is executing; null in a context that is not supported, which guards refuse. */
export function operationIn(context: ExecutionContext): Operation | null {
  if (context.getType() !== 'http') return null;
  const http = context.switchToHttp();
  return httpOperation(http.getRequest<HttpRequest>(), http.getResponse<HttpResponse>());
}

/** As {@link operationIn}, without making one: for decorators, which only read. */
export function knownOperationIn(context: ExecutionContext): Operation | null {
  return context.getType() === 'http' ? knownHttpOperation(context.switchToHttp().getRequest<HttpRequest>()) : null;
}

/** An operation for a call from code: no request, no cookies, no address. */
export function callOperation(): Operation {
  return new Operation({
    transport: 'call',
    client: () => ({ address: null, userAgent: null, claimedHost: null }),
    headers: { get: () => [] },
    cookies: new CookieJar([], false),
    native: null,
    onAnswered: (start) => void setImmediate(start),
  });
}
