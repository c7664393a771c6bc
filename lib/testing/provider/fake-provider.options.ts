import type { IncomingMessage } from 'node:http';
import type { JsonObject } from '../../strategy/index.js';
import type { Clock } from '../../time/index.js';
import type { Signer } from './provider-keys.js';

export interface FakeProviderOptions {
  /** @default 'test-client' */
  readonly clientId?: string | undefined;
  /** Null for a public client. @default a secret of 43 characters */
  readonly clientSecret?: string | null | undefined;
  /** Whether another one is a secret of the app, such as a token that it makes. @default none is */
  readonly takesClientSecret?: ((secret: string) => boolean) | undefined;
  /** @default a clock that stands where that of `authTestApp` begins */
  readonly clock?: Clock | undefined;
  /** Where it has what, for strategies that know the places of one provider: `{ token: '/login/oauth/access_token' }`. */
  readonly paths?: Partial<ProviderPaths> | undefined;
}

/** The places of a provider, below its issuer. */
export interface ProviderPaths {
  /** @default '/authorize' */
  readonly authorize: string;
  /** @default '/token' */
  readonly token: string;
  /** @default '/userinfo' */
  readonly userinfo: string;
  /** @default '/jwks' */
  readonly jwks: string;
  /** @default '/logout' */
  readonly logout: string;
}

/** Where a provider has what unless it is told otherwise. */
export const PATHS: ProviderPaths = {
  authorize: '/authorize',
  token: '/token',
  userinfo: '/userinfo',
  jwks: '/jwks',
  logout: '/logout',
};

/** What a provider was asked. */
export interface ProviderRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  /** Of the query, or of the form. */
  readonly parameters: Readonly<Record<string, string>>;
}

/** A logout token, and what is wrong with it. */
export interface LogoutTokenOptions {
  readonly header?: JsonObject | undefined;
  /** Over those of a right one; `undefined` leaves one out. */
  readonly claims?: JsonObject | undefined;
  /** @default 'its-key' */
  readonly signedBy?: Signer | undefined;
}
