import { AuthenticationFailed } from '../../errors/index.js';
import type { JsonObject } from '../../strategy/index.js';
import { openIdPreset, type OidcStrategy, type PresetOptions } from '../oidc/index.js';

/** Options of {@link slack}. */
export type SlackOptions<U> = PresetOptions<U> & {
  /** Only people of this workspace: `T0123456789`. Slack is asked for it, and has to name it. @default any workspace */
  readonly teamId?: string | undefined;
};

const TEAM = 'https://slack.com/team_id';

/**
 * Sign in with Slack.
 *
 * @throws {RangeError} when a value is out of range.
 * @see https://docs.slack.dev/authentication/sign-in-with-slack/
 */
export function slack<U>(options: SlackOptions<U>): OidcStrategy<U> {
  const { teamId } = options;
  const preset = {
    name: 'slack',
    label: 'Slack',
    issuer: 'https://slack.com',
    scope: 'openid email profile',
    clientAuthentication: 'post',
    ...(teamId !== undefined && { authorizationParams: { team: teamId } }),
  } as const;
  return openIdPreset<U>(preset, options, {
    uidOf: (claims) => `${teamIn(claims, teamId)}.${String(claims['sub'])}`,
  });
}

/**
 * People are named within their workspace: the same name in another may be somebody else.
 *
 * @throws {AuthenticationFailed} for somebody of another workspace: the parameter alone asks, and anybody can change it
 */
function teamIn({ [TEAM]: team }: JsonObject, teamId: string | undefined): string {
  if (typeof team !== 'string' || !/^[A-Z0-9]+$/.test(team)) throw new AuthenticationFailed('slack_no_team');
  if (teamId !== undefined && team !== teamId) throw new AuthenticationFailed('slack_team');
  return team;
}
