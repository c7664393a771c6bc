import type { Routes } from './room.js';

/** Routes of phases that are for code until the app asks for them. Whoever only moves or decorates one has not asked. */
export function offUnlessSaid(phases: readonly string[], routes: Routes): Routes {
  const off = phases.map((phase) => {
    const { enabled = false, ...rest } = routes[phase] ?? {};
    return [phase, { ...rest, enabled }] as const;
  });
  return { ...routes, ...Object.fromEntries(off) };
}
