import { decodeJwt } from 'jose';
import type { AuthorizationServer, Client, TokenEndpointResponse } from 'oauth4webapi';
import { AuthenticationFailed } from '../../errors/index.js';
import { configured, type JsonObject, type StrategyContext } from '../../strategy/index.js';
import { MINUTE, systemClock, type Clock } from '../../time/index.js';
import {
  clientAuthenticationOf,
  loadOAuth,
  ProviderCalls,
  type Exchange,
  type Identified,
  type Intent,
  type OAuth,
  type Provider,
  type ProviderServer,
} from '../oauth2/index.js';
import { mergedClaims } from './claims.js';
import { Discovery } from './discovery.js';
import { LEEWAY_SECONDS, verifyIdToken, type IdTokenClaims } from './id-token.js';
import type { KeySet } from './key-set.js';
import type { Quirks, ResolvedOidcOptions } from './oidc.options.js';

/** What may be asked of the provider by whoever begins (OpenID Connect Core §3.1.2.1). */
const PASSED_ON = ['login_hint', 'prompt', 'ui_locales'];

/** A provider that is discovered, and says who somebody is by an ID token. */
export class OidcProvider<U> implements Provider<U> {
  readonly sendsNonce = true;
  readonly passesOn = PASSED_ON;
  readonly stepUpParams = { max_age: '0' }; // whoever is remembered there has to show themselves all the same
  readonly callbackParams: readonly string[];
  readonly #discovery: Discovery;
  /** The session at the provider that somebody came back from, by the context of the request. */
  readonly #sessions = new WeakMap<object, string>();

