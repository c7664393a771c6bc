import { AuthenticationFailed } from '../../errors/index.js';
import type { IdentityFieldOption, JsonObject } from '../../strategy/index.js';
import { openIdPreset, type OidcSettings, type OidcStrategy, type Quirks } from '../oidc/index.js';
import { microsoftClaims } from './microsoft.claims.js';

/** Options of {@link microsoft}. */
export type MicrosoftOptions<U> = Omit<OidcSettings<U>, 'issuer'> &
  IdentityFieldOption<U> & {
    /**
     * Whose accounts: those of one tenant, by its id; of `organizations`, of `consumers`, or of both (`common`).
     * @default 'common'
     */
    readonly tenant?: string | undefined;
    /** Of `common` and `organizations`, only these tenants, by id. @default all */
    readonly allowedTenants?: readonly string[] | undefined;
    /** Another cloud of Microsoft's. @default 'https://login.microsoftonline.com' */
    readonly authority?: string | undefined;
  };

const TENANT_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
/** Accounts that people made for themselves. */
const CONSUMERS = '9188040d-6c67-4c5b-b112-36a304b66dad';
const PATTERN = '{tenantid}';

/**
 * Sign in with Microsoft, personal accounts and those of work or school.
 *
 * @throws {RangeError} when a value is out of range.
 * @see https://learn.microsoft.com/entra/identity-platform/v2-protocols-oidc
 */
export function microsoft<U>(options: MicrosoftOptions<U>): OidcStrategy<U> {
  const { tenant = 'common', allowedTenants, authority = 'https://login.microsoftonline.com' } = options;
  const id = tenant === 'consumers' ? CONSUMERS : tenant;
  const isOne = TENANT_ID.test(id);
  if (!isOne && !['common', 'organizations'].includes(tenant)) {
    throw new RangeError(`microsoft: tenant must be an id, 'common', 'organizations' or 'consumers', got ${tenant}`);
  }
  const issuer = `${authority}/${isOne ? id : PATTERN}/v2.0`;
  const preset = { name: 'microsoft', label: 'Microsoft', issuer, clientAuthentication: 'post' } as const;
  const isAllowed = (found: string) => allowedTenants?.includes(found) ?? (tenant === 'common' || found !== CONSUMERS);
  const many = isOne ? {} : ofManyTenants(issuer, `${authority}/${tenant}/v2.0`, isAllowed);
  return openIdPreset<U>(preset, { ...options, issuer }, { claimsOf: microsoftClaims, ...many });
}

/** The issuer of the metadata is a pattern there: each token's names the tenant that the account is of. */
function ofManyTenants(issuer: string, discoverAt: string, isAllowed: (tenant: string) => boolean): Quirks {
  return {
    discoverAt,
    issuerOf: (claims) => issuer.replace(PATTERN, tenantIn(claims, isAllowed)),
    uidOf: (claims) => `${tenantIn(claims, isAllowed)}.${String(claims['sub'])}`,
  };
}

function tenantIn({ tid }: JsonObject, isAllowed: (tenant: string) => boolean): string {
  if (typeof tid !== 'string' || !TENANT_ID.test(tid)) throw new AuthenticationFailed('microsoft_no_tenant');
  if (!isAllowed(tid)) throw new AuthenticationFailed('microsoft_tenant');
  return tid;
}
