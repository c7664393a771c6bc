import type { IdentityFieldOption } from '../../strategy/index.js';
import { resolveOidcOptions, type OidcSettings, type Quirks } from './oidc.options.js';
import { strategyOf, type OidcStrategy } from './oidc.strategy.js';

/** What is the same for every app at a provider. */
export interface Preset {
  /** In routes and activities, unless the app says otherwise. */
  readonly name: string;
  /** What people call it. */
  readonly label: string;
  readonly issuer: string;
  /** @default that of `oidc` */
  readonly scope?: string | undefined;
  /** @default that of `oidc` */
  readonly clientAuthentication?: OidcSettings<never>['clientAuthentication'];
  /** @default none */
  readonly authorizationParams?: Readonly<Record<string, string>> | undefined;
}

/** What an app says to a preset: all that `oidc` takes; the provider's part is known. */
export type PresetOptions<U> = Omit<OidcSettings<U>, 'issuer'> &
  IdentityFieldOption<U> & {
    /** Another place that speaks as the provider does, such as a fake one in a test. @default the provider's own */
    readonly issuer?: string | undefined;
  };

/**
 * A strategy for one well-known provider. What the app says goes over what the preset says.
 *
 * @throws {RangeError} when a value is out of range.
 * @example
 * export const gitlab = <U>(options: PresetOptions<U>): OidcStrategy<U> =>
 *   openIdPreset<U>({ name: 'gitlab', label: 'GitLab', issuer: 'https://gitlab.com' }, options);
 */
export function openIdPreset<U>(preset: Preset, options: PresetOptions<U>, quirks: Quirks = {}): OidcStrategy<U> {
  const {
    name = preset.name,
    label = preset.label,
    issuer = preset.issuer,
    scope = preset.scope,
    clientAuthentication = preset.clientAuthentication,
  } = options;
  const authorizationParams = { ...preset.authorizationParams, ...options.authorizationParams };
  const said = { ...options, name, label, issuer, scope, clientAuthentication, authorizationParams };
  return strategyOf<U>(resolveOidcOptions<U>(said), quirks);
}
