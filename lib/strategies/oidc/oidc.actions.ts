import { decodeJwt } from 'jose';
import { AuthenticationFailed } from '../../errors/index.js';
import type { DataLayer, Subject } from '../../resources/index.js';
import { configured, type StrategyContext, type WhichSignIns } from '../../strategy/index.js';
import { checkedAnswer, Identities } from '../oauth2/index.js';
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

  /** What a sign-in says of the session at the provider that it came of. */
  originOf(ctx: StrategyContext<U>, sid: string): string {
    return this.#sessions.originOf(ctx, sid);
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
   * The provider says that somebody has signed out there: the sign-ins that came of that session end, or where it names none that is
   * known here, every sign-in of the account. A token works once.
   *
   * @returns how many ended; none where nobody here is meant
   * @throws {AuthenticationFailed} for a token that is none @throws {ProviderFailed}
   */
  async logOutByProvider(ctx: StrategyContext<U>, token: string): Promise<number> {
    const claims = await checkedAnswer(() => this.#verified(ctx, token));
    const meant = await this.#meant(ctx, claims);
    return ctx.data.transaction(async (tx) => {
      const lifetimeSeconds = MOST_LOGOUT_AGE_SECONDS + 2 * LEEWAY_SECONDS;
      const isFirst = await this.#sessions.spend(ctx, claims.jti, lifetimeSeconds, tx);
      if (!isFirst) throw new AuthenticationFailed('logout_token_spent');
      return meant === null ? 0 : ctx.accounts.endSignIns(meant.subject, meant.which, tx);
    });
  }

  async #verified(ctx: StrategyContext<U>, token: string): Promise<LogoutClaims> {
    const { issuer: named, clientId, signingAlgorithms: algorithms } = this.options;
    const issuer = this.quirks.issuerOf?.(decodeJwt(token)) ?? named;
    const rules = { issuer, clientId: await configured(clientId, ctx), algorithms };
    return verifyLogoutToken(token, await this.provider.keys(ctx), rules, ctx.clock);
  }

  /** Null where it is nobody here. A session of somebody else than the user that is named is none that we know. */
  async #meant(ctx: StrategyContext<U>, { sub, sid, all }: LogoutClaims): Promise<Meant | null> {
    const { uidOf = () => sub ?? '' } = this.quirks;
    const named = sub === null ? null : { namespace: this.#namespace, uid: uidOf(all) };
    const identity = named === null ? null : await this.#identities.find(ctx, named);
    const holder = sid === null ? null : await this.#sessions.subjectOf(ctx, sid);
    const isKnown = holder !== null && (identity === null || identity.subject === holder);
    if (sid !== null && isKnown) return { subject: holder, which: { origin: this.originOf(ctx, sid) } };
    return identity === null ? null : { subject: identity.subject, which: 'all' };
  }
}

/** Whose sign-ins are to end, and which. */
interface Meant {
  readonly subject: Subject;
  readonly which: WhichSignIns;
}
