import type { AuthCore } from '../activities/index.js';
import type { HttpAdapter } from '../contexts/index.js';
import type { Operation } from '../sessions/index.js';

/** What a generated controller needs to be more than a class: injected by the module, under this key. */
export const RUNTIME = Symbol('nest-auth-plug runtime');

export class PlugRuntime {
  readonly #host: { readonly httpAdapter: HttpAdapter };

  /** @param host Nest's own: it may learn of its adapter later */
  constructor(
    readonly core: AuthCore,
    host: { readonly httpAdapter: HttpAdapter },
  ) {
    this.#host = host;
  }

  get adapter(): HttpAdapter {
    return this.#host.httpAdapter;
  }
}

/** Whose core an operation belongs to: how the methods of a plug find it, whatever its constructor takes. */
const cores = new WeakMap<Operation, AuthCore>();

export function bindCore(operation: Operation, core: AuthCore): void {
  cores.set(operation, core);
}

/** @throws {Error} for an operation that no plug has answered and no middleware has loaded */
export function coreOf(operation: Operation): AuthCore {
  const core = cores.get(operation);
  if (core === undefined) throw new Error('This context belongs to no AuthPlug');
  return core;
}
