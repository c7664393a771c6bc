import type { FieldKind } from '../../resources/index.js';
import type { ResourceFacts, StrategyContext } from '../../strategy/index.js';

type Kinds = ReadonlyMap<string, FieldKind>;

/** What the fields of each resource hold that has a strategy: told at boot, before any request. */
export class FieldKinds<U> {
  #kinds: Readonly<Record<string, Kinds>> = {};

  learn({ subjectName, fields }: ResourceFacts): void {
    this.#kinds = { ...this.#kinds, [subjectName]: fields };
  }

  readonly of = ({ subjectName }: StrategyContext<U>): Kinds => this.#kinds[subjectName] ?? new Map();
}
