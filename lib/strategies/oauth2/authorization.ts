import type { TokenEndpointResponse } from 'oauth4webapi';
import type { StrategyContext } from '../../strategy/index.js';
import type { ResolvedCommonOptions } from './common.options.js';
import { loadOAuth, type OAuth } from './oauth.library.js';
import { checkedAnswer, fail } from './oauth2.errors.js';
import type { Identified, Intent, Provider, ProviderServer } from './provider.js';
import { comeBack, depart, type Departure } from './redirect-flow.js';

/** RFC 8176 has no word for "another site says so"; how it was shown there, that site alone knows. */
export const METHODS = ['ext'] as const;

/** Who is sent away, and what for. */
export type Traveller = Pick<Departure, 'intent' | 'subject' | 'subjectEpoch'>;

/** Whom a provider named, to whoever came back. */
export interface Arrival extends Identified {
  readonly departure: Departure;
}

/** What a browser brings back. */
export interface Brought {
  readonly state: string | undefined;
  readonly code: string | undefined;
  readonly iss: string | undefined;
  readonly error: string | undefined;
  /** What the provider sends beside these. */
  readonly params: Readonly<Record<string, string>>;
}

/** The authorization code grant with PKCE (RFC 6749 §4.1, RFC 7636): away to the provider, and back. */
export class Authorization<U> {
  constructor(
    private readonly options: ResolvedCommonOptions,
    private readonly provider: Provider<U>,
  ) {}

  /**
   * Begins a flow in this browser.
   *
   * @param passed inputs that go along as parameters
   * @returns where the browser has to go
   * @throws {ProviderFailed}
   */
  async begin(ctx: StrategyContext<U>, traveller: Traveller, passed: Readonly<Record<string, string>>): Promise<URL> {
    const oauth = await loadOAuth();
    const server = await this.provider.server(ctx);
    const departure: Departure = {
      ...traveller,
      strategy: this.options.name,
      namespace: server.namespace,
      clientId: server.client.client_id,
      redirectUri: ctx.links.to('callback', {}).href,
      verifier: this.options.usesPkce ? oauth.generateRandomCodeVerifier() : null,
      nonce: this.provider.sendsNonce ? oauth.generateRandomNonce() : null,
    };
    const url = server.calls.usable(server.metadata.authorization_endpoint ?? '');
    const state = await depart(ctx, departure);
    const protocol = await protocolParams(oauth, departure, state);
    const { authorizationParams, stepUpParams } = this.provider;
    const again = traveller.intent === 'step-up' ? stepUpParams : undefined;
    // The protocol's own come last: nothing that a request says replaces one.
    const all = { ...passed, ...authorizationParams, ...again, ...protocol };
    for (const [name, value] of Object.entries(all)) url.searchParams.set(name, value);
    return url;
  }

  /**
   * Ends the flow, then asks the provider who it is. Whatever fails, the flow is spent.
   *
   * @throws {AuthenticationFailed} @throws {InvalidToken} @throws {ProviderFailed}
   */
  async finish(ctx: StrategyContext<U>, brought: Brought): Promise<Arrival> {
    const { state, departure } = await comeBack(ctx, brought.state);
    const oauth = await loadOAuth();
    const server = await this.provider.server(ctx);
    if (!isSame(departure, server, this.options.name)) return fail('flow_of_another_provider');
    const identified = await checkedAnswer(async () => {
      const response = await exchange(oauth, server, departure, { ...brought, state });
      const { nonce, intent } = departure;
      const { code = '', params } = brought;
      return this.provider.identify({ oauth, ctx, server, response, code, nonce, intent, params });
    });
    if (!isName(identified.uid)) return fail('no_uid');
    return { ...identified, departure };
  }

  /** @throws {AuthenticationFailed} where the provider takes the refresh token no more @throws {ProviderFailed} */
  async refresh(ctx: StrategyContext<U>, refreshToken: string): Promise<TokenEndpointResponse> {
    const oauth = await loadOAuth();
    const { metadata, client, authentication, calls } = await this.provider.server(ctx);
    return checkedAnswer(async () => {
      const options = calls.options(oauth);
      const response = await oauth.refreshTokenGrantRequest(metadata, client, authentication, refreshToken, options);
      return oauth.processRefreshTokenResponse(metadata, client, response);
    });
  }
}

/** OIDC Core §2: `sub` has 255 at most. */
const MOST_UID_CHARS = 255;

/** Databases differ in what else they keep: one of them nothing with a NUL in it. */
function isName(uid: string): boolean {
  return uid !== '' && uid.length <= MOST_UID_CHARS && uid.isWellFormed() && !/\p{Cc}/u.test(uid);
}

/** @throws what the library throws: for `iss` of another, for an error, for a missing code */
async function exchange(
  oauth: OAuth,
  { metadata, client, authentication, issuerIsKnown, calls }: ProviderServer,
  { redirectUri, verifier }: Departure,
  { state, code, iss, error }: Brought,
): Promise<Response> {
  const brought = Object.entries({ state, code, error, iss: issuerIsKnown ? iss : undefined });
  const params = new URLSearchParams(brought.filter((entry): entry is [string, string] => entry[1] !== undefined));
  const checked = oauth.validateAuthResponse(metadata, client, params, state);
  const options = calls.options(oauth);
  if (verifier !== null) {
    return oauth.authorizationCodeGrantRequest(
      metadata,
      client,
      authentication,
      checked,
      redirectUri,
      verifier,
      options,
    );
  }
  const bare = { code: checked.get('code') ?? '', redirect_uri: redirectUri };
  return oauth.genericTokenEndpointRequest(metadata, client, authentication, 'authorization_code', bare, options);
}

async function protocolParams(
  oauth: OAuth,
  { clientId, redirectUri, verifier, nonce }: Departure,
  state: string,
): Promise<Readonly<Record<string, string>>> {
  const challenge = verifier === null ? null : await oauth.calculatePKCECodeChallenge(verifier);
  return {
    client_id: clientId,
    response_type: 'code',
    redirect_uri: redirectUri,
    state,
    ...(challenge !== null && { code_challenge: challenge, code_challenge_method: 'S256' }),
    ...(nonce !== null && { nonce }),
  };
}

/** A code of one provider or client is never shown to another (RFC 9700 §4.4). */
function isSame({ strategy, namespace, clientId }: Departure, server: ProviderServer, name: string): boolean {
  return strategy === name && namespace === server.namespace && clientId === server.client.client_id;
}

/** What is asked of whoever signs in. */
export const NOBODY: Traveller = { intent: 'sign-in' satisfies Intent, subject: null, subjectEpoch: 0 };
