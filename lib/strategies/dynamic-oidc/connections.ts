import { digest } from '../../crypto/index.js';
import type { DataLayer, Row } from '../../resources/index.js';
import type { StrategyContext } from '../../strategy/index.js';
import { namespaceOf, parseConnection, type KeptConnection } from './connection.js';
import { connectionNamesModel, connectionsModel } from './connections.model.js';

/** What a connection is found by. */
export interface ConnectionName {
  readonly kind: 'slug' | 'domain';
  readonly name: string;
}

/** More than one client of an issuer is rare. */
const MOST_OF_ONE_CLIENT = 10;

/** The connections of one strategy. Whatever is asked, those of another tenant, app or resource are not there. */
export class Connections<U> {
  constructor(private readonly strategy: string) {}

  /** @param name its id or its slug */
  async find(ctx: StrategyContext<U>, name: string): Promise<KeptConnection | null> {
    return (await this.byId(ctx, name)) ?? this.named(ctx, { kind: 'slug', name });
  }

  async byId(ctx: StrategyContext<U>, id: string, data: DataLayer = ctx.data): Promise<KeptConnection | null> {
    const row = await data.findOne(connectionsModel, { id, audience: this.audienceOf(ctx) });
    return row === null ? null : parseConnection(row);
  }

  async named(ctx: StrategyContext<U>, name: ConnectionName): Promise<KeptConnection | null> {
    const row = await ctx.data.findOne(connectionNamesModel, { id: this.#nameId(ctx, name) }, ['connectionId']);
    return row === null ? null : this.byId(ctx, String(row['connectionId']));
  }

  async byIds(
    ctx: StrategyContext<U>,
    ids: readonly string[],
    data: DataLayer = ctx.data,
  ): Promise<readonly KeptConnection[]> {
    if (ids.length === 0) return [];
    const where = { id: { in: [...new Set(ids)] }, audience: this.audienceOf(ctx) };
    return (await data.findMany(connectionsModel, where, { orderBy: 'id', limit: ids.length })).map(parseConnection);
  }

  async ofClient(
    ctx: StrategyContext<U>,
    issuer: string,
    clientIds: readonly string[],
  ): Promise<readonly KeptConnection[]> {
    if (clientIds.length === 0) return [];
    const where = { audience: this.audienceOf(ctx), issuer, clientId: { in: clientIds }, disabledAt: null };
    const page = { orderBy: 'id', limit: MOST_OF_ONE_CLIENT };
    return (await ctx.data.findMany(connectionsModel, where, page)).map(parseConnection);
  }

  /** By slug, in the order of the alphabet. @param after the slug before the first */
  async list(ctx: StrategyContext<U>, limit: number, after: string | undefined): Promise<readonly KeptConnection[]> {
    const page = { orderBy: 'slug', limit, ...(after !== undefined && { after }) };
    const rows = await ctx.data.findMany(connectionsModel, { audience: this.audienceOf(ctx) }, page);
    return rows.map(parseConnection);
  }

  async insert(ctx: StrategyContext<U>, row: Row, tx: DataLayer): Promise<void> {
    await tx.insert(connectionsModel, { ...row, audience: this.audienceOf(ctx) });
  }

  /** @param revision the one that was read; of any number who read it one finds it @returns false for the others */
  async update(
    ctx: StrategyContext<U>,
    { id, revision }: Pick<KeptConnection, 'id' | 'revision'>,
    changes: Row,
    tx: DataLayer,
  ): Promise<boolean> {
    return (await tx.update(connectionsModel, { id, revision, audience: this.audienceOf(ctx) }, changes)) === 1;
  }

  /** @returns false where it is not there */
  async setDisabled(ctx: StrategyContext<U>, id: string, disabledAt: Date | null): Promise<boolean> {
    return (await ctx.data.update(connectionsModel, { id, audience: this.audienceOf(ctx) }, { disabledAt })) === 1;
  }

  /** The same secret, under the app's newest one. */
  async reseal(ctx: StrategyContext<U>, { id, sealedSecret }: KeptConnection, resealed: string): Promise<void> {
    await ctx.data.update(connectionsModel, { id, clientSecret: sealedSecret }, { clientSecret: resealed });
  }

  async delete(ctx: StrategyContext<U>, id: string, tx: DataLayer): Promise<void> {
    await tx.delete(connectionNamesModel, { connectionId: id });
    await tx.delete(connectionsModel, { id, audience: this.audienceOf(ctx) });
  }

  /** @returns false where it is another connection's */
  take(ctx: StrategyContext<U>, name: ConnectionName, connectionId: string, tx: DataLayer): Promise<boolean> {
    return tx.insertIfAbsent(connectionNamesModel, { id: this.#nameId(ctx, name), connectionId });
  }

  async giveBack(ctx: StrategyContext<U>, name: ConnectionName, connectionId: string, tx: DataLayer): Promise<void> {
    await tx.delete(connectionNamesModel, { id: this.#nameId(ctx, name), connectionId });
  }

  audienceOf(ctx: StrategyContext<U>): string {
    return `${ctx.audience}:${this.strategy}`;
  }

  #nameId(ctx: StrategyContext<U>, { kind, name }: ConnectionName): string {
    return digest(JSON.stringify([ctx.tenant ?? '', this.audienceOf(ctx), kind, name]));
  }
}

/** Whether somebody who left by the one can come back by the other, now. */
export function isStill(before: KeptConnection, now: KeptConnection | null): boolean {
  const isSame = now !== null && namespaceOf(now) === namespaceOf(before) && now.clientId === before.clientId;
  return isSame && now.disabledAt === null;
}
