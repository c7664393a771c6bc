import { digest } from '../../crypto/index.js';
import { InvalidInput, NotFound, SignInRequired } from '../../errors/index.js';
import type { DataLayer, Subject, Where } from '../../resources/index.js';
import type { StrategyContext } from '../../strategy/index.js';
import { addSeconds } from '../../time/index.js';
import { makeKey } from './api-key.format.js';
import type { ResolvedApiKeyOptions } from './api-key.options.js';
import { apiKeysModel, LISTED_FIELDS, listedKey, type ListedKey } from './api-key.rows.js';

/** What the owner decides about a new key. */
export interface Wishes {
  readonly name: string;
  readonly scopes: readonly string[];
  readonly lifetimeSeconds: number;
}

/** A key as it is given to its owner: this once. */
export interface IssuedKey extends ListedKey {
  readonly key: string;
}

/** What owners do with their keys. Each statement names the owner: a foreign key and an unknown one are the same. */
export class ApiKeyActions<U> {
  constructor(readonly options: ResolvedApiKeyOptions) {}

  /**
   * @throws {InvalidInput} `too_many`
   * @throws {SignInRequired} when the sign-in ended meanwhile
   */
  async issue(ctx: StrategyContext<U>, { name, scopes, lifetimeSeconds }: Wishes): Promise<IssuedKey> {
    const { id, key } = makeKey(this.options.prefix);
    const createdAt = ctx.clock.now();
    const listed = { id, name, scopes, createdAt, lastUsedAt: null, expiresAt: addSeconds(createdAt, lifetimeSeconds) };
    const keyHash = digest(key);
    const audience = this.audienceOf(ctx);
    const subject = await ctx.data.transaction(async (tx) => {
      const owner = await ctx.accounts.requireStillSignedIn(tx);
      await this.#requireRoom(ctx, owner, tx);
      const whose = { audience, subject: owner.subject, epoch: owner.subjectEpoch };
      await tx.insert(apiKeysModel, { ...listed, ...whose, scopes: scopes.join(' '), keyHash });
      return owner.subject;
    });
    ctx.observe('issued', 'ok', { keyId: id, subject });
    return { ...listed, key };
  }

  /** Live ones, newest first. */
  async list(ctx: StrategyContext<U>): Promise<readonly ListedKey[]> {
    const account = await ctx.accounts.find(ownerOf(ctx));
    if (account === null) return [];
    const page = { orderBy: 'createdAt', direction: 'descending', limit: this.options.maxPerSubject } as const;
    const rows = await ctx.data.findMany(apiKeysModel, this.#live(ctx, account), page, LISTED_FIELDS);
    return rows.map((row) => listedKey(row, this.options.scopes));
  }

  /** @throws {NotFound} */
  async rename(ctx: StrategyContext<U>, id: string, name: string): Promise<void> {
    const renamed = await ctx.data.update(apiKeysModel, this.#own(ctx, id), { name });
    if (renamed !== 1) throw new NotFound('unknown_key');
  }

  /** At once, and for good: the row is gone. @throws {NotFound} */
  async revoke(ctx: StrategyContext<U>, id: string): Promise<void> {
    const own = this.#own(ctx, id);
    if ((await ctx.data.delete(apiKeysModel, own)) !== 1) throw new NotFound('unknown_key');
    ctx.observe('revoked', 'ok', { keyId: id, subject: own.subject });
  }

  /** Whose keys these are, for rows that several apps, resources and strategies may share. */
  audienceOf(ctx: StrategyContext<U>): string {
    return `${ctx.audience}:${this.options.name}`;
  }

  /** The subject's row is locked by now: who counts at the same time waits. */
  async #requireRoom(ctx: StrategyContext<U>, owner: Owner, tx: DataLayer): Promise<void> {
    const { maxPerSubject } = this.options;
    const page = { orderBy: 'createdAt', limit: maxPerSubject };
    const live = await tx.findMany(apiKeysModel, this.#live(ctx, owner), page, ['id']);
    if (live.length >= maxPerSubject) {
      throw InvalidInput.of('*', 'too_many', `there are ${maxPerSubject} keys, which is all that there may be`);
    }
  }

  #live(ctx: StrategyContext<U>, { subject, subjectEpoch }: Owner): Where {
    const live = { audience: this.audienceOf(ctx), subject, expiresAt: { gt: ctx.clock.now() } };
    return this.options.endsWithEpoch ? { ...live, epoch: subjectEpoch } : live;
  }

  #own(ctx: StrategyContext<U>, id: string) {
    return { id, subject: ownerOf(ctx), audience: this.audienceOf(ctx) };
  }
}

interface Owner {
  readonly subject: Subject;
  readonly subjectEpoch: number;
}

/** Never from a field. */
function ownerOf<U>({ signIn }: StrategyContext<U>): Subject {
  if (signIn === null) throw new SignInRequired();
  return signIn.subject;
}
