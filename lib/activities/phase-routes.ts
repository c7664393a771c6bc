import type { Resource } from '../resources/index.js';
import type { Activity, Method, Phase, Room } from '../strategy/index.js';
import { phasePath } from './phase-path.js';
import { sessionRoom } from './session-room.js';

/** One route below the plug. */
export interface PhaseRoute {
  readonly subjectName: string;
  readonly activity: Activity;
  readonly method: Method;
  /** Begins with a slash. */
  readonly path: string;
  readonly decorators: readonly (MethodDecorator | ClassDecorator)[];
}

/** Every route of these resources: strategies, add-ons and the built-in `session`, less those that are switched off. */
export function phaseRoutes(resources: readonly Resource[]): readonly PhaseRoute[] {
  return resources.flatMap((resource) =>
    [...resource.rooms, sessionRoom(noSessions)].flatMap((room) =>
      room.phases.flatMap((phase) => routesOf(resource.subjectName, room, phase)),
    ),
  );
}

function routesOf(subjectName: string, room: Room<object>, phase: Phase<object>): readonly PhaseRoute[] {
  const { enabled = true, decorators = [] } = room.routes?.[phase.name] ?? {};
  if (!enabled) return [];
  const path = phasePath(subjectName, room, phase);
  const activity: Activity = [room.name, phase.name];
  return phase.methods.map((method) => ({ subjectName, activity, method, path, decorators }));
}

function noSessions(): never {
  throw new Error('Routes are only described here');
}
