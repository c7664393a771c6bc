import type { Secret } from '../secrets/index.js';

/**
 * The phase, for code alone, that a strategy answers with the token which its provider gave it for a user: input `subject`, result a
 * {@link ProviderToken}. `AuthService.providerToken` performs it.
 */
export const PROVIDER_TOKEN = 'provider-token';

/** What an app may call a provider with, for one user. Prints as `[secret]`. */
export interface ProviderToken {
  readonly accessToken: Secret;
  /** Null where the provider did not say. */
  readonly expiresAt: Date | null;
}
