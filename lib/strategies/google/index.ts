import { openIdPreset, type OidcStrategy, type PresetOptions } from '../oidc/index.js';
import { googleClaims } from './google.claims.js';

/** Options of {@link google}. */
export type GoogleOptions<U> = PresetOptions<U> & {
  /** Only people of this Workspace: its domain. Google is asked for it, and has to name it in the ID token. @default anybody */
  readonly hostedDomain?: string | undefined;
};

/**
 * Sign in with Google.
 *
 * @throws {RangeError} when a value is out of range.
 * @see https://developers.google.com/identity/openid-connect/openid-connect
 */
export function google<U>(options: GoogleOptions<U>): OidcStrategy<U> {
  const { hostedDomain } = options;
  const preset = {
    name: 'google',
    label: 'Google',
    issuer: 'https://accounts.google.com',
    clientAuthentication: 'post',
    ...(hostedDomain !== undefined && { authorizationParams: { hd: hostedDomain } }),
  } as const;
  return openIdPreset<U>(preset, options, { claimsOf: (claims) => googleClaims(claims, hostedDomain) });
}
