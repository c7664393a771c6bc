import type { TokenEndpointResponse } from 'oauth4webapi';
import { configured } from '../../strategy/index.js';
import { clientAuthenticationOf } from './client-authentication.js';
import { loadOAuth } from './oauth.library.js';
import { fail } from './oauth2.errors.js';
import type { ResolvedEndpoints, ResolvedOAuth2Options } from './oauth2.options.js';
import { claimIn } from './profile.js';
import type { Exchange, Identified, Provider } from './provider.js';
import { ProviderCalls } from './provider-calls.js';
import { apiOf, claimsFrom } from './user-info.js';

/** A provider whose endpoints are known, and that answers who a token is of. */
export function oauth2Provider<U>({ common, endpoints }: ResolvedOAuth2Options): Provider<U> {
  const { scope, namespace, issuer } = endpoints;
  const metadata = metadataOf(endpoints);
  return {
    sendsNonce: false,
    authorizationParams: { ...common.authorizationParams, ...(scope !== undefined && { scope }) },
    passesOn: [],
    callbackParams: [],
    async server(ctx) {
      const client = { client_id: await configured(common.clientId, ctx) };
      const authentication = await clientAuthenticationOf(await loadOAuth(), common, ctx);
      const calls = new ProviderCalls(common.calls, ctx.clock);
      return { metadata, client, authentication, calls, namespace, issuerIsKnown: issuer !== undefined };
    },
    identify: (exchange) => identify(endpoints, exchange),
  };
}

function metadataOf({ authorizationEndpoint, tokenEndpoint, issuer, requireIssuer }: ResolvedEndpoints) {
  return {
    issuer: issuer ?? authorizationEndpoint, // the library wants one; where none is known, it is compared with nothing
    authorization_endpoint: authorizationEndpoint,
    token_endpoint: tokenEndpoint,
    authorization_response_iss_parameter_supported: requireIssuer,
  };
}

async function identify<U>(
  { userInfo, uid }: ResolvedEndpoints,
  { oauth, server, response }: Exchange<U>,
): Promise<Identified> {
  const { metadata, client } = server;
  const bare = await withoutIdToken(response);
  const tokens: TokenEndpointResponse = await oauth.processAuthorizationCodeResponse(metadata, client, bare);
  const claims = await claimsFrom(userInfo, apiOf(oauth, server, tokens.access_token));
  return { uid: uidIn(claimIn(claims, uid)), claims, tokens };
}

/** A text, or a whole number as some providers count their users by. */
function uidIn(value: unknown): string {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value);
  return typeof value === 'string' ? value : fail('no_uid');
}

/** It says nothing here: whoever wants what is in one has it checked, by `oidc`. */
async function withoutIdToken(response: Response): Promise<Response> {
  const { status, headers } = response;
  const text = await response.text();
  const body = parsed(text);
  if (typeof body !== 'object' || body === null) return new Response(text, { status, headers });
  return new Response(JSON.stringify({ ...body, id_token: undefined }), { status, headers });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null; // the library says so
  }
}
