import { openIdPreset, type OidcOptions, type OidcStrategy } from '../oidc/index.js';

/** Options of {@link okta}. `issuer` is the organisation's, or that of one of its authorization servers: `https://acme.okta.com/oauth2/default`. */
export type OktaOptions<U> = OidcOptions<U>;

/**
 * Sign in at an organisation's Okta.
 *
 * @throws {RangeError} when a value is out of range.
 * @see https://developer.okta.com/docs/api/openapi/okta-oauth/guides/overview/
 */
export function okta<U>(options: OktaOptions<U>): OidcStrategy<U> {
  return openIdPreset<U>({ name: 'okta', label: 'Okta', issuer: options.issuer }, options);
}
