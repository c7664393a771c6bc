import { createHash } from 'node:crypto';
import { randomToken } from '../../crypto/index.js';
import type { JsonObject } from '../../strategy/index.js';
import type { SentBack } from './browser.js';
import type { FakeProvider } from './fake-provider.js';
import type { LogoutTokenOptions } from './fake-provider.options.js';
import { isClient } from './provider-client.js';
import { ProviderGrants, type Grant } from './provider-grants.js';
import { ProviderKeys } from './provider-keys.js';
import type { ProviderAnswer } from './provider-lies.js';

const TOKEN_LIFETIME_SECONDS = 3600;
const ID_TOKEN_LIFETIME_SECONDS = 600;

/** What a provider says at each of its addresses: the truth, with its lies over it. */
export class ProviderEndpoints {
  readonly keys = new ProviderKeys();
  readonly #grants = new ProviderGrants();
  #lastGrant: Grant | null = null;

  constructor(private readonly provider: FakeProvider) {}

  /** @throws {Error} where the request is not one that it would take */
  authorize(parameters: URLSearchParams): SentBack {
    const { client, issuer, account, lies } = this.provider;
    const [redirectUri, clientId] = [parameters.get('redirect_uri'), parameters.get('client_id')];
    if (redirectUri === null || clientId !== client.id || parameters.get('response_type') !== 'code') {
      throw new Error(`Expected an authorization request of ${client.id}, got ${parameters.toString()}`);
    }
    this.#lastGrant = {
      clientId,
      redirectUri,
      challenge: parameters.get('code_challenge'),
      nonce: parameters.get('nonce'),
      scope: parameters.get('scope') ?? '',
      account,
      sid: randomToken(),
    };
    const state = parameters.get('state') ?? undefined;
    const said = { code: this.#grants.code(this.#lastGrant), state, iss: issuer, ...lies.callback };
    const method = parameters.get('response_mode') === 'form_post' ? 'POST' : 'GET';
    return sentBack(method, redirectUri, said);
  }

  /** What an app is told. */
  answer(path: string, parameters: URLSearchParams, authorization: string | undefined): ProviderAnswer {
    const { lies, paths } = this.provider;
    if (path.includes('/.well-known/')) return json({ ...this.#metadata(), ...lies.metadata });
    if (path === paths.jwks) return json({ keys: lies.keys ?? [this.keys.own] });
    return path === paths.token ? this.#token(parameters, authorization) : this.#resource(path, authorization);
  }

  #resource(path: string, authorization: string | undefined): ProviderAnswer {
    const { lies, paths, resources } = this.provider;
    const grant = this.#grants.ofAccessToken(authorization);
    const isKnown = path === paths.userinfo || Object.hasOwn(resources, path);
    if (!isKnown) return json({ error: 'not_found' }, 404);
    if (grant === null) return json({ error: 'invalid_token' }, 401);
    return json(path === paths.userinfo ? { ...grant.account, ...lies.userInfo } : resources[path]);
  }

  /** OpenID Connect Back-Channel Logout §2.4. */
  logoutToken({ header, claims, signedBy = 'its-key' }: LogoutTokenOptions): string {
    const { client, issuer } = this.provider;
    const events = { 'http://schemas.openid.net/event/backchannel-logout': {} };
    const { sid, account } = this.#lastGrant ?? {};
    const iat = this.#now();
    const right = {
      iss: issuer,
      aud: client.id,
      iat,
      exp: iat + 120,
      jti: randomToken(),
      events,
      sid,
      sub: account?.['sub'],
    };
    return this.keys.sign(signedBy, { typ: 'logout+jwt', ...header }, { ...right, ...claims }, client.secret ?? '');
  }

  #token(parameters: URLSearchParams, authorization: string | undefined): ProviderAnswer {
    const { client, lies } = this.provider;
    if (!isClient(client, parameters, authorization)) return json({ error: 'invalid_client' }, 401);
    const grant =
      parameters.get('grant_type') === 'refresh_token'
        ? this.#grants.spendRefreshToken(parameters.get('refresh_token') ?? '')
        : this.#grants.spendCode(parameters, lies);
    if (grant === null) return json({ error: 'invalid_grant' }, 400);
    const accessToken = this.#grants.accessToken(grant);
    const idToken = /\bopenid\b/.test(grant.scope) ? this.#idToken(grant, accessToken) : undefined;
    return json({
      access_token: accessToken,
      token_type: 'Bearer',
      expires_in: TOKEN_LIFETIME_SECONDS,
      refresh_token: this.#grants.refreshToken(grant),
      scope: grant.scope,
      id_token: idToken,
      ...lies.tokens,
    });
  }

  #idToken({ clientId, nonce, account, sid }: Grant, accessToken: string): string {
    const { client, issuer, lies } = this.provider;
    const iat = this.#now();
    const claims = {
      iss: issuer,
      aud: clientId,
      iat,
      exp: iat + ID_TOKEN_LIFETIME_SECONDS,
      auth_time: iat,
      nonce: nonce ?? undefined,
      at_hash: createHash('sha256').update(accessToken).digest().subarray(0, 16).toString('base64url'),
      sid,
      ...account,
      ...lies.idTokenClaims,
    };
    return this.keys.sign(lies.signedBy ?? 'its-key', { ...lies.idTokenHeader }, claims, client.secret ?? '');
  }

  #metadata(): JsonObject {
    const { issuer, paths } = this.provider;
    return {
      issuer,
      authorization_endpoint: issuer + paths.authorize,
      token_endpoint: issuer + paths.token,
      userinfo_endpoint: issuer + paths.userinfo,
      jwks_uri: issuer + paths.jwks,
      end_session_endpoint: issuer + paths.logout,
      response_types_supported: ['code'],
      response_modes_supported: ['query', 'form_post'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['RS256'],
      code_challenge_methods_supported: ['S256'],
      authorization_response_iss_parameter_supported: true,
      backchannel_logout_supported: true,
      backchannel_logout_session_supported: true,
    };
  }

  /** Seconds since 1970. */
  #now(): number {
    return Math.floor(this.provider.clock.now().getTime() / 1000);
  }
}

function json(body: unknown, status = 200): ProviderAnswer {
  return { status, body: JSON.stringify(body) };
}

function sentBack(
  method: SentBack['method'],
  redirectUri: string,
  said: Readonly<Record<string, string | undefined>>,
): SentBack {
  const url = new URL(redirectUri);
  const parameters: Record<string, string> = {};
  for (const [name, value] of Object.entries(said)) if (value !== undefined) parameters[name] = value;
  if (method === 'GET') for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  return { method, url, parameters };
}
