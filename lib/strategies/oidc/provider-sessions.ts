import { digest } from '../../crypto/index.js';
import { rowReader, type DataLayer, type Model, type Subject } from '../../resources/index.js';
import type { StrategyContext } from '../../strategy/index.js';
import { addSeconds, DAY } from '../../time/index.js';

/** What is remembered of sessions at providers: whose each is, and which logout tokens were used. */
export const providerSessionsModel: Model = {
  table: 'provider_sessions',
  tenantField: 'tenant',
  columns: {
    /** Digest of tenant, resource, strategy and what it is. */
    id: { type: 'text' },
    tenant: { type: 'text' },
    /** Null for a logout token. */
    subject: { type: 'text', nullable: true },
    expiresAt: { type: 'time' },
  },
  primaryKey: ['id'],
  indexes: [['expiresAt'], ['tenant', 'subject']],
};

/** How long a provider may take to say that a session is over. */
const SESSION_SECONDS = 30 * DAY;
/** How many that are over are dropped after each sign-in. */
const DROPPED_AT_ONCE = 20;

const read = rowReader(providerSessionsModel.table);

/** Sessions at one provider of a strategy. */
export class ProviderSessions<U> {
  constructor(
    private readonly strategy: string,
    private readonly namespace: string,
  ) {}

  /** A session is whoever's signed in with it last. */
  async keep(ctx: StrategyContext<U>, sid: string, subject: Subject, tx: DataLayer): Promise<void> {
    const [id, expiresAt] = [this.#idOf(ctx, 'sid', sid), addSeconds(ctx.clock.now(), SESSION_SECONDS)];
    const isNew = await tx.insertIfAbsent(providerSessionsModel, { id, subject, expiresAt });
    if (!isNew) await tx.update(providerSessionsModel, { id }, { subject, expiresAt });
  }

  /** Its name in sign-ins that came of it (`Proof.origin`). */
  originOf(ctx: StrategyContext<U>, sid: string): string {
    return this.#idOf(ctx, 'sid', sid);
  }

  async subjectOf(ctx: StrategyContext<U>, sid: string): Promise<Subject | null> {
    const live = { id: this.#idOf(ctx, 'sid', sid), expiresAt: { gt: ctx.clock.now() } };
    const row = await ctx.data.findOne(providerSessionsModel, live, ['subject']);
    return row === null ? null : (read.text(row, 'subject') as Subject); // a column written from a Subject
  }

  /** @returns false for a token that was used before */
  async spend(ctx: StrategyContext<U>, jti: string, lifetimeSeconds: number, tx: DataLayer): Promise<boolean> {
    const expiresAt = addSeconds(ctx.clock.now(), lifetimeSeconds);
    return tx.insertIfAbsent(providerSessionsModel, { id: this.#idOf(ctx, 'jti', jti), subject: null, expiresAt });
  }

  /** Those that are over; more than comes in between. */
  async dropOld(ctx: StrategyContext<U>): Promise<void> {
    const old = { expiresAt: { lt: ctx.clock.now() } };
    await ctx.data.delete(providerSessionsModel, old, { limit: DROPPED_AT_ONCE });
  }

  #idOf({ tenant, audience }: StrategyContext<U>, what: 'sid' | 'jti', name: string): string {
    return digest(JSON.stringify([tenant ?? '', audience, this.strategy, this.namespace, what, name]));
  }
}

export async function dropProviderSessions(subject: Subject, tx: DataLayer): Promise<void> {
  await tx.delete(providerSessionsModel, { subject });
}
