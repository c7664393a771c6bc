import type { JsonObject } from '../../strategy/index.js';
import { oauth2Preset, type CommonOptions, type ProviderApi, type TypedCode } from '../oauth2/index.js';

/** Options of {@link discord}. */
export type DiscordOptions<U> = CommonOptions<U> & {
  /** In routes and activities. kebab-case. @default 'discord' */
  readonly name?: string | undefined;
  /** What is asked for, with a space between. @default 'identify email' */
  readonly scope?: string | undefined;
  /** Another place that speaks as Discord does, such as a fake one in a test. @default 'https://discord.com' */
  readonly serverUrl?: string | undefined;
};

/**
 * Sign in with Discord.
 *
 * @throws {RangeError} when a value is out of range.
 * @see https://discord.com/developers/docs/topics/oauth2
 */
export function discord<U>(options: DiscordOptions<U>): TypedCode<U, string, 'confirm', true> {
  const { name = 'discord', label = 'Discord', scope = 'identify email', serverUrl = 'https://discord.com' } = options;
  return oauth2Preset<U>({
    ...options,
    name,
    label,
    scope,
    authorizationEndpoint: `${serverUrl}/oauth2/authorize`,
    tokenEndpoint: `${serverUrl}/api/oauth2/token`,
    uid: 'id',
    namespace: serverUrl,
    userInfo: (asked) => profileAt(serverUrl, asked),
  });
}

/** As OpenID Connect would call it. `username` changes hands; `global_name` is what friends see. */
async function profileAt(serverUrl: string, asked: ProviderApi): Promise<JsonObject> {
  const user: unknown = await asked.getJson(`${serverUrl}/api/users/@me`);
  if (typeof user !== 'object' || user === null) return {};
  const { global_name: name, verified }: Readonly<Record<string, unknown>> = { ...user };
  return { ...user, name, email_verified: verified === true };
}
