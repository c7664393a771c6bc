import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AbstractHttpAdapter } from '@nestjs/core';
import { httpOperation, type HttpRequest, type HttpResponse } from '../contexts/index.js';
import { ConfigurationInvalid } from '../errors/index.js';

/** What `app.use` of Express takes. */
export type ExpressHandler = (
  request: IncomingMessage,
  response: ServerResponse,
  next: (error?: unknown) => void,
) => void;

/** What `app.register` of Fastify takes: a plugin. */
export type FastifyHandler = (instance: FastifyHost, options: object) => Promise<void>;

/** What a plugin needs of the instance that it is registered on. */
export interface FastifyHost {
  readonly prefix: string;
  removeAllContentTypeParsers(): unknown;
  addContentTypeParser(type: string, parser: (request: unknown, body: unknown, done: BodyDone) => void): unknown;
  all(path: string, options: object, handler: (request: never, reply: never) => void): unknown;
}
type BodyDone = (error: Error | null, body?: unknown) => void;

interface ExpressSettings {
  get(setting: string): unknown;
  set(setting: string, value: unknown): unknown;
  disable(setting: string): unknown;
}

interface ExpressRequest extends Omit<HttpRequest, 'url' | 'method' | 'raw'> {
  baseUrl: string;
  readonly originalUrl: string;
  /** The host, where that is an Express app. */
  readonly app?: ExpressSettings;
}

/**
 * Hands whatever is below the plug to Nest's own Express app, and passes on all else.
 *
 * @param base the path of the plug: `/auth`
 */
export function expressHandler(adapter: AbstractHttpAdapter, base: string): ExpressHandler {
  const inner = adapter.getInstance<ExpressHandler & ExpressSettings>();
  let knowsHost = false;
  inner.disable('x-powered-by'); // the host has its own mind about it
  return (request, response, next) => {
    const asked = request as IncomingMessage & ExpressRequest & HttpRequest; // it is Express that calls
    if (!isBelow(base, asked.originalUrl)) return next(isAbove(base, asked.baseUrl) ? undefined : misplaced(base));
    if (!knowsHost) inner.set('trust proxy', asked.app?.get('trust proxy fn') ?? false); // the host's proxies are believed
    knowsHost = true;
    asked.url = asked.originalUrl;
    asked.baseUrl = '';
    inner(request, response, next);
  };
}

interface FastifyRequest extends HttpRequest {
  readonly raw: IncomingMessage;
}

interface FastifyReply extends HttpResponse {
  readonly raw: ServerResponse;
  getHeaders(): Readonly<Record<string, number | string | string[] | undefined>>;
  hijack(): unknown;
}

/** As {@link expressHandler}: a plugin, so that what it changes of bodies is changed for the plug alone. */
export async function fastifyHandler(adapter: AbstractHttpAdapter, base: string): Promise<FastifyHandler> {
  const inner = adapter.getInstance<{ ready(): PromiseLike<unknown>; routing(...raw: unknown[]): void }>();
  await inner.ready();
  const answer = (request: FastifyRequest, reply: FastifyReply): void => {
    httpOperation(request, reply); // made of the host's request, which says which proxies are believed
    // What the host's hooks set would stay on a reply that sends nothing.
    for (const [name, value] of Object.entries(reply.getHeaders())) {
      if (value !== undefined) reply.raw.setHeader(name, value);
    }
    reply.hijack();
    inner.routing(request.raw, reply.raw);
  };
  return (instance) => {
    if (!isAbove(base, instance.prefix)) return Promise.reject(misplaced(base));
    const below = base.slice(instance.prefix.length).replace(/^\/$/, '');
    instance.removeAllContentTypeParsers();
    instance.addContentTypeParser('*', (_request, _body, done) => done(null)); // the body is Nest's to read
    for (const path of [below === '' ? '/' : below, `${below}/*`]) instance.all(path, {}, answer);
    return Promise.resolve();
  };
}

function isBelow(base: string, url: string): boolean {
  const [path = ''] = url.toLowerCase().split('?'); // Express routes without regard to case
  return `${path}/`.startsWith(base === '/' ? base : `${base.toLowerCase()}/`);
}

/** Whether a handler that is mounted there can reach the plug. What Express tells is as the client spelled it. */
function isAbove(base: string, mountedAt: string): boolean {
  return `${base}/`.toLowerCase().startsWith(`${mountedAt}/`.replace('//', '/').toLowerCase());
}

function misplaced(base: string): ConfigurationInvalid {
  const wrong = `the plug is at ${base}, and the handler is mounted beside it`;
  const cure = "mount it without a path, or write what stands before it: createAuthHandler(otpApp, { prefix: 'api' })";
  return new ConfigurationInvalid([{ where: 'createAuthHandler', wrong, cure }]);
}
