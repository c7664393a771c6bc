import { setTimeout as pause } from 'node:timers/promises';
import type { TokenEndpointResponse } from 'oauth4webapi';
import { AuthenticationFailed } from '../../errors/index.js';
import { rowReader, type Row, type Subject } from '../../resources/index.js';
import { Secret } from '../../secrets/index.js';
import type { ProviderToken, StrategyContext } from '../../strategy/index.js';
import { addSeconds } from '../../time/index.js';
import type { Authorization } from './authorization.js';
import type { ResolvedCommonOptions } from './common.options.js';
import { audienceOf } from './identities.js';
import { identitiesModel } from './identities.model.js';
import { fail } from './oauth2.errors.js';
import type { TokenKeeping } from './token-keeping.js';

/** A token that expires sooner is as good as expired: it has a way to go. */
const MARGIN_SECONDS = 30;
/** Beyond the call to the provider. */
const LEASE_MARGIN_SECONDS = 5;
const PAUSE_MILLISECONDS = 50;

const FIELDS = ['id', 'accessToken', 'accessTokenExpiresAt', 'refreshToken', 'refreshingUntil'];
const read = rowReader(identitiesModel.table);

/** The tokens that users have at the provider, refreshed on demand by one process at a time. */
export class ProviderTokens<U> {
  constructor(
    private readonly options: ResolvedCommonOptions,
    private readonly authorization: Authorization<U>,
    private readonly keeping: TokenKeeping<U>,
  ) {}

  /**
   * @throws {AuthenticationFailed} where there is none, or none that the provider renews: the user has to sign in by it again
   * @throws {ProviderFailed}
   */
  async get(ctx: StrategyContext<U>, subject: Subject): Promise<ProviderToken> {
    const leaseSeconds = this.options.calls.timeoutSeconds + LEASE_MARGIN_SECONDS;
    for (let waited = 0; waited <= leaseSeconds * 1000; waited += PAUSE_MILLISECONDS) {
      const row = await this.#rowOf(ctx, subject);
      const held = this.#held(ctx, row);
      if (held !== null) await this.#reseal(ctx, row);
      if (held !== null) return held;
      if (row['refreshToken'] === null) return fail('provider_token_expired');
      const until = await this.#lease(ctx, row, leaseSeconds);
      const renewed = until === null ? null : await this.#refresh(ctx, row, until);
      if (renewed !== null) return renewed;
      if (until === null) await pause(PAUSE_MILLISECONDS); // another process is asking
    }
    return fail('provider_token_expired');
  }

  async #rowOf(ctx: StrategyContext<U>, subject: Subject): Promise<Row> {
    const where = { subject, audience: audienceOf(ctx, this.options.name) };
    const page = { orderBy: 'lastUsedAt', direction: 'descending', limit: 1 } as const;
    const [row] = await ctx.data.findMany(identitiesModel, where, page, FIELDS);
    if (row === undefined || row['accessToken'] === null) return fail('no_provider_tokens');
    return row;
  }

  #held(ctx: StrategyContext<U>, row: Row): ProviderToken | null {
    const expiresAt = read.timeOrNull(row, 'accessTokenExpiresAt');
    const isOver = expiresAt !== null && expiresAt <= addSeconds(ctx.clock.now(), MARGIN_SECONDS);
    const opened = this.#open(ctx, row, 'accessToken');
    return isOver || opened === null ? null : { accessToken: new Secret(opened), expiresAt };
  }

  /** So that the app can be without an old secret one day. Whoever has written others meanwhile has sealed them anew. */
  async #reseal(ctx: StrategyContext<U>, row: Row): Promise<void> {
    const id = read.text(row, 'id');
    const kept = {
      accessToken: read.textOrNull(row, 'accessToken'),
      refreshToken: read.textOrNull(row, 'refreshToken'),
    };
    const anew = this.keeping.resealed(ctx, id, kept);
    if (anew !== null) await ctx.data.update(identitiesModel, { id, ...kept }, anew);
  }

  /** One statement: of all who saw the row as it was, one gets it. @returns until when; null for the others */
  async #lease(ctx: StrategyContext<U>, row: Row, leaseSeconds: number): Promise<Date | null> {
    const now = ctx.clock.now();
    const refreshingUntil = read.timeOrNull(row, 'refreshingUntil');
    if (refreshingUntil !== null && refreshingUntil > now) return null;
    const until = addSeconds(now, leaseSeconds);
    const seen = { id: read.text(row, 'id'), refreshToken: row['refreshToken'] ?? null, refreshingUntil };
    return (await ctx.data.update(identitiesModel, seen, { refreshingUntil: until })) === 1 ? until : null;
  }

  /** @returns null where the row has others by then: its owner has signed in by the provider meanwhile */
  async #refresh(ctx: StrategyContext<U>, row: Row, until: Date): Promise<ProviderToken | null> {
    const id = read.text(row, 'id');
    const end = async (changes: Row) => {
      const where = { id, refreshingUntil: until };
      return (await ctx.data.update(identitiesModel, where, { ...changes, refreshingUntil: null })) === 1;
    };
    const tokens = await this.#ask(ctx, row).catch(async (error: unknown) => {
      // What the provider takes no more is of no use to anybody; where it did not answer, somebody may ask again.
      const isOver = await end(error instanceof AuthenticationFailed ? { accessToken: null, refreshToken: null } : {});
      if (isOver) throw error;
      return null;
    });
    if (tokens === null) return null;
    const kept = this.keeping.sealed(ctx, id, tokens);
    if (!(await end(kept))) return null;
    return { accessToken: new Secret(tokens.access_token), expiresAt: read.timeOrNull(kept, 'accessTokenExpiresAt') };
  }

  #ask(ctx: StrategyContext<U>, row: Row): Promise<TokenEndpointResponse> {
    const refreshToken = this.#open(ctx, row, 'refreshToken');
    return refreshToken === null
      ? Promise.reject(new AuthenticationFailed('provider_token_expired'))
      : this.authorization.refresh(ctx, refreshToken);
  }

  #open(ctx: StrategyContext<U>, row: Row, column: 'accessToken' | 'refreshToken'): string | null {
    return this.keeping.opened(ctx, column, read.text(row, 'id'), read.textOrNull(row, column));
  }
}
