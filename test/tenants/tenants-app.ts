import { tenantFromHeader, type TenantOptions } from 'nest-auth-plug';
import { Client, type AuthTestApp, type ClientAnswer, type ClientRequest } from 'nest-auth-plug/testing';
import { roomsApp, type RoomsApp, type RoomsAppOptions } from '../rooms/rooms-app.js';

/** An app whose users have tenants, named by the header `x-tenant`, and whose admins have none. */
export function tenantsApp(
  { app, user, ...options }: RoomsAppOptions = {},
  tenants: Partial<TenantOptions> = {},
): Promise<RoomsApp> {
  return roomsApp({
    ...options,
    app: { tenants: { resolve: tenantFromHeader('x-tenant'), ...tenants }, ...app },
    user: { tenantField: 'orgId', ...user },
  });
}

/** A browser at one tenant. Browsers with the same cookies are one browser, at several tenants of one host. */
export class TenantClient extends Client {
  constructor(
    baseUrl: string,
    readonly tenant: string | null,
    override readonly cookies = new Map<string, string>(),
  ) {
    super(baseUrl);
  }

  /** The same browser, elsewhere. */
  at(tenant: string | null): TenantClient {
    return new TenantClient(this.baseUrl, tenant, this.cookies);
  }

  override request(method: string, path: string, request: ClientRequest = {}): Promise<ClientAnswer> {
    const named = this.tenant === null ? {} : { 'x-tenant': this.tenant };
    return super.request(method, path, { ...request, headers: { ...named, ...request.headers } });
  }
}

export function visitorOf(app: AuthTestApp, tenant: string | null): TenantClient {
  return new TenantClient(app.url, tenant);
}
