import type { IdentityFieldOption } from '../../strategy/index.js';
import { oauth2Preset, type CommonSettings, type TypedCode } from '../oauth2/index.js';

/** Options of {@link linkedin}. */
export type LinkedinOptions<U> = Omit<CommonSettings<U>, 'dangerouslyWithoutPkce'> &
  IdentityFieldOption<U> & {
    /** In routes and activities. kebab-case. @default 'linkedin' */
    readonly name?: string | undefined;
    /** What is asked for, with a space between. @default 'openid profile email' */
    readonly scope?: string | undefined;
    /** Another place that speaks as LinkedIn does, such as a fake one in a test. @default LinkedIn itself */
    readonly serverUrl?: string | undefined;
  };

/**
 * Sign in with LinkedIn. It calls itself OpenID Connect, but gives no nonce back and refuses PKCE (`invalid_client`), so it is OAuth 2.0 here, with who
 * it is by user-info, and bound to the browser by `state` alone.
 *
 * @throws {RangeError} when a value is out of range.
 * @see https://learn.microsoft.com/linkedin/consumer/integrations/self-serve/sign-in-with-linkedin-v2
 */
export function linkedin<U>(options: LinkedinOptions<U>): TypedCode<U, string, 'confirm', true> {
  const { name = 'linkedin', label = 'LinkedIn', scope = 'openid profile email', serverUrl } = options;
  const [site, api] =
    serverUrl === undefined ? ['https://www.linkedin.com', 'https://api.linkedin.com'] : [serverUrl, serverUrl];
  return oauth2Preset<U>({
    ...options,
    name,
    label,
    scope,
    clientAuthentication: options.clientAuthentication ?? 'post',
    dangerouslyWithoutPkce: true,
    authorizationEndpoint: `${site}/oauth/v2/authorization`,
    tokenEndpoint: `${site}/oauth/v2/accessToken`,
    userInfo: `${api}/v2/userinfo`,
    namespace: site,
  });
}
