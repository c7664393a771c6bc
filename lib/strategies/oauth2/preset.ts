import { authorizationCode } from './authorization-code.js';
import { resolveOAuth2Options, type OAuth2Settings } from './oauth2.options.js';
import { oauth2Provider } from './oauth2.provider.js';
import type { TypedCode } from './typed-code.js';

/**
 * A strategy for one well-known provider: what the app says, and what is the same for every app.
 *
 * @throws {RangeError} when a value is out of range.
 */
export function oauth2Preset<U>(
  settings: OAuth2Settings<U> & { readonly identityField?: string | undefined },
): TypedCode<U, string, 'confirm', true> {
  const resolved = resolveOAuth2Options<U>(settings);
  return authorizationCode<U>(resolved.common, oauth2Provider<U>(resolved));
}
