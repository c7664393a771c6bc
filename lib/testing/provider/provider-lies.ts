import type { JsonObject } from '../../strategy/index.js';
import type { Signer } from './provider-keys.js';
import type { PublishedKey } from './provider-keys.js';

/** What answers to an app, not to a browser. */
export type ProviderEndpoint = 'discovery' | 'jwks' | 'token' | 'userinfo';

/** An answer instead of the right one. */
export interface ProviderAnswer {
  /** @default 200 */
  readonly status?: number | undefined;
  /** @default JSON */
  readonly contentType?: string | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly body: string;
}

/**
 * How an endpoint fails to answer. What is said would be right each time, so that nothing but the fault itself can be what is refused.
 *
 * - `huge`: ten megabytes of JSON, the right answer among them.
 * - `slow`: a byte now and then, and never the last one.
 * - `hangs-up`: the connection ends in the middle.
 * - `redirects`: to the right answer, at another path of loopback.
 * - `html`: the right JSON, said to be HTML.
 */
export type ProviderFault = 'huge' | 'slow' | 'hangs-up' | 'redirects' | 'html' | ProviderAnswer;

/**
 * What a provider says instead of the truth. Members of an object replace those of the same name; `undefined` leaves one out.
 *
 * @example provider.lies = { idTokenClaims: { aud: 'another-app' } };
 */
export interface ProviderLies {
  /** Of the discovery document: `issuer`, `jwks_uri`, … */
  readonly metadata?: JsonObject | undefined;
  /** Parameters that the browser is sent back with: `state`, `code`, `iss`, `error`, … */
  readonly callback?: Readonly<Record<string, string | undefined>> | undefined;
  /** Of the ID token: `alg`, `kid`, `typ`, … */
  readonly idTokenHeader?: JsonObject | undefined;
  /** Of the ID token: `iss`, `aud`, `azp`, `nonce`, `at_hash`, `exp`, `iat`, … */
  readonly idTokenClaims?: JsonObject | undefined;
  /** Who signs ID tokens. @default 'its-key' */
  readonly signedBy?: Signer | undefined;
  /** The keys that it publishes, all of them. */
  readonly keys?: readonly PublishedKey[] | undefined;
  /** Of the answer to a code or refresh token: `access_token`, `id_token`, `token_type`, … */
  readonly tokens?: JsonObject | undefined;
  /** Of the user-info: `sub`, `email`, `email_verified`, … */
  readonly userInfo?: JsonObject | undefined;
  readonly answers?: Partial<Readonly<Record<ProviderEndpoint, ProviderFault>>> | undefined;
  /** A code works as often as it is sent. @default false */
  readonly takesCodesAgain?: boolean | undefined;
  /** A code works with any verifier, or none. @default false */
  readonly ignoresVerifiers?: boolean | undefined;
}
