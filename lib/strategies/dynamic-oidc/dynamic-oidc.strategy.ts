import { offUnlessSaid, type Performs, type RoomActivity, type Routes, type Strategy } from '../../strategy/index.js';
import type { Problem } from '../../errors/index.js';
import {
  backChannelLogoutPhase,
  FieldKinds,
  Identities,
  oidcRoom,
  type OidcPhase,
  type ProviderFailed,
} from '../oidc/index.js';
import { ConnectionAdmin } from './admin.actions.js';
import { adminPhases } from './admin.phases.js';
import { ConnectionRooms } from './connection-rooms.js';
import { Connections } from './connections.js';
import { connectionNamesModel, connectionsModel } from './connections.model.js';
import { discoverPhase } from './discover.phase.js';
import type { ResolvedDynamicOidcOptions } from './dynamic-oidc.options.js';
import { flowPhases } from './flow.phases.js';
import { listPhase, unlinkPhase, waysIn } from './identity.phases.js';
import { ConnectionLogout } from './logout.js';

/** What code does with connections. */
export type AdminPhase = `${'create' | 'update' | 'disable' | 'enable' | 'remove'}-connection` | 'list-connections';

/** The strategy, with the activities that it has. */
export type DynamicOidcStrategy<U, N extends string = string, M = 'confirm'> = Strategy<U> &
  Performs<RoomActivity<N, OidcPhase<M, false> | 'discover' | AdminPhase>, ProviderFailed>;

/** OpenID Connect by providers that are rows. */
export function strategyOf<U>(options: ResolvedDynamicOidcOptions): Strategy<U> {
  const { oidc, otherwise, allowPrivateIssuers } = options;
  const { name, afterLogOut } = oidc;
  const kinds = new FieldKinds<U>();
  const template = oidcRoom<U>(oidc, {}, kinds).strategy;
  const connections = new Connections<U>(name);
  const rooms = new ConnectionRooms<U>(options, connections, kinds);
  const parts = { connections, rooms, identities: new Identities<U>(name), afterLogOut };
  const admin = new ConnectionAdmin<U>(name, connections, rooms, oidc.privateKey !== undefined);
  const managing = adminPhases(admin, allowPrivateIssuers);
  const forCode = managing.map((phase) => phase.name);
  return {
    ...template,
    models: [...(template.models ?? []), connectionsModel, connectionNamesModel],
    routes: offUnlessSaid(forCode, oidc.routes),
    phases: [
      ...flowPhases(parts, template),
      listPhase(parts),
      unlinkPhase(parts, template),
      discoverPhase(connections, otherwise),
      backChannelLogoutPhase(new ConnectionLogout(connections, rooms)),
      ...managing,
    ],
    async check(resource) {
      const where = `resources.${resource.subjectName}.strategies.${name}`;
      return [...((await template.check?.(resource)) ?? []), ...routeProblems(where, oidc.routes, forCode)];
    },
    waysIn: (user, ctx, data) => waysIn(ctx, parts, ctx.accounts.subjectOf(user), data),
  };
}

/** Whoever writes a connection says who people are: that is no route for everybody. */
function routeProblems(where: string, routes: Routes, forCode: readonly string[]): readonly Problem[] {
  return forCode
    .filter((phase) => routes[phase]?.enabled === true)
    .map((phase) => ({
      where: `${where}.routes`,
      wrong: `gives "${phase}" a route`,
      cure: `leave it out, and call AuthService.perform(['…', '${phase}'], …) behind a guard of your own`,
    }));
}
