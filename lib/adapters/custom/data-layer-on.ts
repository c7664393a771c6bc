import type { Problem } from '../../errors/index.js';
import type { OpenDataLayer } from '../../resources/data-layer.js';
import { BoundDataLayer, outside } from '../bound-data-layer.js';
import type { Store } from '../row-store.js';
import { Transactions } from '../transactions.js';

/** Options of {@link dataLayerOn}. */
export interface DataLayerOnOptions {
  /** How long a transaction may take with all its reruns, in milliseconds. @default 5000 */
  readonly timeoutMs?: number | undefined;
  /** What keeps the models from working, for the boot. @default nothing does */
  readonly check?: (() => Promise<readonly Problem[]>) | undefined;
  /** Waits for what is under way, and closes the database. @default nothing to close */
  readonly close?: (() => Promise<void>) | undefined;
}

/**
 * A data layer on rows of your own: it binds tenants, refuses the outer handle inside a transaction, lets transactions join,
 * rolls back what is open for too long, and runs again what lost to others (`Contention`).
 */
export function dataLayerOn(store: Store, options: DataLayerOnOptions = {}): OpenDataLayer {
  return new CustomDataLayer(store, options);
}

class CustomDataLayer extends BoundDataLayer implements OpenDataLayer {
  readonly #options: DataLayerOnOptions;

  constructor(store: Store, options: DataLayerOnOptions) {
    super(outside(store, new Transactions(store, options.timeoutMs ?? 5000)), null);
    this.#options = options;
  }

  async check(): Promise<readonly Problem[]> {
    return (await this.#options.check?.()) ?? [];
  }

  async close(): Promise<void> {
    await this.#options.close?.();
  }
}
