import { Secret } from '../../secrets/index.js';
import type { Opened, Phase, Strategy, StrategyContext } from '../../strategy/index.js';
import { isConfidential, oidcRoom, ProviderFailed, type FieldKinds, type OidcRoom } from '../oidc/index.js';
import { namespaceOf, type KeptConnection } from './connection.js';
import type { Connections } from './connections.js';
import { connectionsModel } from './connections.model.js';
import { fail } from './dynamic-oidc.errors.js';
import type { ResolvedDynamicOidcOptions } from './dynamic-oidc.options.js';
import { believedClaims } from './email-domain.js';

/** With what it has read of its provider, half a megabyte each at most. */
const MOST_KEPT = 100;

interface Kept<U> {
  readonly id: string;
  readonly revision: string;
  readonly room: OidcRoom<U>;
}

/** What connections are as strategies of OpenID Connect, kept for those who were asked last: so metadata and keys are not read anew. */
export class ConnectionRooms<U> {
  #kept: readonly Kept<U>[] = [];

  constructor(
    private readonly options: ResolvedDynamicOidcOptions,
    private readonly connections: Connections<U>,
    private readonly kinds: FieldKinds<U>,
  ) {}

  async of(ctx: StrategyContext<U>, connection: KeptConnection): Promise<OidcRoom<U>> {
    const { id, revision } = connection;
    const kept = this.#kept.find((one) => one.id === id && one.revision === revision);
    if (kept !== undefined) {
      this.#keep(kept);
      return kept.room;
    }
    const { sealedSecret } = connection;
    const opened = sealedSecret === null ? null : ctx.vault.open(sealedAbout(id), sealedSecret);
    const room = this.make(ctx, connection, opened);
    this.#keep({ id, revision, room });
    if (opened !== null && opened.resealed !== null) await this.connections.reseal(ctx, connection, opened.resealed);
    return room;
  }

  /** Of nothing that is kept: asks its provider anew. @throws {ProviderFailed} for an issuer that is none any more */
  make(ctx: StrategyContext<U>, connection: KeptConnection, secret: Pick<Opened, 'plain'> | null): OidcRoom<U> {
    const { issuer, clientId, clientAuthentication, displayName, domains } = connection;
    // It was written when the options were others.
    if (!isConfidential(new URL(issuer), this.options.allowPrivateIssuers))
      throw new ProviderFailed('provider_not_https');
    const clientSecret = secret === null ? () => unreadable(ctx, connection) : new Secret(secret.plain);
    const told = { issuer, clientId, clientAuthentication, clientSecret, label: displayName };
    const quirks = {
      namespace: namespaceOf(connection),
      claimsOf: (claims: Parameters<typeof believedClaims>[0]) => believedClaims(claims, domains),
    };
    return oidcRoom<U>(this.options.optionsOf(told), quirks, this.kinds);
  }

  #keep(one: Kept<U>): void {
    this.#kept = [one, ...this.#kept.filter(({ id }) => id !== one.id)].slice(0, MOST_KEPT);
  }
}

export function sealedAbout(id: string) {
  return { table: connectionsModel.table, column: 'clientSecret', owner: id };
}

/** The same phase of another strategy. @throws {Error} where it has none: a bug */
export function phaseOf<U>(strategy: Strategy<U>, name: string): Phase<U> {
  const phase = strategy.phases.find((one) => one.name === name);
  if (phase === undefined) throw new Error(`"${strategy.name}" has no phase "${name}"`);
  return phase;
}

/** It was sealed under a secret that the app has no more: which the log says. */
function unreadable<U>(ctx: StrategyContext<U>, { id }: KeptConnection): never {
  ctx.observe('connection', 'error', { reason: 'unreadable_secret', connectionId: id });
  return fail('unreadable_secret');
}
