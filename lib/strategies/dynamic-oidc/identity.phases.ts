import { SignInRequired } from '../../errors/index.js';
import type { DataLayer, Subject } from '../../resources/index.js';
import { definePhase, type Phase, type Strategy, type StrategyContext } from '../../strategy/index.js';
import type { Identities, Identity } from '../oidc/index.js';
import { connectionIdIn, namespaceOf, type KeptConnection } from './connection.js';
import { phaseOf, type ConnectionRooms } from './connection-rooms.js';
import type { Connections } from './connections.js';

/** What the phases work with that are about whoever is signed in. */
export interface IdentityParts<U> {
  readonly connections: Connections<U>;
  readonly rooms: ConnectionRooms<U>;
  readonly identities: Identities<U>;
}

/** GET. The identities of whoever is signed in, oldest first, each with its connection. */
export function listPhase<U>(parts: IdentityParts<U>): Phase<U> {
  return definePhase<U, Record<never, never>>({
    name: 'list',
    methods: ['GET'],
    fields: {},
    actor: 'user',
    async run(ctx) {
      const linked = await parts.identities.of(ctx, subjectIn(ctx));
      const connectionOf = await connectionsOf(ctx, parts, linked);
      const identities = linked.flatMap((identity) => {
        const connection = connectionOf(identity);
        return connection === null ? [] : [described(identity, connection)];
      });
      return { kind: 'done', result: { identities } };
    },
  });
}

/** POST: as the connection has it, so that the mail about it names the provider. */
export function unlinkPhase<U>(parts: IdentityParts<U>, template: Strategy<U>): Phase<U> {
  const phase = phaseOf(template, 'unlink');
  return {
    ...phase,
    async run(ctx, input) {
      const linked = await parts.identities.of(ctx, subjectIn(ctx));
      const mine = linked.filter(({ id }) => id === input['id']);
      const connectionOf = await connectionsOf(ctx, parts, mine);
      const [connection = null] = mine.map(connectionOf);
      const strategy = connection === null ? template : (await parts.rooms.of(ctx, connection)).strategy;
      return phaseOf(strategy, phase.name).run(ctx, input);
    },
  };
}

/** How many connections that let people in know them. */
export async function waysIn<U>(
  ctx: StrategyContext<U>,
  parts: IdentityParts<U>,
  subject: Subject,
  data: DataLayer,
): Promise<number> {
  const linked = await parts.identities.of(ctx, subject, data);
  const connectionOf = await connectionsOf(ctx, parts, linked, data);
  return linked.filter((identity) => connectionOf(identity)?.disabledAt === null).length;
}

type ConnectionOf = (identity: Pick<Identity, 'namespace'>) => KeptConnection | null;

async function connectionsOf<U>(
  ctx: StrategyContext<U>,
  { connections }: IdentityParts<U>,
  linked: readonly Identity[],
  data = ctx.data,
): Promise<ConnectionOf> {
  const ids = linked.map(({ namespace }) => connectionIdIn(namespace));
  const found = new Map((await connections.byIds(ctx, ids, data)).map((one) => [namespaceOf(one), one]));
  return ({ namespace }) => found.get(namespace) ?? null;
}

function described({ id, accountName, createdAt, lastUsedAt }: Identity, { slug, displayName }: KeptConnection) {
  return { id, provider: displayName, connection: slug, accountName, linkedAt: createdAt, lastUsedAt };
}

function subjectIn<U>({ signIn }: StrategyContext<U>): Subject {
  if (signIn === null) throw new SignInRequired();
  return signIn.subject;
}
