import { digest } from '../../crypto/index.js';
import { rowReader, type DataLayer, type Row, type Subject, type Where } from '../../resources/index.js';
import type { StrategyContext } from '../../strategy/index.js';
import { identitiesModel } from './identities.model.js';

/** An identity at a provider, as it is named there. */
export interface Named {
  readonly namespace: string;
  readonly uid: string;
}

/** A row of `identities`, without what is sealed in it. Times are UTC. */
export interface Identity extends Named {
  readonly id: string;
  readonly subject: Subject;
  readonly accountName: string | null;
  readonly createdAt: Date;
  readonly lastUsedAt: Date;
}

/** An identity that is to be an account's. */
export interface NewIdentity extends Named {
  readonly subject: Subject;
  readonly accountName: string | null;
  /** The same one, of somebody whose row is gone. */
  readonly orphan: Identity | null;
}

const FIELDS = ['id', 'namespace', 'uid', 'subject', 'accountName', 'createdAt', 'lastUsedAt'];
/** More than anybody has; a strategy whose providers come from rows may have one of each. */
const MOST_LISTED = 100;

const read = rowReader(identitiesModel.table);

/** Whose identities those of a strategy are, in a table that several share. */
export function audienceOf<U>(ctx: Pick<StrategyContext<U>, 'audience'>, strategy: string): string {
  return `${ctx.audience}:${strategy}`;
}

/** The identities of one strategy. */
export class Identities<U> {
  constructor(private readonly strategy: string) {}

  async find(ctx: StrategyContext<U>, named: Named): Promise<Identity | null> {
    const row = await ctx.data.findOne(identitiesModel, this.#where(ctx, { id: this.#idOf(ctx, named) }), FIELDS);
    return row === null ? null : identityIn(row);
  }

  /** Oldest first. */
  async of(ctx: StrategyContext<U>, subject: Subject, data: DataLayer = ctx.data): Promise<readonly Identity[]> {
    const page = { orderBy: 'createdAt', limit: MOST_LISTED };
    const rows = await data.findMany(identitiesModel, this.#where(ctx, { subject }), page, FIELDS);
    return rows.map(identityIn);
  }

  /** Some of everybody's at one provider. */
  async at(ctx: StrategyContext<U>, namespace: string, limit: number): Promise<readonly Identity[]> {
    const rows = await ctx.data.findMany(
      identitiesModel,
      this.#where(ctx, { namespace }),
      { orderBy: 'id', limit },
      FIELDS,
    );
    return rows.map(identityIn);
  }

  /**
   * @param kept what is kept beside it, given its id: sealed tokens
   * @returns false where somebody has it already
   */
  async add(
    ctx: StrategyContext<U>,
    { subject, namespace, uid, accountName, orphan }: NewIdentity,
    kept: (id: string) => Row,
    tx: DataLayer,
  ): Promise<boolean> {
    if (orphan !== null) await this.remove(ctx, orphan.id, orphan.subject, tx);
    const id = this.#idOf(ctx, { namespace, uid });
    const now = ctx.clock.now();
    const tokens = { accessToken: null, accessTokenExpiresAt: null, refreshToken: null, refreshingUntil: null };
    const row = { id, audience: audienceOf(ctx, this.strategy), namespace, uid, subject, accountName };
    return tx.insertIfAbsent(identitiesModel, { ...row, createdAt: now, lastUsedAt: now, ...tokens, ...kept(id) });
  }

  /** @returns false where it is not the subject's any more */
  async use(ctx: StrategyContext<U>, { id, subject }: Identity, kept: Row, tx: DataLayer): Promise<boolean> {
    const changes = { lastUsedAt: ctx.clock.now(), ...kept };
    return (await tx.update(identitiesModel, this.#where(ctx, { id, subject }), changes)) === 1;
  }

  /** @returns false where the subject has no such identity */
  async remove(ctx: StrategyContext<U>, id: string, subject: Subject, tx: DataLayer): Promise<boolean> {
    return (await tx.delete(identitiesModel, this.#where(ctx, { id, subject }))) === 1;
  }

  #where(ctx: StrategyContext<U>, where: Where): Where {
    return { ...where, audience: audienceOf(ctx, this.strategy) };
  }

  #idOf(ctx: StrategyContext<U>, { namespace, uid }: Named): string {
    return digest(JSON.stringify([ctx.tenant ?? '', audienceOf(ctx, this.strategy), namespace, uid]));
  }
}

export async function dropIdentities(subject: Subject, tx: DataLayer): Promise<void> {
  await tx.delete(identitiesModel, { subject });
}

function identityIn(row: Row): Identity {
  return {
    id: read.text(row, 'id'),
    namespace: read.text(row, 'namespace'),
    uid: read.text(row, 'uid'),
    subject: read.text(row, 'subject') as Subject, // a column written from a Subject
    accountName: read.textOrNull(row, 'accountName'),
    createdAt: read.time(row, 'createdAt'),
    lastUsedAt: read.time(row, 'lastUsedAt'),
  };
}
