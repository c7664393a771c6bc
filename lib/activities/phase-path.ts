import type { Routes } from '../strategy/index.js';

interface PathedPhase {
  readonly name: string;
  readonly path?: string | undefined;
}

interface PathedRoom {
  readonly name: string;
  readonly phases: readonly PathedPhase[];
  readonly routes?: Routes | undefined;
}

/** Where a phase is, below the plug: `/user/password/sign-in`. */
export function phasePath(subjectName: string, room: PathedRoom, phase: PathedPhase): string {
  const last = room.routes?.[phase.name]?.path ?? phase.path ?? phase.name;
  return `/${subjectName}/${room.name}${last === '' ? '' : `/${last.replace(/^\//, '')}`}`;
}

/** @throws {Error} when the room has no such phase: a bug in the room */
export function phaseOf<P extends PathedPhase>(
  room: { readonly name: string; readonly phases: readonly P[] },
  name: string,
): P {
  const phase = room.phases.find((candidate) => candidate.name === name);
  if (phase === undefined) throw new Error(`"${room.name}" has no phase "${name}"`);
  return phase;
}
