import type { Routes } from '../../strategy/index.js';

/** Options of {@link logOutEverywhere}. */
export interface LogOutEverywhereOptions {
  /** What the route looks like: of the phase `sign-out`. @default POST, at the add-on's own path */
  readonly routes?: Routes | undefined;
}

export function resolveLogOutEverywhereOptions({ routes = {} }: LogOutEverywhereOptions): { readonly routes: Routes } {
  return { routes };
}
