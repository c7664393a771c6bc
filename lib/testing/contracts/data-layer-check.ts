import assert from 'node:assert/strict';
import type { DataLayer } from '../../resources/data-layer.js';

/** One check of the contract. */
export interface DataLayerCheck {
  /** The number of the promise in the docstring of `DataLayer`, and what is checked of it. */
  readonly name: string;
  /**
   * Rejects when the promise is not kept.
   *
   * @param layer Opened with the contract's models.
   * @param other Opened a second time on the same data.
   */
  run(layer: DataLayer, other: DataLayer): Promise<void>;
}

export function check(name: string, run: DataLayerCheck['run']): DataLayerCheck {
  return { name, run };
}

/** That a call rejects with an error of this name; by name, because an adapter may have its own copy of this library. */
export async function rejectsWith(name: string, call: Promise<unknown>): Promise<Error> {
  const error = await call.then(
    () => assert.fail(`resolved instead of rejecting with ${name}`),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof Error);
  assert.equal(error.name, name, error.message);
  return error;
}

const PARALLEL = 50;

/** Starts fifty calls at once, half on each handle, and answers what became of them. */
export async function race<T>(
  layer: DataLayer,
  other: DataLayer,
  call: (handle: DataLayer, index: number) => Promise<T>,
): Promise<{ readonly results: readonly T[]; readonly errors: readonly unknown[] }> {
  const calls = Array.from({ length: PARALLEL }, (_, index) => call(index % 2 === 0 ? layer : other, index));
  const settled = await Promise.allSettled(calls);
  return {
    results: settled.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : [])),
    errors: settled.flatMap((outcome): readonly unknown[] => (outcome.status === 'rejected' ? [outcome.reason] : [])),
  };
}

/** Something to wait for until another part of a check says so. */
export class Signal {
  give: () => void = () => undefined;
  readonly given = new Promise<void>((resolve) => {
    this.give = resolve;
  });
}
