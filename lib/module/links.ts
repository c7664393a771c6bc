import type { Services } from '../activities/index.js';
import { NoTenant } from '../errors/index.js';
import type { Mount } from '../plug/index.js';

export type Links = Pick<Services, 'publicUrlOf' | 'plugLink' | 'pageLink'>;

/** What links are made of. */
export interface LinkParts {
  readonly publicUrl: URL;
  /** Where browsers reach a tenant; null where that is as for everybody. */
  readonly tenantUrl: ((tenant: string) => string) | null;
  readonly mount: Mount;
}

/** Absolute links, of configuration alone. `:tenant` in a path stands for the tenant, where there is one. */
export function makeLinks({ publicUrl, tenantUrl, mount }: LinkParts): Links {
  const publicUrlOf = (tenant: string | null) =>
    tenant === null || tenantUrl === null ? publicUrl : ownUrl(tenantUrl(tenant));
  const link: Links['pageLink'] = (path, query, tenant) => {
    const url = new URL(pathOf(path, tenant), publicUrlOf(tenant));
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    return url;
  };
  return {
    publicUrlOf,
    plugLink: (method, path, query, tenant) => link(mount.pathOf({ method, path }), query, tenant),
    pageLink: link,
  };
}

function pathOf(path: string, tenant: string | null): string {
  const segments = path
    .split('/')
    .map((part) => (part === ':tenant' && tenant !== null ? encodeURIComponent(tenant) : part));
  return segments.join('/');
}

/**
 * A tenant's id is the client's word: one with a slash or an `@` in it must not make another host of the URL.
 *
 * @throws {NoTenant}
 */
function ownUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^https?:$/.test(url.protocol) || url.href !== `${url.origin}/`) {
    throw new NoTenant('no_public_url');
  }
  return url;
}
