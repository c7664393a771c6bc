import type { Model } from '../../resources/data-layer.js';

/** What may be told of an error whose text quotes values: the code that the database gave it. */
export function refusedStatement(model: Model, code: string): Error {
  return new Error(`The database refused a statement on "${model.table}" (${code})`);
}

/** The code that a driver put on its error; empty where there is none. */
export function codeOf(error: unknown): string {
  return textIn(error, 'code');
}

/** A text that a driver put on its error, which may be of another realm and so no `Error` of ours. */
export function textIn(error: unknown, name: 'code' | 'message' | 'constraint' | 'column'): string {
  const value: unknown = typeof error === 'object' && error !== null ? Reflect.get(error, name) : undefined;
  return typeof value === 'string' ? value : '';
}
