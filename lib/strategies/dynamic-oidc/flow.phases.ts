import { InvalidToken } from '../../errors/index.js';
import type { DataLayer } from '../../resources/index.js';
import {
  AuthReply,
  definePhase,
  type Field,
  type Fields,
  type Outcome,
  type Phase,
  type Strategy,
  type StrategyContext,
} from '../../strategy/index.js';
import { comeBack, departureOf, waitingFor } from '../oidc/index.js';
import { connectionIdIn, namespaceOf, type KeptConnection } from './connection.js';
import { connectionField } from './connection.fields.js';
import { phaseOf, type ConnectionRooms } from './connection-rooms.js';
import { isStill, type Connections } from './connections.js';
import { fail } from './dynamic-oidc.errors.js';

/** What the phases work with that another strategy does. */
export interface FlowParts<U> {
  readonly connections: Connections<U>;
  readonly rooms: ConnectionRooms<U>;
  /** The app's page after a log-out. */
  readonly afterLogOut: string;
}

type Leaving = Fields & { readonly connection: Field<string> };

/** `request`, `link`, `step-up`: by the connection that is named. */
export function leavingPhase<U>({ connections, rooms }: FlowParts<U>, phase: Phase<U>): Phase<U> {
  return definePhase<U, Leaving>({
    ...phase,
    fields: { ...phase.fields, connection: connectionField() },
    async run(ctx, { connection, ...input }) {
      const found = live(await connections.find(ctx, connection)) ?? fail('unknown_connection');
      const { strategy } = await rooms.of(ctx, found);
      return phaseOf(strategy, phase.name).run(ctx, input);
    },
  });
}

/** `callback`: by the connection that this browser left by, as it is by now. */
export function returningPhase<U>({ connections, rooms }: FlowParts<U>, phase: Phase<U>): Phase<U> {
  return {
    ...phase,
    async run(ctx, input) {
      const departure = await departureOf(ctx);
      if (departure === null) return phase.run(ctx, input); // nobody left: it asks no provider
      const found = live(await connections.byId(ctx, connectionIdIn(departure.namespace)));
      if (found === null) {
        await comeBack(ctx, textOf(input['state'])); // spent, whatever becomes of it
        return fail('unknown_connection');
      }
      const { strategy } = await rooms.of(ctx, found);
      const outcome = await phaseOf(strategy, phase.name).run(ctx, input);
      return whileOpen(ctx, outcome, found, connections);
    },
  };
}

/** `link-page`, `confirm-link`: by the connection of the identity that waits. */
export function waitingPhase<U>({ connections, rooms }: FlowParts<U>, phase: Phase<U>): Phase<U> {
  return {
    ...phase,
    async run(ctx, input) {
      const { namespace } = await waitingFor(ctx, textOf(input['token']) ?? '');
      const found = live(await connections.byId(ctx, connectionIdIn(namespace)));
      if (found === null || namespaceOf(found) !== namespace) throw new InvalidToken('unknown_connection');
      const { strategy } = await rooms.of(ctx, found);
      return phaseOf(strategy, phase.name).run(ctx, input);
    },
  };
}

/** GET: sends the browser to the provider's sign-out, and to the app's page where there is none. */
export function logOutPhase<U>({ connections, rooms, afterLogOut }: FlowParts<U>, phase: Phase<U>): Phase<U> {
  return definePhase<U, { connection: Field<string> }>({
    ...phase,
    fields: { connection: connectionField() },
    async run(ctx, { connection }) {
      const found = live(await connections.find(ctx, connection));
      if (found === null) return { kind: 'reply', reply: AuthReply.redirect(ctx.links.page(afterLogOut, {}).href) };
      const { strategy } = await rooms.of(ctx, found);
      return phaseOf(strategy, phase.name).run(ctx, {});
    },
  });
}

/** The phases of one strategy, each as the connection has it. */
export function flowPhases<U>(parts: FlowParts<U>, { phases }: Strategy<U>): readonly Phase<U>[] {
  const ways: Readonly<Record<string, typeof leavingPhase<U>>> = {
    request: leavingPhase,
    link: leavingPhase,
    'step-up': leavingPhase,
    callback: returningPhase,
    'link-page': waitingPhase,
    'confirm-link': waitingPhase,
    'log-out': logOutPhase,
  };
  return phases.flatMap((phase) => ways[phase.name]?.(parts, phase) ?? []);
}

/** Asked once more in the transaction of the sign-in: the provider took its time. */
function whileOpen<U>(
  ctx: StrategyContext<U>,
  outcome: Outcome<U>,
  found: KeptConnection,
  connections: Connections<U>,
): Outcome<U> {
  if (outcome.kind !== 'proved') return outcome;
  const { proof } = outcome;
  const effect = async (tx: DataLayer) => {
    if (!isStill(found, await connections.byId(ctx, found.id, tx))) fail('connection_gone');
    await proof.effect?.(tx);
  };
  return { ...outcome, proof: { ...proof, effect } };
}

function live(found: KeptConnection | null): KeptConnection | null {
  return found?.disabledAt === null ? found : null;
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
