import type { Model } from '../../resources/data-layer.js';

/** What may be told of an error whose text quotes values: the code that the database gave it. */
export function refusedStatement(model: Model, code: string): Error {
  return new Error(`The database refused a statement on "${model.table}" (${code})`);
}

/** The code that a driver put on its error; empty where there is none. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}
