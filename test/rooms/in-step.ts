import type { DataLayerAdapter } from 'nest-auth-plug';
import type { AuthTestApp } from 'nest-auth-plug/testing';
import { Race } from '../../lib/testing/contracts/race.js';
import { beforeEachCall, noteAnswers } from '../../lib/testing/contracts/recorded-work.js';

/** Requests that none is ahead of: all are there before one of them asks the store anything, and each gives way before each call. */
export interface InStep {
  /** The store, to open the app with. */
  readonly dataLayer: DataLayerAdapter;
  /** So many requests at once. @param app opened with `dataLayer` */
  all<T>(app: AuthTestApp, count: number, request: (index: number) => Promise<T>): Promise<readonly T[]>;
}

/**
 * Brings the requests of one app into step, which a store in memory would answer one after the other. A database does that by itself, and
 * takes transactions that give way for ones that hang.
 *
 * @param storeName of a `Store`
 */
export function inStep(store: DataLayerAdapter, storeName = 'memory'): InStep {
  const race = new Race();
  const isMemory = storeName === 'memory';
  let isWatched = false;
  return {
    dataLayer: isMemory ? beforeEachCall(store, () => race.turn()) : store,
    all(app, count, request) {
      if (isMemory && !isWatched) noteAnswers(app, [], () => race.arrived());
      isWatched = true;
      if (isMemory) race.start(count);
      return Promise.all(Array.from({ length: count }, (_, index) => request(index)));
    },
  };
}
