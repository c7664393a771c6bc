import { openIdPreset, type OidcStrategy, type PresetOptions } from '../oidc/index.js';

/** Options of {@link auth0}. */
export type Auth0Options<U> = PresetOptions<U> & {
  /** Of the tenant, or its custom one: `acme.eu.auth0.com`. */
  readonly domain: string;
};

/**
 * Sign in at a tenant of Auth0.
 *
 * @throws {RangeError} when a value is out of range.
 * @see https://auth0.com/docs/authenticate/protocols/openid-connect-protocol
 */
export function auth0<U>(options: Auth0Options<U>): OidcStrategy<U> {
  const { domain } = options;
  const isHost = /^[a-z0-9-]+(\.[a-z0-9-]+)+$/.test(domain);
  if (!isHost) throw new RangeError(`auth0: domain must be a host in lower case, got ${domain}`);
  const issuer = `https://${domain}/`; // with its slash: that is how Auth0 spells itself
  return openIdPreset<U>({ name: 'auth0', label: 'Auth0', issuer, clientAuthentication: 'post' }, options);
}
