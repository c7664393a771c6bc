import type { IncomingMessage, ServerResponse } from 'node:http';
import { CookieJar, Operation } from '../sessions/index.js';
import type { Client } from '../strategy/index.js';

/**
 * Where Node's request keeps its operation, seen by nobody who prints or copies it. A `WeakMap` with an entry for each request would
 * cost more than a whole guard: the garbage collector looks at all of it, again and again.
 */
const KNOWN = Symbol('nest-auth-plug operation');

interface Known {
  readonly [KNOWN]?: Operation;
}

/** What Express and Fastify requests have in common, as far as we look. */
export interface HttpRequest extends Known {
  /** Fastify: Node's request. */
  readonly raw?: IncomingMessage & Known;
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

/** The operation that a request is, one however many guards, decorators and phases ask; made at the first call. */
export function httpOperation(request: HttpRequest, response: HttpResponse): Operation {
  const raw = request.raw ?? request;
  const known = raw[KNOWN];
  if (known !== undefined) {
    if (raw !== request) renative(known, { request, response });
    return known;
  }
  const operation = makeOperation(request, response);
  Object.defineProperty(raw, KNOWN, { value: operation });
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

/** The answer of the platform to the request that an operation is. */
export function responseOf(operation: Operation): HttpResponse {
  return operation.native<Native>().response;
}

/** The operation of a request that some guard or phase has seen before; null otherwise. */
export function knownHttpOperation(request: HttpRequest): Operation | null {
  return (request.raw ?? request)[KNOWN] ?? null;
}

function makeOperation(request: HttpRequest, response: HttpResponse): Operation {
  const headers = new RawHeaders((request.raw ?? request).rawHeaders ?? []);
  return new Operation({
    transport: 'http',
    client: () => clientOf(request, headers),
    headers,
    cookies: new CookieJar(headers.get('cookie'), true),
    native: { request, response },
    onAnswered: (start) => whenAnswered(response, start),
  });
}

function clientOf({ ip }: HttpRequest, headers: RawHeaders): Client {
  const [[userAgent = null], [claimedHost = null]] = [headers.get('user-agent'), headers.get('host')];
  return { address: ip ?? null, userAgent, claimedHost };
}

/** Headers by name from `rawHeaders`: Node keeps only the first of some repeated ones in `headers`. */
class RawHeaders {
  constructor(private readonly raw: readonly string[]) {}

  get(name: string): readonly string[] {
    const wanted = name.toLowerCase();
    const values: string[] = [];
    for (let index = 0; index + 1 < this.raw.length; index += 2) {
      const [found = '', value] = [this.raw[index], this.raw[index + 1]];
      const isIt = found.length === wanted.length && found.toLowerCase() === wanted;
      if (isIt && value !== undefined) values.push(value);
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
