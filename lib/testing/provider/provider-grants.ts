import { createHash } from 'node:crypto';
import { randomToken } from '../../crypto/index.js';
import type { JsonObject } from '../../strategy/index.js';
import type { ProviderLies } from './provider-lies.js';

/** What somebody allowed an app at a provider. */
export interface Grant {
  readonly clientId: string;
  readonly redirectUri: string;
  /** PKCE, S256 (RFC 7636 §4.2); null where the app sent none. */
  readonly challenge: string | null;
  readonly nonce: string | null;
  readonly scope: string;
  /** Claims of whoever signed in there. */
  readonly account: JsonObject;
  /** The session there. */
  readonly sid: string;
}

/** The codes and tokens that a provider has handed out, by what they stand for. */
export class ProviderGrants {
  readonly #codes = new Map<string, Grant>();
  readonly #accessTokens = new Map<string, Grant>();
  readonly #refreshTokens = new Map<string, Grant>();

  code(grant: Grant): string {
    return kept(this.#codes, grant);
  }

  accessToken(grant: Grant): string {
    return kept(this.#accessTokens, grant);
  }

  refreshToken(grant: Grant): string {
    return kept(this.#refreshTokens, grant);
  }

  /** @returns null where the code is unknown or used, or the rest is not what it was given for */
  spendCode(
    parameters: URLSearchParams,
    { takesCodesAgain = false, ignoresVerifiers = false }: Pick<ProviderLies, 'takesCodesAgain' | 'ignoresVerifiers'>,
  ): Grant | null {
    const code = parameters.get('code') ?? '';
    const grant = this.#codes.get(code) ?? null;
    if (!takesCodesAgain) this.#codes.delete(code);
    if (grant === null || parameters.get('redirect_uri') !== grant.redirectUri) return null;
    const verifier = parameters.get('code_verifier');
    const shown = verifier === null ? null : createHash('sha256').update(verifier).digest('base64url');
    return ignoresVerifiers || shown === grant.challenge ? grant : null;
  }

  spendRefreshToken(token: string): Grant | null {
    const grant = this.#refreshTokens.get(token) ?? null;
    this.#refreshTokens.delete(token);
    return grant;
  }

  ofAccessToken(authorization: string | undefined): Grant | null {
    const [, token = ''] = /^(?:Bearer|token) (\S+)$/i.exec(authorization ?? '') ?? [];
    return this.#accessTokens.get(token) ?? null;
  }
}

function kept(map: Map<string, Grant>, grant: Grant): string {
  const name = randomToken();
  map.set(name, grant);
  return name;
}
