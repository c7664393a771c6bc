import { openIdPreset, type OidcStrategy, type PresetOptions } from '../oidc/index.js';

/** Options of {@link gitlab}; `issuer` is the URL of an instance of one's own. */
export type GitlabOptions<U> = PresetOptions<U>;

/**
 * Sign in with GitLab.
 *
 * @throws {RangeError} when a value is out of range.
 * @see https://docs.gitlab.com/integration/openid_connect_provider/
 */
export function gitlab<U>(options: GitlabOptions<U>): OidcStrategy<U> {
  return openIdPreset<U>({ name: 'gitlab', label: 'GitLab', issuer: 'https://gitlab.com' }, options);
}
