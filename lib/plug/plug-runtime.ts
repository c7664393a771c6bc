import type { AuthCore } from '../activities/index.js';
import type { HttpAdapter } from '../contexts/index.js';
import type { Mount } from './mount.js';

/** What a generated controller needs to be more than a class: injected by the module, under this key. */
export const RUNTIME = Symbol('nest-auth-plug runtime');

export class PlugRuntime {
  readonly #host: { readonly httpAdapter: HttpAdapter };

  /** @param host Nest's own: it may learn of its adapter later */
  constructor(
    readonly core: AuthCore,
    host: { readonly httpAdapter: HttpAdapter },
    readonly mount: Mount,
  ) {
    this.#host = host;
  }

  get adapter(): HttpAdapter {
    return this.#host.httpAdapter;
  }
}