  constructor(
    private readonly options: ResolvedOidcOptions,
    private readonly quirks: Quirks,
  ) {
    const { issuer, signingAlgorithms: algorithms, calls } = options;
    const { allowHttpOnLoopback } = calls;
    this.callbackParams = quirks.callbackParams ?? [];
    this.#discovery = new Discovery({
      issuer,
      discoverAt: quirks.discoverAt ?? issuer,
      algorithms,
      allowHttpOnLoopback,
    });
  }

  get authorizationParams(): Readonly<Record<string, string>> {
    const { scope, maxAgeSeconds, acrValues, authorizationParams } = this.options;
    return {
      scope,
      ...(maxAgeSeconds !== null && { max_age: String(maxAgeSeconds) }),
      ...(acrValues.length > 0 && { acr_values: acrValues.join(' ') }),
      ...authorizationParams,
    };
  }

  readonly server = async (ctx: StrategyContext<U>): Promise<ProviderServer> => {
    const { calls: bounds, clientId, issuer } = this.options;
    const { namespace = issuer } = this.quirks;
    const oauth = await loadOAuth();
    const calls = new ProviderCalls(bounds, ctx.clock);
    const metadata = await this.#discovery.metadata(calls, ctx.clock);
    const client = clientOf(oauth, await configured(clientId, ctx), ctx.clock);
    const authentication = await clientAuthenticationOf(oauth, this.options, ctx);
    return { metadata, issuerIsKnown: true, client, authentication, namespace, calls };
  };

  readonly identify = async (exchange: Exchange<U>): Promise<Identified> => {
    const { oauth, ctx, server, response, code, nonce, params, intent } = exchange;
    if (nonce === null) throw new AuthenticationFailed('no_nonce');
    const issuer = await this.#issuerIn(response);
    const metadata = { ...server.metadata, issuer };
    const maxAge = maxAgeOf(intent, this.options);
    const expected = { expectedNonce: nonce, ...(maxAge !== null && { maxAge }) };
    const tokens = await oauth.processAuthorizationCodeResponse(metadata, server.client, response, expected);
    const idToken = await this.#verified({ ...tokens, code }, issuer, ctx, server);
    if (isSessionId(idToken['sid'])) this.#sessions.set(ctx, idToken['sid']);
    const userInfo = await this.#userInfo(exchange, metadata, tokens.access_token, idToken.sub);
    const { claimsOf = (claims: JsonObject) => claims, uidOf = () => idToken.sub } = this.quirks;
    return { uid: uidOf(idToken), claims: claimsOf(mergedClaims(idToken, userInfo), params), tokens };
  };

  /** The `sid` of the ID token that came in this request; null where there was none. */
  sessionOf(ctx: StrategyContext<U>): string | null {
    return this.#sessions.get(ctx) ?? null;
  }

  /** For tokens of the provider that are no answer to us: those of back-channel logout. */
  async keys(ctx: StrategyContext<U>): Promise<KeySet> {
    const calls = new ProviderCalls(this.options.calls, ctx.clock);
    return this.#discovery.keySet(calls, ctx.clock, await this.#discovery.metadata(calls, ctx.clock));
  }

  /** Named by the token before anybody has verified it: it is compared with what is signed, and with the rule, afterwards. */
  async #issuerIn(response: Response): Promise<string> {
    const { issuerOf } = this.quirks;
    if (issuerOf === undefined) return this.options.issuer;
    const body: unknown = await response.clone().json();
    const idToken = typeof body === 'object' && body !== null && 'id_token' in body ? body.id_token : undefined;
    return issuerOf(decodeJwt(String(idToken)));
  }

  #verified(
    { id_token: idToken = '', access_token: accessToken, code }: TokenEndpointResponse & Pick<Exchange<U>, 'code'>,
    issuer: string,
    { clock }: StrategyContext<U>,
    { client, calls, metadata }: ProviderServer,
  ): Promise<IdTokenClaims> {
    const { signingAlgorithms: algorithms, trustedAudiences, acrValues } = this.options;
    const rules = { issuer, clientId: client.client_id, algorithms, trustedAudiences, acrValues, accessToken, code };
    return verifyIdToken(idToken, this.#discovery.keySet(calls, clock, metadata), rules, clock);
  }

  /** OpenID Connect Core §5.3: of the same `sub`, or of nobody. Signed ones are refused: nobody here verifies them. */
  async #userInfo(
    { oauth, server: { client, calls } }: Exchange<U>,
    metadata: AuthorizationServer,
    accessToken: string,
    sub: string,
  ): Promise<JsonObject> {
    if (!this.options.userInfo || metadata.userinfo_endpoint === undefined) return {};
    const response = await oauth.userInfoRequest(metadata, client, accessToken, calls.options(oauth));
    const type = response.headers.get('content-type') ?? '';
    if (/^application\/jwt\b/i.test(type)) throw new AuthenticationFailed('user_info_signed');
    return oauth.processUserInfoResponse(metadata, client, sub, response);
  }
}

/** How long ago a step-up may have been at the provider, which takes a person a moment. */
const STEP_UP_SECONDS = 5 * MINUTE;

/** In seconds; null for however long ago. */
function maxAgeOf(intent: Intent, { maxAgeSeconds }: ResolvedOidcOptions): number | null {
  if (intent !== 'step-up') return maxAgeSeconds;
  return Math.min(STEP_UP_SECONDS, maxAgeSeconds ?? STEP_UP_SECONDS);
}

const MOST_SESSION_ID_CHARS = 255;

function isSessionId(value: unknown): value is string {
  return typeof value === 'string' && value.length >= 1 && value.length <= MOST_SESSION_ID_CHARS;
}

/** The library reads the machine's clock: it is told how far that of the app is from it. */
function clientOf(oauth: OAuth, clientId: string, clock: Clock): Client {
  const skewSeconds = secondsOf(clock) - secondsOf(systemClock);
  return { client_id: clientId, [oauth.clockSkew]: skewSeconds, [oauth.clockTolerance]: LEEWAY_SECONDS };
}

function secondsOf(clock: Clock): number {
  return Math.floor(clock.now().getTime() / 1000);
}
