import { decodeJwt } from 'jose';
import { AuthenticationFailed } from '../../errors/index.js';
import type { DataLayer, Subject } from '../../resources/index.js';
import type { StrategyContext } from '../../strategy/index.js';
import { checkedAnswer, Identities, configured } from '../oauth2/index.js';
import { LEEWAY_SECONDS } from './id-token.js';
import { MOST_LOGOUT_AGE_SECONDS, verifyLogoutToken, type LogoutClaims } from './logout-token.js';
import type { Quirks, ResolvedOidcOptions } from './oidc.options.js';
import type { OidcProvider } from './oidc.provider.js';
import { ProviderSessions } from './provider-sessions.js';

/** What a provider and an app tell each other about the end of a session. */
export class OidcActions<U> {
  readonly #sessions: ProviderSessions<U>;
  readonly #identities: Identities<U>;
  readonly #namespace: string;

  constructor(
    readonly options: ResolvedOidcOptions,
    private readonly provider: OidcProvider<U>,
    private readonly quirks: Quirks,
  ) {
    this.#namespace = quirks.namespace ?? options.issuer;
    this.#sessions = new ProviderSessions(options.name, this.#namespace);
    this.#identities = new Identities(options.name);
  }

  /** Remembers whose a session at the provider is, in the transaction of the sign-in that it was shown for. */
  keep(ctx: StrategyContext<U>, sid: string, subject: Subject, tx: DataLayer): Promise<void> {
    return this.#sessions.keep(ctx, sid, subject, tx);
  }

  dropOld(ctx: StrategyContext<U>): Promise<void> {
    return this.#sessions.dropOld(ctx);
  }

  /**
   * Where the browser goes to be signed out at the provider; null where the provider has no such place.
   *
   * @throws {ProviderFailed}
   * @see OpenID Connect RP-Initiated Logout 1.0 §2
   */
  async logOutUrl(ctx: StrategyContext<U>): Promise<URL | null> {
    const { metadata, client, calls } = await this.provider.server(ctx);
    if (metadata.end_session_endpoint === undefined) return null;
    const url = calls.usable(metadata.end_session_endpoint);
    url.searchParams.set('client_id', client.client_id);
    url.searchParams.set('post_logout_redirect_uri', ctx.links.page(this.options.afterLogOut, {}).href);
    return url;
  }

  /**
   * The provider says that somebody has signed out there: every sign-in of the account ends. A token works once.
   *
   * @returns how many ended; none where nobody here is meant
   * @throws {AuthenticationFailed} for a token that is none @throws {ProviderFailed}
   */
  async logOutByProvider(ctx: StrategyContext<U>, token: string): Promise<number> {
    const claims = await checkedAnswer(() => this.#verified(ctx, token));
    const subject = await this.#subjectOf(ctx, claims);
    return ctx.data.transaction(async (tx) => {
      const lifetimeSeconds = MOST_LOGOUT_AGE_SECONDS + 2 * LEEWAY_SECONDS;
      const isFirst = await this.#sessions.spend(ctx, claims.jti, lifetimeSeconds, tx);
      if (!isFirst) throw new AuthenticationFailed('logout_token_spent');
      return subject === null ? 0 : ctx.accounts.endSignIns(subject, 'all', tx);
    });
  }

  async #verified(ctx: StrategyContext<U>, token: string): Promise<LogoutClaims> {
    const { issuer: named, clientId, signingAlgorithms: algorithms } = this.options;
    const issuer = this.quirks.issuerOf?.(decodeJwt(token)) ?? named;
    const rules = { issuer, clientId: await configured(clientId, ctx), algorithms };
    return verifyLogoutToken(token, await this.provider.keys(ctx), rules, ctx.clock);
  }

  async #subjectOf(ctx: StrategyContext<U>, { sub, sid }: LogoutClaims): Promise<Subject | null> {
    const named = sub === null ? null : { namespace: this.#namespace, uid: sub };
    const identity = named === null ? null : await this.#identities.find(ctx, named);
    return identity?.subject ?? (sid === null ? null : this.#sessions.subjectOf(ctx, sid));
  }
}
