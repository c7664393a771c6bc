import { digest, safeEqual } from '../../crypto/index.js';
import type { Account, Presented, StrategyContext } from '../../strategy/index.js';
import { addSeconds, MINUTE } from '../../time/index.js';
import type { ApiKeyActions } from './api-key.actions.js';
import { fail, type ApiKeyFailure } from './api-key.errors.js';
import { idIn, isSpeltLikeOurs } from './api-key.format.js';
import { apiKeysModel, effective, parseKey, type ApiKeyRow } from './api-key.rows.js';

/** What is compared with where there is nothing: no key has this digest. */
const NOBODYS = digest('');

/** Keys in requests. */
export class ApiKeyCredential<U> {
  constructor(private readonly actions: ApiKeyActions<U>) {}

  /** @throws {AuthenticationFailed} the same, after the same work, for an unknown key and for a wrong one */
  async read(ctx: StrategyContext<U>): Promise<Presented<U>> {
    const key = this.#presented(ctx);
    if (key === null) return 'absent';
    const row = await this.#rowOf(ctx, key);
    const { user } = await this.#ownerOf(ctx, row);
    await touch(ctx, row);
    return { user, credentialId: row.id, scopes: new Set(effective(row.scopes, this.actions.options.scopes)) };
  }

  /** Null where nothing in the header is spelt like a key of ours: other credentials are others' business. */
  #presented({ headers }: StrategyContext<U>): string | null {
    const { header, prefix } = this.actions.options;
    const values = headers.get(header).map((value) => (header === 'authorization' ? withoutScheme(value) : value));
    const key = values.find((value) => isSpeltLikeOurs(prefix, value));
    if (key !== undefined && values.length > 1) return fail('repeated_header');
    return key ?? null;
  }

  async #rowOf(ctx: StrategyContext<U>, key: string): Promise<ApiKeyRow> {
    const id = idIn(this.actions.options.prefix, key);
    const audience = this.actions.audienceOf(ctx);
    const found = id === null ? null : await ctx.data.findOne(apiKeysModel, { id, audience });
    const row = found === null ? null : parseKey(found);
    const isRight = safeEqual(digest(key), row?.keyHash ?? NOBODYS);
    if (row === null) return fail(id === null ? 'malformed_key' : 'unknown_key');
    return isRight ? row : refuse(ctx, row, 'wrong_key');
  }

  async #ownerOf(ctx: StrategyContext<U>, row: ApiKeyRow): Promise<Account<U>> {
    if (row.expiresAt <= ctx.clock.now()) return refuse(ctx, row, 'expired_key');
    const account = await ctx.accounts.find(row.subject);
    if (account === null) return refuse(ctx, row, 'unknown_user');
    const isOver = this.actions.options.endsWithEpoch && row.epoch !== account.subjectEpoch;
    return isOver ? refuse(ctx, row, 'ended_key') : account;
  }
}

/** What follows the scheme, which may be in any case (RFC 9110 §11.4); nothing of any other scheme. */
function withoutScheme(authorization: string): string {
  return /^bearer +(.*)$/i.exec(authorization)?.[1] ?? '';
}

/** Tells which key it was, which the answer does not. */
function refuse<U>(ctx: StrategyContext<U>, { id, subject }: ApiKeyRow, reason: ApiKeyFailure): never {
  ctx.observe('refused', 'refused', { keyId: id, subject, reason });
  return fail(reason);
}

/** Coalesced: however many requests, one write a minute. It brings no row back that was revoked meanwhile. */
async function touch<U>(ctx: StrategyContext<U>, { id, lastUsedAt }: ApiKeyRow): Promise<void> {
  const now = ctx.clock.now();
  if (lastUsedAt !== null && lastUsedAt > addSeconds(now, -MINUTE)) return;
  await ctx.data.update(apiKeysModel, { id, lastUsedAt }, { lastUsedAt: now });
}
