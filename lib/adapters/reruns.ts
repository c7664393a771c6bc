import { setTimeout as pause } from 'node:timers/promises';
import { StoreUnavailable } from '../errors/index.js';
import { systemClock } from '../time/index.js';
import { Contention } from './row-store.js';

const MAX_RERUNS = 3;
const MAX_DOUBLINGS = 3;

/**
 * Runs `once` again while the database gives up in favour of others: three times, and after a wait for a lock as often as
 * the time allows. Who waits for a busy row has lost nothing, and gives its connection to others between two tries.
 *
 * @param once is told how much is left of `timeoutMs`, and throws `StoreUnavailable` where that is too little.
 * @throws {StoreUnavailable} `contention`, or what `once` throws.
 */
export async function rerun<T>(timeoutMs: number, once: (leftMs: number) => Promise<T>): Promise<T> {
  const started = now();
  for (let tries = 0, lost = 0; ; tries++) {
    try {
      return await once(timeoutMs - (now() - started));
    } catch (error) {
      if (!(error instanceof Contention)) throw error;
      if (!error.onlyWaited) lost++;
      const pauseMs = Math.random() * 10 * 2 ** Math.min(tries, MAX_DOUBLINGS); // two that met are not to meet again
      if (lost > MAX_RERUNS || now() - started + pauseMs > timeoutMs) throw new StoreUnavailable('contention');
      await pause(pauseMs);
    }
  }
}

function now(): number {
  return systemClock.now().getTime();
}
