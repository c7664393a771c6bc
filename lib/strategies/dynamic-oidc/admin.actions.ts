import { randomName } from '../../crypto/index.js';
import { InvalidInput, NotFound } from '../../errors/index.js';
import type { DataLayer } from '../../resources/index.js';
import type { StrategyContext } from '../../strategy/index.js';
import { Identities, ProviderFailed, type ClientAuthentication } from '../oidc/index.js';
import { namespaceOf, rowOf, shown, type Connection, type KeptConnection } from './connection.js';
import { sealedAbout, type ConnectionRooms } from './connection-rooms.js';
import type { ConnectionName, Connections } from './connections.js';

/** What is said of a new connection. */
export interface NewConnection {
  readonly slug: string;
  readonly issuer: string;
  readonly clientId: string;
  readonly clientAuthentication: ClientAuthentication | undefined;
  readonly clientSecret: string | undefined;
  readonly displayName: string;
  readonly iconUrl: string | null | undefined;
  readonly domains: readonly string[] | undefined;
}

/** What is to be another; undefined stays as it is. */
export type ConnectionChanges = { readonly [K in Exclude<keyof NewConnection, 'slug'>]: NewConnection[K] | undefined };

/** Identities that are dropped before others are looked for. */
const DROPPED_AT_ONCE = 100;

/** What the app does with connections: for its own code, which has seen to who may. */
export class ConnectionAdmin<U> {
  readonly #identities: Identities<U>;

  constructor(
    strategy: string,
    private readonly connections: Connections<U>,
    private readonly rooms: ConnectionRooms<U>,
    /** For `private_key_jwt`: the app's, for every connection. */
    private readonly hasPrivateKey: boolean,
  ) {
    this.#identities = new Identities(strategy);
  }

  /** @throws {InvalidInput} for what does not go together, is another's, or leads to no provider */
  async create(ctx: StrategyContext<U>, { clientSecret, ...told }: NewConnection): Promise<Connection> {
    const id = randomName();
    const { clientAuthentication = 'basic', iconUrl = null, domains = [] } = told;
    const made = { ...told, id, clientAuthentication, iconUrl, domains, disabledAt: null };
    const at = { createdAt: ctx.clock.now(), revision: randomName() };
    const connection = {
      ...made,
      ...at,
      sealedSecret: this.#sealed(ctx, id, clientAuthentication, clientSecret, null),
    };
    await this.#requireProvider(ctx, connection);
    await ctx.data.transaction(async (tx) => {
      for (const name of namesOf(connection)) await this.#take(ctx, name, id, tx);
      await this.connections.insert(ctx, rowOf(connection), tx);
    });
    ctx.observe('connection-created', 'ok', { connectionId: id });
    return shown(connection);
  }

  /** A page, and the slug that the next one begins after; null for the last. */
  async list(ctx: StrategyContext<U>, limit: number, after: string | undefined) {
    const found = await this.connections.list(ctx, limit + 1, after);
    const page = found.slice(0, limit).map(shown);
    return { connections: page, next: found.length > limit ? (page.at(-1)?.slug ?? null) : null };
  }

  /**
   * Another issuer makes its people unknown: whoever came by the one before is out, and their identities are gone.
   *
   * @throws {NotFound} @throws {InvalidInput} as {@link create}, and `changed` where somebody else was first
   */
  async update(ctx: StrategyContext<U>, name: string, changes: ConnectionChanges): Promise<Connection> {
    const before = await this.#get(ctx, name);
    const { clientSecret, ...told } = changes;
    const said = Object.fromEntries(Object.entries(told).filter(([, value]) => value !== undefined));
    const changed: KeptConnection = { ...before, ...said, revision: randomName() };
    const { id, clientAuthentication } = changed;
    const sealedSecret = this.#sealed(ctx, id, clientAuthentication, clientSecret, before.sealedSecret);
    const after = { ...changed, sealedSecret };
    const isElsewhere = after.issuer !== before.issuer;
    if (isElsewhere) await this.#requireProvider(ctx, after);
    await ctx.data.transaction(async (tx) => {
      const isFirst = await this.connections.update(ctx, before, changesOf(after), tx);
      if (!isFirst) throw InvalidInput.of('*', 'changed', 'was changed by somebody else at the same time');
      for (const gone of less(namesOf(before), namesOf(after))) await this.connections.giveBack(ctx, gone, id, tx);
      for (const added of less(namesOf(after), namesOf(before))) await this.#take(ctx, added, id, tx);
    });
    if (isElsewhere) await this.#dropIdentities(ctx, before);
    ctx.observe('connection-updated', 'ok', { connectionId: id });
    return shown(after);
  }

