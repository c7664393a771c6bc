import { AuthenticationFailed } from '../../errors/index.js';
import type { JsonObject } from '../../strategy/index.js';
import type { OAuth } from './oauth.library.js';
import { ProviderFailed } from './oauth2.errors.js';
import type { ProviderServer } from './provider.js';

/** Asks a provider's API with the user's new access token: in time, bounded, and where it redirects to, nobody follows. */
export interface ProviderApi {
  /** @returns what a GET answers as JSON. @throws {AuthError} for anything but a 200 with JSON */
  readonly getJson: (url: string) => Promise<unknown>;
}

/** Who a token is of, for a provider that needs more than one question: an object of claims. */
export type UserInfo = (api: ProviderApi) => Promise<JsonObject>;

/** @throws {AuthenticationFailed} where no object came */
export async function claimsFrom(userInfo: string | UserInfo, api: ProviderApi): Promise<JsonObject> {
  const claims: unknown = typeof userInfo === 'string' ? await api.getJson(userInfo) : await userInfo(api);
  if (isObject(claims)) return claims;
  throw new AuthenticationFailed('user_info_no_object');
}

/** The API as whoever has this token. */
export function apiOf(oauth: OAuth, { calls }: Pick<ProviderServer, 'calls'>, accessToken: string): ProviderApi {
  return {
    async getJson(url) {
      const headers = new Headers({ accept: 'application/json' });
      const options = calls.options(oauth);
      const { protectedResourceRequest: ask } = oauth;
      const response = await ask(accessToken, 'GET', calls.usable(url), headers, null, options);
      if (response.status >= 500) throw new ProviderFailed('user_info_status');
      if (response.status !== 200) throw new AuthenticationFailed('user_info_status');
      return response.json();
    },
  };
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
