import type { Resource } from '../resources/index.js';
import type { Activity, Method, Phase, Room } from '../strategy/index.js';
import { phasePath } from './phase-path.js';
import { sessionRoom } from './session-room.js';

/** One route below the plug, and what is known of it before anything runs. */
export interface PhaseRoute {
  readonly subjectName: string;
  /** Whom it is about. */
  readonly resource: Resource;
  /** Its fields, who may, what is counted. */
  readonly phase: Phase<object>;
  readonly activity: Activity;
  readonly method: Method;
  /** Begins with a slash. */
  readonly path: string;
  readonly decorators: readonly (MethodDecorator | ClassDecorator)[];
}

/**
 * Describes generated routes: it is called once per route, and what it answers is applied after every other decorator, so that it
 * can see what they said. `openApi()` of `nest-auth-plug/openapi` makes one.
 */
export type DescribeRoute = (route: PhaseRoute) => MethodDecorator;

/** Every route of these resources: strategies, add-ons and the built-in `session`, less those that are switched off. */
export function phaseRoutes(resources: readonly Resource[]): readonly PhaseRoute[] {
  return resources.flatMap((resource) =>
    [...resource.rooms, sessionRoom(resource, noSessions)].flatMap((room) =>
      room.phases.flatMap((phase) => routesOf(resource, room, phase)),
    ),
  );
}

function routesOf(resource: Resource, room: Room<object>, phase: Phase<object>): readonly PhaseRoute[] {
  const { enabled = true, decorators = [] } = room.routes?.[phase.name] ?? {};
  if (!enabled) return [];
  const { subjectName } = resource;
  const path = phasePath(subjectName, room, phase);
  const activity: Activity = [room.name, phase.name];
  return phase.methods.map((method) => ({ subjectName, resource, phase, activity, method, path, decorators }));
}

function noSessions(): never {
  throw new Error('Routes are only described here');
}
