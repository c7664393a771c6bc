import type { Operation } from '../sessions/index.js';
import type { AuthContext } from '../strategy/index.js';
import type { HttpRequest } from './http.js';

/** What a resolver of tenants may look at: what the client says, and nothing that is proven. */
export interface TenantRequest {
  readonly headers: AuthContext['headers'];
  /** Lower case, without port, as the platform sees it: `trust proxy` decides. Null where there is none, or more than one. */
  readonly host: string | null;
  /** As it came, percent-encoded, prefix included, query left out. */
  readonly path: string;
  /** `{ request, response }` of Express or Fastify. */
  native<T>(): T;
}

/** @throws {Error} for an operation that is no request */
export function tenantRequest(operation: Operation): TenantRequest {
  const { headers } = operation;
  const { request } = operation.native<{ request: HttpRequest }>();
  const [header, ...others] = headers.get('host');
  // A middleware on Fastify has Node's request, which knows no more than the header.
  const host = request.hostname ?? header?.replace(/:\d*$/, '');
  return {
    headers,
    host: others.length === 0 ? (host?.toLowerCase().replace(/\.$/, '') ?? null) : null,
    path: (request.originalUrl ?? request.url).split('?', 1)[0] ?? '',
    native: <T>() => operation.native<T>(),
  };
}
