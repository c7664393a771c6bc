import type { IncomingMessage, ServerResponse } from 'node:http';
import { CookieJar, Operation } from '../sessions/index.js';

/** What Express and Fastify requests have in common, as far as we look. */
export interface HttpRequest {
  /** Fastify: Node's request. */
  readonly raw?: IncomingMessage;
  readonly rawHeaders?: readonly string[];
  readonly method: string;
  readonly ip?: string;
  readonly hostname?: string;
  /** With the path that a router or a mount took off. */
  readonly originalUrl?: string;
  readonly body?: unknown;
  readonly query?: unknown;
  readonly params?: unknown;
  readonly url: string;
}

/** What Express and Fastify responses have in common. */
export interface HttpResponse {
  /** Fastify: Node's response. */
  readonly raw?: ServerResponse;
  getHeader?(name: string): unknown;
}

interface Native {
  readonly request: HttpRequest;
  readonly response: HttpResponse;
}

/** One operation per request, however many guards, decorators and phases ask: keyed by Node's own request. */
const operations = new WeakMap<object, Operation>();

/** The operation that a request is; made at the first call. */
export function httpOperation(request: HttpRequest, response: HttpResponse): Operation {
  const raw = request.raw ?? request;
  const known = operations.get(raw);
  if (known !== undefined) {
    if (raw !== request) renative(known, { request, response });
    return known;
  }
  const operation = makeOperation(request, response);
  operations.set(raw, operation);
  return operation;
}

/** On Fastify there may be more than one request object about the same. */
function renative(operation: Operation, seen: Native): void {
  const { request } = operation.native<Native>();
  // Made by a middleware, which is given Node's own.
  if (request === seen.request.raw) operation.renative(seen);
  // Made by the host of a bare app, whose request says which proxies are believed; its reply has left the answer to this one.
  else if (request !== seen.request) operation.renative({ request, response: seen.response });
}

/** The operation of a request that some guard or phase has seen before; null otherwise. */
export function knownHttpOperation(request: HttpRequest): Operation | null {
  return operations.get(request.raw ?? request) ?? null;
}

function makeOperation(request: HttpRequest, response: HttpResponse): Operation {
  const headers = new RawHeaders((request.raw ?? request).rawHeaders ?? []);
  return new Operation({
    transport: 'http',
    client: {
      address: request.ip ?? null,
      userAgent: headers.get('user-agent')[0] ?? null,
      claimedHost: headers.get('host')[0] ?? null,
    },
    headers,
    cookies: new CookieJar(headers.get('cookie'), true),
    native: { request, response },
    onAnswered: (start) => whenAnswered(response, start),
  });
}

/** Headers by name from `rawHeaders`: Node keeps only the first of some repeated ones in `headers`. */
class RawHeaders {
  constructor(private readonly raw: readonly string[]) {}

  get(name: string): readonly string[] {
    const wanted = name.toLowerCase();
    const values: string[] = [];
    for (let index = 0; index + 1 < this.raw.length; index += 2) {
      const value = this.raw[index + 1];
      if (this.raw[index]?.toLowerCase() === wanted && value !== undefined) values.push(value);
    }
    return values;
  }
}

/** `finish` when the answer went out, `close` when the client left before: either way nobody waits any more. */
function whenAnswered(response: HttpResponse, start: () => void): void {
  const raw = (response.raw ?? response) as ServerResponse; // Express's response is Node's
  if (raw.writableEnded) return start();
  raw.once('finish', start);
  raw.once('close', start);
}
