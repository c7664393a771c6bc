import type { JsonObject } from '../../strategy/index.js';
import { oauth2Preset, type CommonOptions, type ProviderApi, type TypedCode } from '../oauth2/index.js';

/** Options of {@link facebook}. */
export type FacebookOptions<U> = CommonOptions<U> & {
  /** In routes and activities. kebab-case. @default 'facebook' */
  readonly name?: string | undefined;
  /** What is asked for, with a space between. @default 'email' */
  readonly scope?: string | undefined;
  /** Of the Graph API. @default 'v23.0' */
  readonly version?: string | undefined;
  /** Another place that speaks as Facebook does, such as a fake one in a test. @default Facebook itself */
  readonly serverUrl?: string | undefined;
};

/**
 * Sign in with Facebook.
 *
 * @throws {RangeError} when a value is out of range.
 * @see https://developers.facebook.com/docs/facebook-login/guides/advanced/manual-flow
 */
export function facebook<U>(options: FacebookOptions<U>): TypedCode<U, string, 'confirm', true> {
  const { name = 'facebook', label = 'Facebook', scope = 'email', version = 'v23.0', serverUrl } = options;
  if (!/^v\d{1,3}\.\d$/.test(version)) throw new RangeError(`facebook: version must be such as v23.0, got ${version}`);
  const [site, graph] =
    serverUrl === undefined ? ['https://www.facebook.com', 'https://graph.facebook.com'] : [serverUrl, serverUrl];
  return oauth2Preset<U>({
    ...options,
    name,
    label,
    scope,
    clientAuthentication: options.clientAuthentication ?? 'post',
    authorizationEndpoint: `${site}/${version}/dialog/oauth`,
    tokenEndpoint: `${graph}/${version}/oauth/access_token`,
    uid: 'id', // of this app: another app gets another one
    namespace: site,
    userInfo: (asked) => profileAt(`${graph}/${version}/me?fields=id,name,email`, asked),
  });
}

/** Facebook says of no address that it is confirmed, and of some people none. */
async function profileAt(url: string, asked: ProviderApi): Promise<JsonObject> {
  const user: unknown = await asked.getJson(url);
  return typeof user === 'object' && user !== null ? { ...user, email_verified: false } : {};
}