  /** From now on nobody comes in by it, whoever is on the way included. Who is in stays in. @throws {NotFound} */
  async disable(ctx: StrategyContext<U>, name: string): Promise<void> {
    const { id } = await this.#get(ctx, name);
    await this.connections.setDisabled(ctx, id, ctx.clock.now());
    ctx.observe('connection-disabled', 'ok', { connectionId: id });
  }

  /** @throws {NotFound} */
  async enable(ctx: StrategyContext<U>, name: string): Promise<void> {
    const { id } = await this.#get(ctx, name);
    await this.connections.setDisabled(ctx, id, null);
    ctx.observe('connection-enabled', 'ok', { connectionId: id });
  }

  /**
   * Nobody comes in by it any more, whoever came by it is out, and their identities are gone. Their accounts stay. What is interrupted can be
   * done again.
   *
   * @throws {NotFound}
   */
  async remove(ctx: StrategyContext<U>, name: string): Promise<void> {
    const connection = await this.#get(ctx, name);
    const { id } = connection;
    await this.connections.setDisabled(ctx, id, ctx.clock.now());
    await this.#dropIdentities(ctx, connection);
    await ctx.data.transaction((tx) => this.connections.delete(ctx, id, tx));
    ctx.observe('connection-removed', 'ok', { connectionId: id });
  }

  async #get(ctx: StrategyContext<U>, name: string): Promise<KeptConnection> {
    const found = await this.connections.find(ctx, name);
    if (found === null) throw new NotFound('unknown_connection');
    return found;
  }

  /** @param kept the one that is there @throws {InvalidInput} */
  #sealed(
    ctx: StrategyContext<U>,
    id: string,
    clientAuthentication: ClientAuthentication,
    secret: string | undefined,
    kept: string | null,
  ): string | null {
    const isByKey = clientAuthentication === 'private_key_jwt';
    if (isByKey && !this.hasPrivateKey) {
      throw InvalidInput.of('clientAuthentication', 'invalid', 'needs the option privateKey, which is not there');
    }
    const needsNone = clientAuthentication === 'none' || isByKey;
    if (needsNone && secret === undefined) return null;
    if (needsNone) throw InvalidInput.of('clientSecret', 'invalid', `is nothing for ${clientAuthentication}`);
    if (secret !== undefined) return ctx.vault.seal(sealedAbout(id), secret);
    if (kept === null) throw InvalidInput.of('clientSecret', 'required', `is required for ${clientAuthentication}`);
    return kept;
  }

  /** Whether the issuer is there, is who it says, and is where it may be. @throws {InvalidInput} */
  async #requireProvider(ctx: StrategyContext<U>, connection: KeptConnection): Promise<void> {
    const { provider } = this.rooms.make(ctx, connection, { plain: 'not asked for' });
    try {
      await provider.server(ctx);
    } catch (error) {
      if (!(error instanceof ProviderFailed)) throw error;
      ctx.observe('connection-discovery', 'refused', { reason: error.reason });
      throw InvalidInput.of('issuer', 'not_discovered', 'does not lead to an OpenID provider of exactly that name');
    }
  }

  async #take(ctx: StrategyContext<U>, name: ConnectionName, id: string, tx: DataLayer): Promise<void> {
    const field = name.kind === 'slug' ? 'slug' : 'domains';
    const isFree = await this.connections.take(ctx, name, id, tx);
    if (!isFree) throw InvalidInput.of(field, 'taken', 'is another connection’s');
  }

  /** One transaction each: a customer may have many people. */
  async #dropIdentities(ctx: StrategyContext<U>, connection: KeptConnection): Promise<void> {
    for (;;) {
      const some = await this.#identities.at(ctx, namespaceOf(connection), DROPPED_AT_ONCE);
      if (some.length === 0) return;
      for (const { id, subject } of some) {
        await ctx.data.transaction(async (tx) => {
          await this.#identities.remove(ctx, id, subject, tx);
          await ctx.accounts.endSignIns(subject, 'all', tx);
        });
      }
    }
  }
}

function namesOf({ slug, domains }: Pick<Connection, 'slug' | 'domains'>): readonly ConnectionName[] {
  return [{ kind: 'slug', name: slug }, ...domains.map((name) => ({ kind: 'domain' as const, name }))];
}

function less(names: readonly ConnectionName[], others: readonly ConnectionName[]): readonly ConnectionName[] {
  return names.filter(({ kind, name }) => !others.some((other) => other.kind === kind && other.name === name));
}

/** All but what never changes, and what {@link ConnectionAdmin.disable} alone does. */
function changesOf(connection: KeptConnection) {
  const { id: _, slug: __, createdAt: ___, disabledAt: ____, ...changes } = rowOf(connection);
  return changes;
}
