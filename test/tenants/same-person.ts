import { tenantFromHeader, type Resource, type Scalar } from 'nest-auth-plug';
import type { AuthTestApp } from 'nest-auth-plug/testing';
import { PASSWORD } from '../users.js';

/** For apps whose users have tenants, named by the header `x-tenant`. */
export const WITH_TENANTS = {
  user: { tenantField: 'orgId' },
  app: { tenants: { resolve: tenantFromHeader('x-tenant') } },
} as const;

interface AppOfUsers<U extends object> extends Pick<AuthTestApp, 'data'> {
  readonly users: Resource<U>;
}

/**
 * Somebody at two tenants, `acme` and `beta`, with the same address and the same key: so the subject is one text, and nothing but the
 * tenant tells the two apart. The password is the one of all tests.
 *
 * @param more what else a row of users has
 */
export async function samePersonAtBoth<U extends object>(
  { data, users }: AppOfUsers<U>,
  email: string,
  more: Readonly<Record<string, Scalar>> = {},
): Promise<void> {
  for (const tenant of ['acme', 'beta']) {
    await data.forTenant(tenant).insert(users.model, { id: '1', email, passwordHash: `$plain$${PASSWORD}`, ...more });
  }
}
