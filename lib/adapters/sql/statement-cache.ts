import type { Model } from '../../resources/data-layer.js';
import type { Statement } from './dialect.js';

const MAX_SHAPES_PER_MODEL = 500;

/** Statements by model and shape of the call: the builder costs more than the query. */
export class StatementCache {
  readonly #byModel = new WeakMap<Model, Map<string, Statement>>();

  get(model: Model, shape: string, compile: () => Statement): Statement {
    const shapes = this.#byModel.get(model) ?? new Map<string, Statement>();
    const known = shapes.get(shape);
    if (known) return known;

    const statement = compile();
    const [oldest] = shapes.keys();
    // Only lists of ever new lengths come here.
    if (shapes.size >= MAX_SHAPES_PER_MODEL && oldest !== undefined) shapes.delete(oldest);
    shapes.set(shape, statement);
    this.#byModel.set(model, shapes);
    return statement;
  }
}
