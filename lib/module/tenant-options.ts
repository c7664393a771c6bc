import type { TenantResolver } from '../contexts/index.js';

/** How an app knows its tenants. */
export interface TenantOptions {
  /**
   * Finds the tenant in a request: {@link tenantFromHeader}, {@link tenantFromHost}, {@link tenantFromPath} or a function of your own.
   * Its answer is the client's word: say null for a tenant that there is not. Asked once per request, and only where a resource
   * with tenants is concerned.
   */
  readonly resolve: TenantResolver;
  /** Where browsers reach a tenant, without a path: its links, and the origin of its forms. @default the app's `publicUrl` */
  readonly publicUrl?: ((tenant: string) => string) | undefined;
  /** How long `resolve` may take, in milliseconds. @default 5000 */
  readonly timeoutMs?: number | undefined;
}

export interface ResolvedTenantOptions {
  readonly resolve: TenantResolver;
  readonly publicUrl: ((tenant: string) => string) | null;
  readonly timeoutMs: number;
}

export function resolveTenantOptions({ resolve, publicUrl, timeoutMs = 5000 }: TenantOptions): ResolvedTenantOptions {
  return { resolve, publicUrl: publicUrl ?? null, timeoutMs };
}
