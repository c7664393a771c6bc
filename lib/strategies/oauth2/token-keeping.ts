import type { TokenEndpointResponse } from 'oauth4webapi';
import type { Row } from '../../resources/index.js';
import type { StrategyContext } from '../../strategy/index.js';
import { addSeconds } from '../../time/index.js';
import type { ResolvedCommonOptions } from './common.options.js';
import { identitiesModel } from './identities.model.js';

const COLUMNS = ['accessToken', 'refreshToken'] as const;
type SealedColumn = (typeof COLUMNS)[number];

/** As it lies in the row. */
export type Kept = Readonly<Record<SealedColumn, string | null>>;

/** A century: a provider that says more means for ever. */
const MOST_SECONDS = 3_155_760_000;

/** How a provider's tokens lie in a row: sealed for this row and column alone, and nothing of them where they are not kept. */
export class TokenKeeping<U> {
  constructor(private readonly options: Pick<ResolvedCommonOptions, 'keepTokens'>) {}

  /**
   * Whoever was asking for new ones meanwhile has not got these, and leaves them alone.
   *
   * @param id of the row. A refresh token that did not come leaves the one that is there (RFC 6749 §6).
   */
  sealed(ctx: StrategyContext<U>, id: string, tokens: TokenEndpointResponse): Row {
    if (!this.options.keepTokens) return {};
    const { access_token, refresh_token, expires_in } = tokens;
    const expiresAt = expires_in === undefined ? null : addSeconds(ctx.clock.now(), Math.min(expires_in, MOST_SECONDS));
    const accessToken = this.#seal(ctx, 'accessToken', id, access_token);
    const access = { accessToken, accessTokenExpiresAt: expiresAt, refreshingUntil: null };
    if (refresh_token === undefined) return access;
    return { ...access, refreshToken: this.#seal(ctx, 'refreshToken', id, refresh_token) };
  }

  /** The same under the app's newest secret, where it is under an older one; null where nothing is to be written. */
  resealed(ctx: StrategyContext<U>, id: string, kept: Kept): Row | null {
    const anew: Record<string, string> = {};
    for (const column of COLUMNS) {
      const sealed = kept[column];
      const resealed = sealed === null ? null : ctx.vault.open(aboutOf(column, id), sealed)?.resealed;
      if (resealed) anew[column] = resealed;
    }
    return Object.keys(anew).length === 0 ? null : anew;
  }

  /** Null where there is none, or it was sealed under a secret that the app has no more. */
  opened(ctx: StrategyContext<U>, column: SealedColumn, id: string, sealed: string | null): string | null {
    return sealed === null ? null : (ctx.vault.open(aboutOf(column, id), sealed)?.plain ?? null);
  }

  #seal(ctx: StrategyContext<U>, column: SealedColumn, id: string, plain: string): string {
    return ctx.vault.seal(aboutOf(column, id), plain);
  }
}

function aboutOf(column: SealedColumn, owner: string) {
  return { table: identitiesModel.table, column, owner };
}
