import type { JsonObject } from '../../strategy/index.js';
import { oauth2Preset, type CommonOptions, type ProviderApi, type TypedCode } from '../oauth2/index.js';

/** Options of {@link github}. */
export type GithubOptions<U> = CommonOptions<U> & {
  /** In routes and activities. kebab-case. @default 'github' */
  readonly name?: string | undefined;
  /** What is asked for, with a space between. @default 'user:email' */
  readonly scope?: string | undefined;
  /** A GitHub Enterprise Server: `https://github.acme.example`. @default GitHub itself */
  readonly serverUrl?: string | undefined;
};

/**
 * Sign in with GitHub.
 *
 * @throws {RangeError} when a value is out of range.
 * @see https://docs.github.com/apps/oauth-apps/building-oauth-apps/authorizing-oauth-apps
 */
export function github<U>(options: GithubOptions<U>): TypedCode<U, string, 'confirm', true> {
  const { name = 'github', label = 'GitHub', scope = 'user:email', clientAuthentication = 'post', serverUrl } = options;
  const site = serverUrl ?? 'https://github.com';
  const api = serverUrl === undefined ? 'https://api.github.com' : `${serverUrl}/api/v3`;
  return oauth2Preset<U>({
    ...options,
    name,
    label,
    scope,
    clientAuthentication,
    authorizationEndpoint: `${site}/login/oauth/authorize`,
    tokenEndpoint: `${site}/login/oauth/access_token`,
    uid: 'id', // `login` changes hands
    namespace: site,
    userInfo: (asked) => profileAt(api, asked),
  });
}

/** The address in the profile is what somebody shows to the public: theirs is in a list of its own, with what was confirmed. */
async function profileAt(api: string, asked: ProviderApi): Promise<JsonObject> {
  const user: unknown = await asked.getJson(`${api}/user`);
  const emails: unknown = await asked.getJson(`${api}/user/emails`);
  const primary = Array.isArray(emails) ? emails.find(isPrimary) : undefined;
  return { ...objectIn(user), email: primary?.email, email_verified: primary?.verified === true };
}

interface Address {
  readonly email: unknown;
  readonly verified: unknown;
}

function isPrimary(entry: unknown): entry is Address {
  return typeof entry === 'object' && entry !== null && 'primary' in entry && entry.primary === true;
}

function objectIn(value: unknown): object {
  return typeof value === 'object' && value !== null ? value : {};
}
