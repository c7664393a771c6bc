import { Secret } from '../../secrets/index.js';
import type { Configured, IdentityFieldOption } from '../../strategy/index.js';
import { keyProblems } from '../oauth2/index.js';
import { openIdPreset, type OidcSettings, type OidcStrategy } from '../oidc/index.js';
import { appleClaims, FIRST_TIME } from './apple.claims.js';
import { clientSecretOf } from './client-secret.js';

type Own = 'issuer' | 'clientSecret' | 'clientAuthentication' | 'privateKey';

/** Options of {@link apple}. `clientId` is the Services ID. */
export type AppleOptions<U> = Omit<OidcSettings<U>, Own> &
  IdentityFieldOption<U> & {
    /** Of the developer account: ten characters. */
    readonly teamId: string;
    /** Of the key: ten characters. */
    readonly keyId: string;
    /** The key, as the downloaded file `AuthKey_….p8` holds it: PEM. */
    readonly key: Configured<string | Secret>;
    /** Another place that speaks as Apple does, such as a fake one in a test. @default 'https://appleid.apple.com' */
    readonly issuer?: string | undefined;
  };

/**
 * Sign in with Apple. The client secret is made anew for each request, of a key that never leaves the app.
 *
 * @throws {RangeError} when a value is out of range.
 * @see https://developer.apple.com/documentation/signinwithapplerestapi
 */
export function apple<U>(options: AppleOptions<U>): OidcStrategy<U> {
  const preset = {
    name: 'apple',
    label: 'Apple',
    issuer: 'https://appleid.apple.com',
    scope: 'openid email name',
    clientAuthentication: 'post',
    authorizationParams: { response_mode: 'form_post' },
  } as const;
  const said = { ...options, clientSecret: clientSecretOf(options) };
  const strategy = openIdPreset<U>(preset, said, { callbackParams: [FIRST_TIME], claimsOf: appleClaims });
  return {
    ...strategy,
    async check(resource) {
      const where = `resources.${resource.subjectName}.strategies.${strategy.name}.key`;
      const { key } = options;
      const isTold = typeof key === 'string' || key instanceof Secret;
      return [...((await strategy.check?.(resource)) ?? []), ...(isTold ? keyProblems(where, key) : [])];
    },
  };
}
