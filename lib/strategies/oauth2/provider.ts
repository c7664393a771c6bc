import type * as oauth from 'oauth4webapi';
import type { Problem } from '../../errors/index.js';
import type { JsonObject, ResourceFacts, StrategyContext } from '../../strategy/index.js';
import type { OAuth } from './oauth.library.js';
import type { ProviderCalls } from './provider-calls.js';

/** Why a browser is sent to the provider. */
export type Intent = 'sign-in' | 'link' | 'step-up';

/**
 * What an authorization-code strategy does not do itself: who is asked, and how a profile comes out of the answer. One per strategy, for all
 * requests.
 */
export interface Provider<U> {
  /**
   * Asked when somebody is sent away, when they come back, and for each refresh.
   * @throws {ProviderFailed} where it has to be asked, and did not answer
   */
  readonly server: (ctx: StrategyContext<U>) => Promise<ProviderServer>;
  /** Whether the authorization request carries a nonce, which the ID token must bring back. */
  readonly sendsNonce: boolean;
  /** More parameters of the authorization request. None may be one of the protocol's. */
  readonly authorizationParams: Readonly<Record<string, string>>;
  /** What more is asked for where somebody shows themselves again. @default nothing */
  readonly stepUpParams?: Readonly<Record<string, string>> | undefined;
  /** Inputs of `request`, `link` and `step-up` that go along as authorization parameters of the same name. */
  readonly passesOn: readonly string[];
  /** What comes back with the browser beside `state`, `code`, `iss` and `error`. */
  readonly callbackParams: readonly string[];
  /** Reads the answer of the token endpoint. Whatever it throws refuses the sign-in. */
  readonly identify: (exchange: Exchange<U>) => Promise<Identified>;
  /** What cannot work, told at boot. */
  readonly check?: ((where: string, resource: ResourceFacts) => Promise<readonly Problem[]>) | undefined;
}

/** Whom one request talks to. */
export interface ProviderServer {
  /** `issuer` is compared with the parameter `iss` of what comes back (RFC 9207), unless it is not known. */
  readonly metadata: oauth.AuthorizationServer;
  /** False where the app named no issuer: an `iss` says nothing then. */
  readonly issuerIsKnown: boolean;
  readonly client: oauth.Client;
  readonly authentication: oauth.ClientAuth;
  /** Whose identities these are: the issuer, or another name for good. The same `uid` in two of them is two identities. */
  readonly namespace: string;
  readonly calls: ProviderCalls;
}

/** A code that is exchanged: its flow is spent, `state` and `iss` were right. */
export interface Exchange<U> {
  readonly oauth: OAuth;
  readonly ctx: StrategyContext<U>;
  readonly server: ProviderServer;
  /** Of the token endpoint, unread. */
  readonly response: Response;
  /** The code that it was exchanged for. */
  readonly code: string;
  /** What the ID token must bring back; null where none was sent. */
  readonly nonce: string | null;
  /** Those of {@link Provider.callbackParams} that came. */
  readonly params: Readonly<Record<string, string>>;
  readonly intent: Intent;
}

/** Whom the provider says it is. */
export interface Identified {
  /** The provider's own name for the user, never given to another: 1 to 255 characters, none of them a control character. */
  readonly uid: string;
  /** As they came. `email_verified` counts where it is the boolean true. */
  readonly claims: JsonObject;
  readonly tokens: oauth.TokenEndpointResponse;
}
