import { digest } from '../crypto/index.js';
import type { Cookies } from '../strategy/index.js';

const DIGEST_CHARS = 16;

/**
 * A cookie's name where resources have tenants: those of two tenants on one host stand side by side, so that a visit to one
 * neither sees nor replaces what the other has set. The digest is there because a tenant's id may hold what no name can.
 */
export function tenantCookieName(name: string, tenant: string | null): string {
  return tenant === null ? name : `${name}-${digest(JSON.stringify(['tenant', tenant])).slice(0, DIGEST_CHARS)}`;
}

/** The cookies of one tenant, by the names that a room gives them. */
export class TenantCookies implements Cookies {
  constructor(
    private readonly cookies: Cookies,
    private readonly tenant: string | null,
  ) {}

  get writable(): boolean {
    return this.cookies.writable;
  }

  get(name: string): string | null {
    return this.cookies.get(tenantCookieName(name, this.tenant));
  }

  set(name: string, value: string, lifetimeSeconds: number | null): void {
    this.cookies.set(tenantCookieName(name, this.tenant), value, lifetimeSeconds);
  }

  clear(name: string): void {
    this.cookies.clear(tenantCookieName(name, this.tenant));
  }
}
