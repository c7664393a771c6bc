import type { TenantRequest } from './tenant-request.js';

/** Finds the tenant in a request; null where it names none. */
export type TenantResolver = (request: TenantRequest) => string | null | Promise<string | null>;

/** The value of a header, as it came. A header that comes twice names nobody. */
export function tenantFromHeader(name: string): (request: TenantRequest) => string | null {
  return ({ headers }) => {
    const [value, ...others] = headers.get(name);
    return others.length === 0 ? (value ?? null) : null;
  };
}

/**
 * The label in front of a domain: `acme` of `acme.app.example` where the domain is `app.example`.
 *
 * @throws {RangeError} for what is no domain
 */
export function tenantFromHost(domain: string): (request: TenantRequest) => string | null {
  if (!/^([a-z0-9-]+\.)*[a-z0-9-]+$/.test(domain)) {
    throw new RangeError(`tenantFromHost: expected a domain in lower case such as 'app.example', got "${domain}"`);
  }
  const suffix = `.${domain}`;
  return ({ host }) => {
    const label = host?.endsWith(suffix) ? host.slice(0, -suffix.length) : '';
    return /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/.test(label) ? label : null;
  };
}

/**
 * A segment of the path: `acme` of `/t/acme/auth/…` where the pattern is `/t/:tenant`. It is decoded, and what comes before it has to
 * be as the pattern says.
 *
 * @throws {RangeError} for a pattern that does not end in `/:tenant`
 */
export function tenantFromPath(pattern: string): (request: TenantRequest) => string | null {
  const before = pattern.endsWith('/:tenant') ? pattern.split('/').slice(0, -1) : [];
  if (before[0] !== '' || before.some((segment) => segment.startsWith(':'))) {
    throw new RangeError(`tenantFromPath: expected a pattern such as '/t/:tenant', got "${pattern}"`);
  }
  return ({ path }) => {
    const segments = path.split('/');
    const isBelow = before.every((segment, index) => segments[index] === segment);
    return isBelow ? decoded(segments[before.length] ?? '') : null;
  };
}

function decoded(segment: string): string | null {
  try {
    return decodeURIComponent(segment);
  } catch {
    return null; // a broken percent-encoding
  }
}
